#include <math.h>

#include "core/simd_math.h"
#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/pairs/body.h"

/* The exponents met most have bodies of their own; weights are dk over -s/2 |s|/s. */

USPH_INLINE void riesz1_pairs(usph_pair_params p, size_t rows, const usph_v *r2,
                              usph_v *k, usph_v *dk)
{
    (void)p;
    usph_v_rsqrt_rows(rows, r2, k);
    for (size_t i = 0; i < rows; i++)
        dk[i] = k[i] * k[i] * k[i];
}

USPH_INLINE void riesz2_pairs(usph_pair_params p, size_t rows, const usph_v *r2,
                              usph_v *k, usph_v *dk)
{
    (void)p;
    for (size_t i = 0; i < rows; i++) {
        k[i] = usph_v_rcp_mid(r2[i]);
        dk[i] = k[i] * k[i];
    }
}

/* s = -1: minus the distance */
USPH_INLINE void distance_pairs(usph_pair_params p, size_t rows, const usph_v *r2,
                                usph_v *k, usph_v *dk)
{
    (void)p;
    usph_v_rsqrt_rows(rows, r2, dk);
    for (size_t i = 0; i < rows; i++)
        k[i] = usph_v_sqrt(r2[i]);
}

USPH_INLINE void riesz_pairs(usph_pair_params p, size_t rows, const usph_v *r2,
                             usph_v *k, usph_v *dk)
{
    for (size_t i = 0; i < rows; i++) {
        k[i] = usph_v_pow(r2[i], -0.5 * p.a);
        dk[i] = k[i] * usph_v_rcp_mid(r2[i]);
    }
}

static void riesz_scale(usph_pair_params p, double *k, double *dk)
{
    *k = copysign(1, p.a);
    *dk = -0.5 * fabs(p.a);
}

#define riesz1_scale   riesz_scale
#define riesz2_scale   riesz_scale
#define distance_scale riesz_scale

#define USPH_PAIR         riesz1
#define USPH_PAIR_PRODUCT false
#include "metrics/pairs/instantiate.h"

#define USPH_PAIR         riesz2
#define USPH_PAIR_PRODUCT false
#include "metrics/pairs/instantiate.h"

#define USPH_PAIR         distance
#define USPH_PAIR_PRODUCT false
#include "metrics/pairs/instantiate.h"

#define USPH_PAIR         riesz
#define USPH_PAIR_PRODUCT false
#include "metrics/pairs/instantiate.h"

/* What follows is built once, not for every instruction set. */
#ifdef USPH_LEVEL_FIRST

USPH_LOOPS_DECLARE(riesz);
USPH_LOOPS_DECLARE(riesz1);
USPH_LOOPS_DECLARE(riesz2);
USPH_LOOPS_DECLARE(distance);

static const usph_pairs_loops *riesz_loops(const double *values, usph_level level)
{
    static const usph_pairs_loops *const ANY[USPH_LEVELS] = USPH_LOOPS(riesz);
    static const usph_pairs_loops *const ONE[USPH_LEVELS] = USPH_LOOPS(riesz1);
    static const usph_pairs_loops *const TWO[USPH_LEVELS] = USPH_LOOPS(riesz2);
    static const usph_pairs_loops *const LESS[USPH_LEVELS] = USPH_LOOPS(distance);
    const double s = values[0];
    return s == 1    ? ONE[level]
           : s == 2  ? TWO[level]
           : s == -1 ? LESS[level]
                     : ANY[level];
}

static double riesz_near(const double *values)
{
    return 0.03 * fmax(1, 0.5 * fabs(values[0]));
}

static usph_status riesz_check(const double *values, usph_error *err)
{
    if (values[0] == 0)
        return usph_fail(err, USPH_ERR_ARG,
                         "riesz.s = 0 is constant; use the kernel log");
    return USPH_OK;
}

static void riesz_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const double s = at->values[0];
    const size_t m = at->m;
    const double *r2 = at->r2;
    double *k = out->k;
    if (s == 1)
        for (size_t p = 0; p < m; p++)
            k[p] = 1 / sqrt(r2[p]);
    else if (s == 2)
        for (size_t p = 0; p < m; p++)
            k[p] = 1 / r2[p];
    else
        for (size_t p = 0; p < m; p++)
            k[p] = copysign(pow(r2[p], -0.5 * s), s);
    /* at 0 the quotients would be 0/0 for s < 0 */
    for (size_t p = 0; p < m && out->dk != NULL; p++)
        out->dk[p] = r2[p] > 0 ? -0.5 * s * k[p] / r2[p] : -HUGE_VAL;
    for (size_t p = 0; p < m && out->d2k != NULL; p++)
        out->d2k[p] =
            r2[p] > 0 ? 0.5 * s * (0.5 * s + 1) * k[p] / (r2[p] * r2[p]) : HUGE_VAL;
}

/* 2^(-s/2) G(d/2) / G(d/2 - s/4) G((d-1)/2 - s/2) / G((d-1)/2 - s/4), signed. */
static double riesz_mean(const double *values, size_t d)
{
    const double s = values[0];
    const double h = 0.5 * (double)d;
    if (s >= 2 * h - 1)
        return INFINITY;
    const double log_ratio = usph_log_gamma_ratio(h - 0.25 * s, 0.25 * s) +
                             usph_log_gamma_ratio(h - 0.5 - 0.25 * s, -0.25 * s);
    return copysign(exp2(-0.5 * s) * exp(log_ratio), s);
}

/** Power of the distance; energy of charges for s = 1 on S^2, sum of distances for -1.
 */
const usph_kernel usph_kernel_riesz = {
    .entry = {
        .name = "riesz",
        .title = "Riesz",
        .formula = "K(r) = r^-s for s > 0, -r^|s| for s < 0",
        .source = "BorodachovHardinSaff2019",
        .note = "singular at coincident points for s > 0; its mean diverges for s >= d - 1",
        .params = { { .name = "s",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = -2,
                      .lo_open = true,
                      .hi = 1e6,
                      .always = true,
                      .doc = "exponent, not 0",
                      .sharpness = true } },
        .check = riesz_check,
    },
    .flags = USPH_KERNEL_MONOTONE,
    .eval = riesz_eval,
    .mean = riesz_mean,
    .loops = riesz_loops,
    .near = riesz_near,
};

#endif
