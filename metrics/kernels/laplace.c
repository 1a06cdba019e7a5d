#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"

static void laplace_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const double g = at->values[0];
    for (size_t p = 0; p < at->m; p++) {
        const double r = sqrt(at->r2[p]);
        out->k[p] = exp(-g * r);
        if (out->dk != NULL)
            out->dk[p] = -0.5 * g * out->k[p] / r;
        if (out->d2k != NULL)
            out->d2k[p] = 0.25 * g * out->k[p] * (g * r + 1) / (r * r * r);
    }
}

static double value_at(double theta, const void *ctx)
{
    const double *g = ctx;
    return exp(-*g * 2 * sin(0.5 * theta));
}

static double laplace_mean(const double *values, size_t d)
{
    return usph_sphere_mean(value_at, values, d);
}

/** Laplace kernel of the chord: completely monotone in r^2, since sqrt is Bernstein. */
const usph_kernel usph_kernel_laplace = {
    .entry = {
        .name = "laplace",
        .title = "Laplace",
        .formula = "K(r) = exp(-g r)",
        .source = "SchillingSongVondracek2012",
        .note = "a kink at coincident points",
        .params = { { .name = "g",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e3,
                      .always = true,
                      .doc = "decay by distance" } },
    },
    .flags = USPH_KERNEL_MONOTONE | USPH_KERNEL_POSDEF,
    .eval = laplace_eval,
    .mean = laplace_mean,
};
