#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/kernels/angle.h"

static usph_angle_values exp_of_angle(const double *values, double theta)
{
    const double g = values[0];
    const double k = exp(-g * theta);
    return (usph_angle_values){ .k = k, .k1 = -g * k, .k2 = g * g * k };
}

static void laplace_angle_eval(const usph_kernel_pairs *at,
                               const usph_kernel_values *out)
{
    usph_angle_eval(at, exp_of_angle, out);
}

static double value_at(double theta, const void *ctx)
{
    return exp_of_angle(ctx, theta).k;
}

static double laplace_angle_mean(const double *values, size_t d)
{
    return usph_sphere_mean(value_at, values, d);
}

/** Laplace kernel of the geodesic distance. */
const usph_kernel usph_kernel_laplace_angle = {
    .entry = {
        .name = "laplace_angle",
        .title = "Laplace, of the angle",
        .formula = "K(theta) = exp(-g theta)",
        .source = "Gneiting2013",
        .note = "a kink at coincident points; small g prefers antipodal pairs",
        .params = { { .name = "g",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e3,
                      .always = true,
                      .doc = "decay per radian" } },
    },
    .flags = USPH_KERNEL_ANGLE | USPH_KERNEL_POSDEF,
    .eval = laplace_angle_eval,
    .mean = laplace_angle_mean,
};
