#include "metrics/gegenbauer.h"

#include <assert.h>
#include <string.h>

enum {
    BLOCK = 64, /* pairs at once: their polynomials stay in the first-level cache */
};

/* P_k, P_(k-1) and their derivatives in t, of a block of pairs. */
typedef struct recurrence {
    double t[BLOCK];
    double here[BLOCK], before[BLOCK];
    double slope[BLOCK], slope_before[BLOCK];
} recurrence;

static void start(recurrence *r, size_t count, const double *r2)
{
    for (size_t p = 0; p < BLOCK; p++) {
        r->t[p] = p < count ? 1 - 0.5 * r2[p] : 0;
        r->here[p] = r->t[p];
        r->before[p] = 1;
        r->slope[p] = 1;
        r->slope_before[p] = 0;
    }
}

/* From degree k to k + 1: (k+d-2) P_(k+1) = (2k+d-2) t P_k - k P_(k-1). */
static void climb(recurrence *r, double k, double d)
{
    const double a = (2 * k + d - 2) / (k + d - 2);
    const double b = k / (k + d - 2);
    for (size_t p = 0; p < BLOCK; p++) {
        const double next = a * r->t[p] * r->here[p] - b * r->before[p];
        r->before[p] = r->here[p];
        r->here[p] = next;
    }
}

static void climb_slope(recurrence *r, double k, double d)
{
    const double a = (2 * k + d - 2) / (k + d - 2);
    const double b = k / (k + d - 2);
    for (size_t p = 0; p < BLOCK; p++) { /* before `climb`: here is still P_k */
        const double next =
            a * (r->here[p] + r->t[p] * r->slope[p]) - b * r->slope_before[p];
        r->slope_before[p] = r->slope[p];
        r->slope[p] = next;
    }
}

double usph_harmonics(size_t d, size_t k)
{
    const double dd = (double)d;
    double dim = dd;
    if (k == 0)
        return 1;
    for (size_t j = 1; j < k; j++) {
        const double jj = (double)j;
        dim *= (2 * jj + dd) / (2 * jj + dd - 2) * (jj + dd - 2) / (jj + 1);
    }
    return dim;
}

void usph_gegenbauer_series(size_t d, size_t degree, const double *a, size_t count,
                            const double *r2, double *h, double *dh)
{
    recurrence r;
    for (size_t from = 0; from < count; from += BLOCK) {
        const size_t size = count - from < BLOCK ? count - from : BLOCK;
        double sum[BLOCK] = { 0 };
        double slope[BLOCK] = { 0 };
        start(&r, size, r2 + from);
        for (size_t k = 1; k <= degree; k++) {
            for (size_t p = 0; p < BLOCK; p++)
                sum[p] += a[k - 1] * r.here[p];
            if (dh != NULL) {
                for (size_t p = 0; p < BLOCK; p++)
                    slope[p] -= 0.5 * a[k - 1] * r.slope[p];
                climb_slope(&r, (double)k, (double)d);
            }
            climb(&r, (double)k, (double)d);
        }
        memcpy(h + from, sum, size * sizeof *h);
        if (dh != NULL)
            memcpy(dh + from, slope, size * sizeof *dh);
    }
}

void usph_gegenbauer_sums(size_t d, size_t degree, size_t count, const double *r2,
                          double *sums)
{
    recurrence r;
    for (size_t from = 0; from < count; from += BLOCK) {
        const size_t size = count - from < BLOCK ? count - from : BLOCK;
        start(&r, size, r2 + from);
        for (size_t k = 1; k <= degree; k++) {
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t p = 0; p < size; p++)
                sum += r.here[p];
            sums[k - 1] += sum;
            climb(&r, (double)k, (double)d);
        }
    }
}
