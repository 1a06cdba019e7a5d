#include "core/simd_math.h"
#include "metrics/pairs/runs.h"

enum {
    ROWS = 4, /* vectors of pairs at once, so that recurrences overlap */
    WIDTH = ROWS * USPH_LANES,
};

/* Rows of a block; what lies beyond `count` is cut off by a shorter block. */
#define UNROLL _Pragma("GCC unroll 8")

USPH_INLINE void chebyshev_rows(size_t rows, size_t terms, const double *c,
                                const double *u, double *out)
{
    usph_v z2[ROWS];
    usph_v above[ROWS];
    usph_v here[ROWS];
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        z2[i] = 4 * usph_v_load(u + i * USPH_LANES) - usph_v_set(2);
        above[i] = usph_v_set(0);
        here[i] = usph_v_set(c[terms - 1]);
    }
    for (size_t k = terms - 2; k > 0; k--) {
        const usph_v ck = usph_v_set(c[k]);
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const usph_v next = usph_v_fma(z2[i], here[i], ck - above[i]);
            above[i] = here[i];
            here[i] = next;
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++)
        usph_v_store(out + i * USPH_LANES,
                     usph_v_fma(0.5 * z2[i], here[i], usph_v_set(c[0]) - above[i]));
}

static void chebyshev(size_t terms, const double *c, size_t count, const double *u,
                      double *out)
{
    size_t p = 0;
    for (; p + WIDTH <= count; p += WIDTH)
        chebyshev_rows(ROWS, terms, c, u + p, out + p);
    for (; p < count; p += USPH_LANES)
        chebyshev_rows(1, terms, c, u + p, out + p);
}

/* (k+d-2) P_(k+1) = (2k+d-2) t P_k - k P_(k-1), and its derivative */
USPH_INLINE void gegenbauer_rows(size_t rows, size_t d, size_t degree, const double *a,
                                 const double *r2, double *h, double *dh)
{
    usph_v t[ROWS];
    usph_v here[ROWS];
    usph_v before[ROWS];
    usph_v slope[ROWS];
    usph_v slope_before[ROWS];
    usph_v sum[ROWS];
    usph_v slope_sum[ROWS];
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        t[i] = usph_v_set(1) - 0.5 * usph_v_load(r2 + i * USPH_LANES);
        here[i] = t[i];
        before[i] = slope[i] = usph_v_set(1);
        slope_before[i] = slope_sum[i] = sum[i] = usph_v_set(0);
    }
    for (size_t k = 1; k <= degree; k++) {
        const double below = (double)k + (double)d - 2;
        const usph_v p = usph_v_set(((double)k + below) / below);
        const usph_v q = usph_v_set((double)k / below);
        const usph_v ak = usph_v_set(a[k - 1]);
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            sum[i] = usph_v_fma(ak, here[i], sum[i]);
            if (dh != NULL) {
                slope_sum[i] = usph_v_fma(ak, slope[i], slope_sum[i]);
                const usph_v steep =
                    p * usph_v_fma(t[i], slope[i], here[i]) - q * slope_before[i];
                slope_before[i] = slope[i];
                slope[i] = steep;
            }
            const usph_v next = usph_v_fma(p * t[i], here[i], -(q * before[i]));
            before[i] = here[i];
            here[i] = next;
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        usph_v_store(h + i * USPH_LANES, sum[i]);
        if (dh != NULL)
            usph_v_store(dh + i * USPH_LANES, -0.5 * slope_sum[i]);
    }
}

USPH_INLINE void gegenbauer_all(size_t d, size_t degree, const double *a, size_t count,
                                const double *r2, double *h, double *dh)
{
    size_t p = 0;
    for (; p + WIDTH <= count; p += WIDTH)
        gegenbauer_rows(ROWS, d, degree, a, r2 + p, h + p, dh != NULL ? dh + p : NULL);
    for (; p < count; p += USPH_LANES)
        gegenbauer_rows(1, d, degree, a, r2 + p, h + p, dh != NULL ? dh + p : NULL);
}

static void gegenbauer(size_t d, size_t degree, const double *a, size_t count,
                       const double *r2, double *h, double *dh)
{
    if (dh == NULL) /* constant where it is inlined */
        gegenbauer_all(d, degree, a, count, r2, h, NULL);
    else
        gegenbauer_all(d, degree, a, count, r2, h, dh);
}

static void logarithm(size_t count, const double *x, double *out)
{
    for (size_t p = 0; p < count; p += USPH_LANES)
        usph_v_store(out + p, usph_v_log(usph_v_load(x + p)));
}

static void exponential(double factor, size_t count, const double *x, double *out)
{
    for (size_t p = 0; p < count; p += USPH_LANES)
        usph_v_store(out + p, usph_v_exp(factor * usph_v_load(x + p)));
}

static void angle(size_t count, const double *y2, const double *x2, double *out)
{
    for (size_t p = 0; p < count; p += USPH_LANES)
        usph_v_store(out + p, usph_v_atan2_pos(usph_v_sqrt(usph_v_load(y2 + p)),
                                               usph_v_sqrt(usph_v_load(x2 + p))));
}

extern const usph_runs USPH_LEVEL_NAME(usph_runs);
const usph_runs USPH_LEVEL_NAME(usph_runs) = {
    .chebyshev = chebyshev,
    .gegenbauer = gegenbauer,
    .log = logarithm,
    .exp = exponential,
    .angle = angle,
};
