#include <math.h>

#include "metrics/uniformity/projected.h"
#include "metrics/uniformity/uniformity.h"

static void pcvm_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    if (d == 3)
        return; /* closed form */
    usph_projected_table(USPH_CRAMER_VON_MISES, d, table);
}

static void pcvm_pair(const usph_metric_spec *m, size_t d, const double *table,
                      const usph_pairs_run *run, double *h, double *dh)
{
    (void)m;
    if (d != 3) {
        usph_projected_pair(table, run, h, dh);
        return;
    }
    for (size_t p = 0; p < run->count; p++)
        h[p] = 1.0 / 6 - 0.125 * sqrt(run->r2[p]);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.0625 / sqrt(run->r2[p]);
}

static bool pcvm_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    (void)m;
    usph_projected_weights(USPH_CRAMER_VON_MISES, d, count, v2);
    return true;
}

static double pcvm_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 1.0 / 6;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .table = USPH_PROJECTED_TABLE,
    .prepare = pcvm_prepare,
    .pair = pcvm_pair,
    .weights = pcvm_weights,
};

/**
 * Projected Cramer-von Mises test: n times the mean over directions g of the squared
 * distance int (F_n - F)^2 dF of the law of the <g, x_i> from that of uniform points.
 * d = 3: h = 1/6 - r/8, n/2 times the cap discrepancy; otherwise by a Chebyshev series.
 *
 * Shapes: all. Cost: O(n^2 d) and 7000 values of the law for the series (d != 3).
 * Coincident points: finite, no gradient there.
 * Source: GarciaNavarroCuesta2023; derivation in docs/method.md.
 */
const usph_metric usph_metric_pcvm = {
    .entry = {
        .name = "pcvm",
        .title = "projected Cramer-von Mises test",
        .formula = "n E over directions of int (F_n - F)^2 dF",
        .source = "GarciaNavarroCuesta2023",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "1/6 for i.i.d. points; how far the points on random axes are from their law",
    .degenerate = "coincident points: finite, no gradient there; n = 1: 1/6",
    .pass = &TEST.pass,
    .expected = pcvm_expected,
    .bound = usph_uniformity_square,
};
