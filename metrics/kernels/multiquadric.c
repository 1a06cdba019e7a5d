#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"

static void multiquadric_eval(const usph_kernel_pairs *at,
                              const usph_kernel_values *out)
{
    const double c2 = at->values[0] * at->values[0];
    const double a = at->values[1];
    for (size_t p = 0; p < at->m; p++) {
        const double base = c2 + at->r2[p];
        out->k[p] = pow(base, -a);
        if (out->dk != NULL)
            out->dk[p] = -a * out->k[p] / base;
        if (out->d2k != NULL)
            out->d2k[p] = a * (a + 1) * out->k[p] / (base * base);
    }
}

static double value_at(double theta, const void *ctx)
{
    const double *values = ctx;
    const double r = 2 * sin(0.5 * theta);
    return pow(values[0] * values[0] + r * r, -values[1]);
}

static double multiquadric_mean(const double *values, size_t d)
{
    return usph_sphere_mean(value_at, values, d);
}

/** Inverse multiquadric: a Riesz kernel without its singularity. */
const usph_kernel usph_kernel_multiquadric = {
    .entry = {
        .name = "multiquadric",
        .title = "inverse multiquadric",
        .formula = "K(r) = (c^2 + r^2)^-a",
        .source = "SchillingSongVondracek2012",
        .params = { { .name = "c",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 1e-3,
                      .hi = 1e3,
                      .always = true,
                      .doc = "distance below which it is flat" },
                    { .name = "a",
                      .type = USPH_REAL,
                      .def = 0.5,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 100,
                      .always = true,
                      .doc = "exponent" } },
    },
    .flags = USPH_KERNEL_MONOTONE | USPH_KERNEL_POSDEF,
    .eval = multiquadric_eval,
    .mean = multiquadric_mean,
};
