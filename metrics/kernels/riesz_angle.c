#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/kernels/angle.h"

static usph_angle_values power_of_angle(const double *values, double theta)
{
    const double s = values[0];
    const double k = copysign(pow(theta, -s), s);
    return (usph_angle_values){
        .k = k,
        .k1 = -s * k / theta,
        .k2 = s * (s + 1) * k / (theta * theta),
    };
}

static void riesz_angle_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    usph_angle_eval(at, power_of_angle, out);
}

static double value_at(double theta, const void *ctx)
{
    return power_of_angle(ctx, theta).k;
}

static double riesz_angle_mean(const double *values, size_t d)
{
    if (values[0] >= (double)d - 1)
        return INFINITY;
    return usph_sphere_mean(value_at, values, d);
}

static usph_status riesz_angle_check(const double *values, usph_error *err)
{
    if (values[0] == 0)
        return usph_fail(err, USPH_ERR_ARG,
                         "riesz_angle.s = 0 is constant; use the kernel log_angle");
    return USPH_OK;
}

/** Power of the geodesic distance. */
const usph_kernel usph_kernel_riesz_angle = {
    .entry = {
        .name = "riesz_angle",
        .title = "Riesz, of the angle",
        .formula = "K(theta) = theta^-s for s > 0, -theta^|s| for s < 0",
        .source = "LiuEtAl2018",
        .note = "singular at coincident points for s > 0; small s prefers antipodal pairs "
                "to a simplex, and s = -1 is least for every antipodal set",
        .params = { { .name = "s",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = -2,
                      .lo_open = true,
                      .hi = 1e3,
                      .always = true,
                      .doc = "exponent, not 0" } },
        .check = riesz_angle_check,
    },
    .flags = USPH_KERNEL_ANGLE,
    .eval = riesz_angle_eval,
    .mean = riesz_angle_mean,
};
