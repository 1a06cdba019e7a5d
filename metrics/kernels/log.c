#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"

static void log_eval(const double *values, size_t m, const double *r2, double *k,
                     double *dk)
{
    (void)values;
    for (size_t p = 0; p < m; p++)
        k[p] = -0.5 * log(r2[p]);
    if (dk != NULL)
        for (size_t p = 0; p < m; p++)
            dk[p] = -0.5 / r2[p];
}

static double log_mean(const double *values, size_t d)
{
    static const double LOG_2 = 0.69314718055994530942;
    const double m = (double)d - 1;
    (void)values;
    return 0.5 * (usph_digamma(m) - usph_digamma(0.5 * m)) - LOG_2;
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
};
