#include <math.h>

#include "core/special.h"
#include "metrics/bounds/bound.h"

static const double PI = 3.14159265358979323846;
static const double ROUNDING = 1e-13; /* relative */

static const usph_bound NO_BOUND = { .value = NAN };

/* Half the angle of the equilateral triangles that n points would cut S^2 into. */
static double half_angle(size_t n)
{
    return (double)n * PI / (6 * ((double)n - 2));
}

static double cot(double x)
{
    return 1 / tan(x);
}

/* Circumradius of that triangle. */
static double circumradius(double w)
{
    return acos(cot(w) / sqrt(3));
}

/* Its side: cos a = (cot^2 w - 1)/2. */
static double side(double w)
{
    const double half_csc = 0.5 / sin(w);
    return 2 * asin(sqrt((1 - half_csc) * (1 + half_csc)));
}

/* The points that cut S^2 into such triangles. */
static bool is_platonic(size_t n)
{
    return n == 4 || n == 6 || n == 12;
}

static bool applies(usph_shape shape)
{
    return shape.d == 3 && shape.n >= 4;
}

static usph_bound lower(double value, size_t n)
{
    return (usph_bound){
        .value = value * (1 - ROUNDING),
        .tight = is_platonic(n),
        .slack = value * ROUNDING,
    };
}

static usph_bound fejes_toth_separation(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (!applies(shape))
        return NO_BOUND;
    const double angle = side(half_angle(shape.n));
    return (usph_bound){
        .value = angle * (1 + ROUNDING),
        .tight = is_platonic(shape.n),
        .slack = angle * ROUNDING,
    };
}

static usph_bound fejes_toth_covering(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (!applies(shape))
        return NO_BOUND;
    return lower(circumradius(half_angle(shape.n)), shape.n);
}

static usph_bound fejes_toth_mesh(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (!applies(shape))
        return NO_BOUND;
    const double w = half_angle(shape.n);
    return lower(2 * circumradius(w) / side(w), shape.n);
}

/* integral of x^2 sin x over [0, r], r <= pi/2, by the series of sin */
static double moment_to(double r)
{
    double power = r * r * r * r;
    double sum = 0;
    for (int k = 0; k < 14; k++) {
        sum += power / (2 * k + 4);
        power *= -r * r / ((2 * k + 2) * (2 * k + 3));
    }
    return sum;
}

/* Along the ray at angle psi from the middle of a side's perpendicular. */
static double ray_moment(double psi, double from_a, double to_b, const void *ctx)
{
    const double *inradius = ctx;
    (void)from_a;
    (void)to_b;
    return moment_to(atan(tan(*inradius) / cos(psi)));
}

/* The moment theorem: no n points have a smaller mean of an increasing function. */
static usph_bound fejes_toth_quantization(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (!applies(shape))
        return NO_BOUND;
    const double w = half_angle(shape.n);
    const double inradius = 0.5 * side(w);
    const double integral = usph_integrate(ray_moment, &inradius, 0, w);
    return lower(3 * ((double)shape.n - 2) / PI * integral, shape.n);
}

/**
 * Fejes Toth's theorems on S^2.
 *
 * Definition: with w = n pi/(6(n-2)), the triangle with angles 2w: separation at most
 *             its side, cos a = (cot^2 w - 1)/2; covering radius at least its
 *             circumradius, cos R = cot w/sqrt 3; mean of an increasing function of the
 *             angle to the nearest point at least that over such triangles.
 * Attained by the tetrahedron, octahedron and icosahedron.
 * Source: FejesToth1972.
 */
const usph_bounder usph_bound_fejes_toth = {
    .entry = {
        .name = "fejes_toth",
        .title = "Fejes Toth's triangles",
        .formula = "S^2 cut into 2n - 4 equilateral triangles",
        .source = "FejesToth1972",
    },
    .cases = (const usph_bound_case[]){
        { "separation", USPH_HIGHER, fejes_toth_separation },
        { "covering", USPH_LOWER, fejes_toth_covering },
        { "mesh_ratio", USPH_LOWER, fejes_toth_mesh },
        { "quantization", USPH_LOWER, fejes_toth_quantization },
        { .metric = NULL },
    },
};
