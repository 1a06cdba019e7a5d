#include <float.h>
#include <math.h>

#include "metrics/bounds/bound.h"
#include "metrics/kernel.h"
#include "metrics/universal.h"

static const double PI = 3.14159265358979323846;

static const usph_bound NO_BOUND = { .value = NAN };

static usph_bound exactly(double value)
{
    return (usph_bound){ .value = value, .tight = true };
}

/*
 * Some hemisphere's pole is orthogonal to, or on the far side of, n <= d points; the
 * simplex has the radius arccos(1/d); on the circle the points share the turn.
 */
static usph_bound few_covering(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    (void)m;
    if (shape.n == 1)
        return exactly(PI);
    if (shape.n <= shape.d)
        return exactly(0.5 * PI);
    if (shape.d == 2)
        return exactly(PI / (double)shape.n);
    return shape.n == shape.d + 1 ? exactly(acos(1 / d)) : NO_BOUND;
}

/*
 * n <= d: some v has the same product c <= 0 with all points, and the simplex attains
 * K at a right angle by Jensen. n = d + 1: the simplex, seen from a point's antipode.
 */
static usph_bound few_polarization(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    if ((usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) == 0)
        return NO_BOUND;
    const double far = usph_kernel_at(&m->kernel, shape.d, 4);
    if (shape.n == 1)
        return exactly(far);
    if (shape.n <= shape.d)
        return exactly(usph_kernel_at(&m->kernel, shape.d, 2));
    if (shape.n > shape.d + 1)
        return NO_BOUND;
    return exactly((far + d * usph_kernel_at(&m->kernel, shape.d, 2 - 2 / d)) /
                   (d + 1));
}

/* The nearest squared distance is at most the mean, and these have the mean 2n/(n-1).
 */
static usph_bound few_koleo(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.n < 2)
        return NO_BOUND;
    return (usph_bound){
        .value = -0.5 * log(usph_simplex_r2(shape.n)) - 4 * DBL_EPSILON,
        .tight = shape.n <= shape.d + 1,
        .slack = 4 * DBL_EPSILON,
    };
}

/* The same of cosines: the largest is at least the mean. */
static usph_bound few_nearest_cosine(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.n < 2)
        return NO_BOUND;
    return (usph_bound){
        .value = -1 / ((double)shape.n - 1) - DBL_EPSILON,
        .tight = shape.n <= shape.d + 1,
        .slack = DBL_EPSILON,
    };
}

/**
 * Few points: the simplex and what is orthogonal.
 *
 * Definition: see each case above.
 * Source: Borodachov2022 for n = d + 1; the others derived in docs/bounds.md.
 */
const usph_bounder usph_bound_few_points = {
    .entry = {
        .name = "few_points",
        .title = "simplices and frames",
        .formula = "n <= d + 1",
        .source = "Borodachov2022",
    },
    .cases = (const usph_bound_case[]){
        { "covering", USPH_LOWER, few_covering },
        { "polarization", USPH_HIGHER, few_polarization },
        { "koleo", USPH_LOWER, few_koleo },
        { "nearest_cosine", USPH_LOWER, few_nearest_cosine },
        { .metric = NULL },
    },
};
