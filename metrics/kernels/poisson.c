#include <math.h>

#include "metrics/kernel.h"

/* 1 - 2 rho t + rho^2 = (1 - rho)^2 + rho r2, without cancellation near r2 = 0 */
static void poisson_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const double rho = at->values[0];
    const double h = 0.5 * (double)at->d;
    for (size_t p = 0; p < at->m; p++) {
        const double base = (1 - rho) * (1 - rho) + rho * at->r2[p];
        out->k[p] = (1 - rho) * (1 + rho) * pow(base, -h);
        if (out->dk != NULL)
            out->dk[p] = -h * rho * out->k[p] / base;
        if (out->d2k != NULL)
            out->d2k[p] = h * (h + 1) * rho * rho * out->k[p] / (base * base);
    }
}

/* The Poisson integral of the constant 1. */
static double poisson_mean(const double *values, size_t d)
{
    (void)values;
    (void)d;
    return 1;
}

/** Poisson kernel of the ball; all degrees l of harmonics with weight rho^l. */
const usph_kernel usph_kernel_poisson = {
    .entry = {
        .name = "poisson",
        .title = "Poisson",
        .formula = "K(t) = (1 - rho^2) (1 - 2 rho t + rho^2)^(-d/2), t = <x, y>",
        .source = "Gneiting2013",
        .note = "its mean is 1; in many dimensions rho wants to be small, since the "
                "values at coincident points grow like (1 - rho)^-d",
        .params = { { .name = "rho",
                      .type = USPH_REAL,
                      .def = 0.5,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1,
                      .hi_open = true,
                      .always = true,
                      .doc = "weight of degree l is rho^l" } },
    },
    .flags = USPH_KERNEL_MONOTONE | USPH_KERNEL_POSDEF,
    .eval = poisson_eval,
    .mean = poisson_mean,
};
