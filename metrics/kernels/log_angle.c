#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/kernels/angle.h"

static usph_angle_values log_of_angle(const double *values, double theta)
{
    (void)values;
    return (usph_angle_values){
        .k = -log(theta),
        .k1 = -1 / theta,
        .k2 = 1 / (theta * theta),
    };
}

static void log_angle_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    usph_angle_eval(at, log_of_angle, out);
}

static double value_at(double theta, const void *ctx)
{
    return log_of_angle(ctx, theta).k;
}

static double log_angle_mean(const double *values, size_t d)
{
    return usph_sphere_mean(value_at, values, d);
}

/** Logarithm of the geodesic distance. */
const usph_kernel usph_kernel_log_angle = {
    .entry = {
        .name = "log_angle",
        .title = "logarithmic, of the angle",
        .formula = "K(theta) = -log theta",
        .source = "LiuEtAl2018",
        .note = "singular at coincident points; antipodal pairs beat the simplex",
    },
    .flags = USPH_KERNEL_ANGLE,
    .eval = log_angle_eval,
    .mean = log_angle_mean,
};
