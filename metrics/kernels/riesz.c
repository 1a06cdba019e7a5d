#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"

static usph_status riesz_check(const double *values, usph_error *err)
{
    if (values[0] == 0)
        return usph_fail(err, USPH_ERR_ARG,
                         "riesz.s = 0 is constant; use the kernel log");
    return USPH_OK;
}

static void riesz_eval(const double *values, size_t m, const double *r2, double *k,
                       double *dk)
{
    const double s = values[0];
    if (s == 1)
        for (size_t p = 0; p < m; p++)
            k[p] = 1 / sqrt(r2[p]);
    else if (s == 2)
        for (size_t p = 0; p < m; p++)
            k[p] = 1 / r2[p];
    else
        for (size_t p = 0; p < m; p++)
            k[p] = copysign(pow(r2[p], -0.5 * s), s);
    if (dk != NULL)
        for (size_t p = 0; p < m; p++)
            /* at 0 the quotient would be 0/0 for s < 0 */
            dk[p] = r2[p] > 0 ? -0.5 * s * k[p] / r2[p] : -HUGE_VAL;
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
                      .doc = "exponent, not 0" } },
        .check = riesz_check,
    },
    .flags = USPH_KERNEL_MONOTONE,
    .eval = riesz_eval,
    .mean = riesz_mean,
};
