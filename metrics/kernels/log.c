#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/pairs/body.h"

/* -1/2 log of the product of r2; dk = 1/r2 over -1/2 */
USPH_INLINE void log_pairs(usph_pair_params p, size_t rows, const usph_v *r2, usph_v *k,
                           usph_v *dk)
{
    (void)p;
    for (size_t i = 0; i < rows; i++) {
        k[i] = r2[i];
        dk[i] = usph_v_rcp_mid(r2[i]);
    }
}

static void log_scale(usph_pair_params p, double *k, double *dk)
{
    (void)p;
    *k = -0.5;
    *dk = -0.5;
}

#define USPH_PAIR         log
#define USPH_PAIR_PRODUCT true
#include "metrics/pairs/instantiate.h"

/* What follows is built once, not for every instruction set. */
#ifdef USPH_LEVEL_FIRST

USPH_LOOPS_DECLARE(log);

static const usph_pairs_loops *log_loops(const double *values, usph_level level)
{
    static const usph_pairs_loops *const LOOPS[USPH_LEVELS] = USPH_LOOPS(log);
    (void)values;
    return LOOPS[level];
}

static void log_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const size_t m = at->m;
    const double *r2 = at->r2;
    for (size_t p = 0; p < m; p++)
        out->k[p] = -0.5 * log(r2[p]);
    for (size_t p = 0; p < m && out->dk != NULL; p++)
        out->dk[p] = -0.5 / r2[p];
    for (size_t p = 0; p < m && out->d2k != NULL; p++)
        out->d2k[p] = 0.5 / (r2[p] * r2[p]);
}

static double log_mean(const double *values, size_t d)
{
    static const double LOG_2 = 0.69314718055994530942;
    const double m = (double)d - 1;
    (void)values;
    return 0.5 * (usph_digamma(m) - usph_digamma(0.5 * m)) - LOG_2;
}

static double log_near(const double *values)
{
    (void)values;
    return 0.03;
}

/** Logarithmic energy: minus the log of the product of distances. */
const usph_kernel usph_kernel_log = {
    .entry = {
        .name = "log",
        .title = "logarithmic",
        .formula = "K(r) = -log r",
        .source = "BorodachovHardinSaff2019",
        .note = "singular at coincident points",
    },
    .flags = USPH_KERNEL_MONOTONE,
    .eval = log_eval,
    .mean = log_mean,
    .loops = log_loops,
    .near = log_near,
};

#endif
