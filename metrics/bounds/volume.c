#include <float.h>
#include <math.h>

#include "core/special.h"
#include "metrics/bounds/bound.h"

static const double PI = 3.14159265358979323846;
static const double ROUNDING = 1e-13; /* relative, of areas, angles and integrals */

/* Angle of a cap that is the n-th part of the sphere. */
static double share_angle(usph_shape shape)
{
    return usph_cap_angle(shape.d, 1 / (double)shape.n);
}

/* n caps of the covering radius cover the sphere. */
static usph_bound volume_covering(const usph_metric_spec *m, usph_shape shape)
{
    const double angle = share_angle(shape);
    (void)m;
    return (usph_bound){
        .value = angle * (1 - ROUNDING),
        .slack = angle * ROUNDING,
    };
}

/* c_d theta^2 sin^(d-2) theta */
static double second_moment(double theta, double from_a, double to_b, const void *ctx)
{
    const double *power = ctx;
    (void)from_a;
    (void)to_b;
    return theta * theta * pow(sin(theta), *power);
}

/* No cell of area 1/n is nearer to a point than the cap. */
static usph_bound volume_quantization(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    const double power = d - 2;
    const double density = exp(usph_log_gamma_ratio(0.5 * (d - 1), 0.5)) / sqrt(PI);
    const double integral =
        usph_integrate(second_moment, &power, 0, share_angle(shape));
    const double value = (double)shape.n * density * integral;
    (void)m;
    return (usph_bound){
        .value = value * (1 - ROUNDING),
        .tight = shape.d == 2,
        .slack = value * ROUNDING,
    };
}

/* Caps of half the nearest angles are disjoint, and the area is convex in the angle. */
static usph_bound volume_nearest_angle(const usph_metric_spec *m, usph_shape shape)
{
    const double angle = 2 * share_angle(shape);
    (void)m;
    return (usph_bound){
        .value = angle * (1 + ROUNDING),
        .tight = shape.d == 2 || shape.n == 2,
        .slack = angle * ROUNDING,
    };
}

/* Of the same caps: log sin is concave in the area. */
static usph_bound volume_koleo(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){
        .value = -log(2 * sin(share_angle(shape))) - ROUNDING,
        .tight = shape.d == 2 || shape.n == 2,
        .slack = ROUNDING,
    };
}

/* And cos(2 theta) is convex in the area from d = 3 on. */
static usph_bound volume_nearest_cosine(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.d < 3)
        return (usph_bound){ .value = NAN };
    return (usph_bound){
        .value = cos(2 * share_angle(shape)) - ROUNDING,
        .tight = shape.n == 2,
        .slack = ROUNDING,
    };
}

/**
 * Areas of caps: what n caps of a radius can cover, or how many can be disjoint.
 *
 * Definition: with R the angle of a cap of area 1/n: covering radius >= R, mean nearest
 *             angle <= 2 R, mean log of the nearest distance <= log(2 sin R), mean
 *             squared angle to the nearest point >= that within the cap.
 * Cost: an inverse of the incomplete beta function.
 * Source: derived in docs/bounds.md.
 */
const usph_bounder usph_bound_volume = {
    .entry = {
        .name = "volume",
        .title = "areas of caps",
        .formula = "caps of area 1/n",
        .source = "DLMF",
    },
    .cases = (const usph_bound_case[]){
        { "covering", USPH_LOWER, volume_covering },
        { "quantization", USPH_LOWER, volume_quantization },
        { "nearest_angle", USPH_HIGHER, volume_nearest_angle },
        { "koleo", USPH_LOWER, volume_koleo },
        { "nearest_cosine", USPH_LOWER, volume_nearest_cosine },
        { .metric = NULL },
    },
};
