#include <math.h>

#include "metrics/uniformity/gine.h"
#include "metrics/uniformity/projected.h"
#include "metrics/uniformity/uniformity.h"

static const double PI = 3.14159265358979323846;

static void gine_fn_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    table[0] = usph_gine_constant(d);
}

static void gine_fn_pair(const usph_metric_spec *m, size_t d, const double *table,
                         const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double c = table[0];
    (void)m;
    for (size_t p = 0; p < run->count; p++)
        h[p] = 1.5 - 2 / PI * run->theta[p] - 0.5 * c * sqrt(run->r2[p] * run->q2[p]);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -(2 / PI + c * (1 - 0.5 * run->r2[p])) / sqrt(run->r2[p] * run->q2[p]);
}

static bool gine_fn_weights(const usph_metric_spec *m, size_t d, size_t count,
                            double *v2)
{
    (void)m;
    usph_projected_weights_at(0.5, d, count, v2); /* Ajne: odd degrees */
    for (size_t k = 0; k < count; k++)
        v2[k] *= 4;
    usph_gine_weights(d, count, v2);
    return true;
}

static double gine_fn_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 1.5;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .table = 1,
    .prepare = gine_fn_prepare,
    .pair = gine_fn_pair,
    .weights = gine_fn_weights,
};

/**
 * Gine's test F_n = 4 A_n + G_n, consistent against every alternative.
 * h = 3/2 - 2 theta/pi - (d-1)/4 (G((d-1)/2)/G(d/2))^2 sin(theta).
 *
 * Shapes: all. Cost: O(n^2 d).
 * Coincident and antipodal points: finite, no gradient there.
 * Source: Gine1975.
 */
const usph_metric usph_metric_gine_fn = {
    .entry = {
        .name = "gine_fn",
        .title = "Gine test F_n",
        .formula = "4 A_n + G_n (Ajne and Gine)",
        .source = "Gine1975",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "3/2 for i.i.d. points; large for every kind of unevenness",
    .degenerate = "coincident and antipodal points: finite, no gradient there; n = 1: 3/2",
    .pass = &TEST.pass,
    .expected = gine_fn_expected,
    .bound = usph_uniformity_square,
};
