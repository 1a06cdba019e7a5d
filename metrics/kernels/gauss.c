#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"

static void gauss_eval(const double *values, size_t m, const double *r2, double *k,
                       double *dk)
{
    const double t = values[0];
    for (size_t p = 0; p < m; p++)
        k[p] = exp(-t * r2[p]);
    if (dk != NULL)
        for (size_t p = 0; p < m; p++)
            dk[p] = -t * k[p];
}

static double gauss_mean(const double *values, size_t d)
{
    return exp(usph_log_mean_gauss(values[0], (double)d));
}

/** Gaussian potential. */
const usph_kernel usph_kernel_gauss = {
    .entry = {
        .name = "gauss",
        .title = "Gaussian",
        .formula = "K(r) = exp(-t r^2)",
        .source = "CohnKumar2007",
        .params = { { .name = "t",
                      .type = USPH_REAL,
                      .def = 2,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .always = true,
                      .doc = "inverse squared width" } },
    },
    .flags = USPH_KERNEL_MONOTONE | USPH_KERNEL_POSDEF,
    .eval = gauss_eval,
    .mean = gauss_mean,
};
