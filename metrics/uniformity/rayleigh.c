#include <math.h>

#include "metrics/uniformity/uniformity.h"

static const double SQRT_2 = 1.41421356237309504880;

static bool rayleigh_hd(const usph_metric_spec *m)
{
    return m->metric.values[0] != 0;
}

static void rayleigh_pair(const usph_metric_spec *m, size_t d, const double *table,
                          const usph_pairs_run *run, double *h, double *dh)
{
    const double dd = (double)d;
    (void)m;
    (void)table;
    for (size_t p = 0; p < run->count; p++)
        h[p] = dd * (1 - 0.5 * run->r2[p]);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 * dd;
}

static double rayleigh_scale(const usph_metric_spec *m, usph_shape shape)
{
    const double unit = rayleigh_hd(m) ? SQRT_2 * sqrt((double)shape.d) : 1;
    return 2 / ((double)shape.n * unit);
}

static bool rayleigh_weights(const usph_metric_spec *m, size_t d, size_t count,
                             double *v2)
{
    (void)m;
    (void)d;
    for (size_t k = 0; k < count; k++)
        v2[k] = k == 0 ? 1 : 0;
    return true;
}

static double rayleigh_expected(const usph_metric_spec *m, usph_shape shape)
{
    return rayleigh_hd(m) ? 0 : (double)shape.d;
}

/* Balanced sets, which exist for every n >= 2, have T = 0; one point has T = d. */
static usph_bound rayleigh_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    const double least = shape.n == 1 ? d : 0;
    const double value = rayleigh_hd(m) ? (least - d) / (SQRT_2 * sqrt(d)) : least;
    return (usph_bound){ .value = value, .tight = true };
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .square = true,
    .pair = rayleigh_pair,
    .scale = rayleigh_scale,
    .weights = rayleigh_weights,
};

/**
 * Rayleigh's test: n d |mean of the x_i|^2, chi-squared with d degrees of freedom in
 * the limit; with hd=1 (T - d)/sqrt(2d), which is normal when n and d grow.
 *
 * Shapes: all. Cost: O(n^2 d), as one of the tests that share a pass.
 * Sees the mean only: every balanced set has the least value. h = d <x, y>.
 * Coincident points: finite and smooth everywhere.
 * Source: Rayleigh1919; PaindaveineVerdebout2016 for many dimensions.
 */
const usph_metric usph_metric_rayleigh = {
    .entry = {
        .name = "rayleigh",
        .title = "Rayleigh test",
        .formula = "n d |mean of x_i|^2",
        .source = "Rayleigh1919",
        .params = { { .name = "hd",
                      .type = USPH_BOOL,
                      .hi = 1,
                      .def = 0,
                      .doc = "centre and scale for many dimensions: (T - d)/sqrt(2d)" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "d for i.i.d. points, 0 for balanced sets: sees the mean of the points only",
    .degenerate = "finite and smooth everywhere; n = 1: d",
    .pass = &TEST.pass,
    .expected = rayleigh_expected,
    .bound = rayleigh_bound,
};
