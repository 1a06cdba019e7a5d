#include <math.h>

#include "metrics/uniformity/riesz_law.h"
#include "metrics/uniformity/uniformity.h"

static void bakshaev_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    table[0] = usph_riesz_mean(-1, d);
}

static void bakshaev_pair(const usph_metric_spec *m, size_t d, const double *table,
                          const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double mean = table[0];
    (void)m;
    for (size_t p = 0; p < run->count; p++)
        h[p] = -mean - sqrt(run->r2[p]);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 / sqrt(run->r2[p]);
}

static bool bakshaev_weights(const usph_metric_spec *m, size_t d, size_t count,
                             double *v2)
{
    (void)m;
    return usph_riesz_weights(-1, d, count, v2);
}

static double bakshaev_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return -usph_riesz_mean(-1, shape.d);
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .table = 1,
    .prepare = bakshaev_prepare,
    .pair = bakshaev_pair,
    .weights = bakshaev_weights,
};

/**
 * Bakshaev's N-distance test: n times the squared L2 cap discrepancy, up to Stolarsky's
 * constant. h = E r - r.
 *
 * Shapes: all. Cost: O(n^2 d). Bound: the universally optimal sets, since -r is
 * completely monotone in r2 up to a constant. Coincident points: finite, no gradient
 * there. Source: Bakshaev2010.
 */
const usph_metric usph_metric_bakshaev = {
    .entry = {
        .name = "bakshaev",
        .title = "Bakshaev test",
        .formula = "n E|x - y| - (1/n) sum of |x_i - x_j| over all i, j",
        .source = "Bakshaev2010",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "E|x - y| for i.i.d. points; n times the cap discrepancy, up to a constant",
    .degenerate = "coincident points: finite, no gradient there; n = 1: E|x - y|",
    .pass = &TEST.pass,
    .expected = bakshaev_expected,
    .bound = usph_uniformity_monotone,
};
