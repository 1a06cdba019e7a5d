#include <math.h>
#include <string.h>

#include "metrics/uniformity/gine.h"
#include "metrics/uniformity/uniformity.h"

static void gine_gn_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    table[0] = usph_gine_constant(d);
}

static void gine_gn_pair(const usph_metric_spec *m, size_t d, const double *table,
                         const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double c = table[0];
    (void)m;
    for (size_t p = 0; p < run->count; p++) /* sin(theta) = |x-y| |x+y| / 2 */
        h[p] = 0.5 - 0.5 * c * sqrt(run->r2[p] * run->q2[p]);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -c * (1 - 0.5 * run->r2[p]) / sqrt(run->r2[p] * run->q2[p]);
}

static bool gine_gn_weights(const usph_metric_spec *m, size_t d, size_t count,
                            double *v2)
{
    (void)m;
    memset(v2, 0, count * sizeof *v2);
    usph_gine_weights(d, count, v2);
    return true;
}

static double gine_gn_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 0.5;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .table = 1,
    .prepare = gine_gn_prepare,
    .pair = gine_gn_pair,
    .weights = gine_gn_weights,
};

/**
 * Gine's test G_n: even harmonics, against axial alternatives.
 * h = 1/2 - (d-1)/4 (G((d-1)/2)/G(d/2))^2 sin(theta).
 *
 * Shapes: all. Cost: O(n^2 d). Does not change when a point is negated.
 * Coincident and antipodal points: finite, no gradient there (the sine has a kink).
 * Source: Gine1975.
 */
const usph_metric usph_metric_gine_gn = {
    .entry = {
        .name = "gine_gn",
        .title = "Gine test G_n",
        .formula = "n/2 - (d-1)/(2n) (G((d-1)/2)/G(d/2))^2 sum of sin(theta_ij) over pairs i < j",
        .source = "Gine1975",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "1/2 for i.i.d. points; large for points near an axis or a subspace",
    .degenerate = "coincident and antipodal points: finite, no gradient there; n = 1: 1/2",
    .pass = &TEST.pass,
    .expected = gine_gn_expected,
    .bound = usph_uniformity_square,
};
