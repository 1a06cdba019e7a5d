#include <math.h>

#include "metrics/pairs/runs.h"
#include "metrics/uniformity/projected.h"
#include "metrics/uniformity/uniformity.h"

static const double PI = 3.14159265358979323846;

static double entropy_term(double p)
{
    return p > 0 ? p * log(p) : 0;
}

static void circle_pair(const usph_pairs_run *run, double *h, double *dh)
{
    for (size_t p = 0; p < run->count; p++) {
        const double share = run->theta[p] / (2 * PI);
        h[p] = 1 + 2 * (entropy_term(share) + entropy_term(1 - share));
        if (dh != NULL) /* h is even about theta = pi: |x + y| only kept from 0 */
            dh[p] = log(share / (1 - share)) / PI /
                    (sqrt(run->r2[p]) * fmax(sqrt(run->q2[p]), 1e-8));
    }
}

static void sphere_pair(const usph_pairs_run *run, double *h, double *dh)
{
    _Alignas(64) double half[USPH_RUN];
    for (size_t p = 0; p < run->count; p++)
        half[p] = 1 + 0.5 * sqrt(run->r2[p]);
    usph_runs_now()->log(run->count, half, h);
    for (size_t p = 0; p < run->count; p++)
        h[p] = 1 - 2 * h[p];
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 / (sqrt(run->r2[p]) * half[p]);
}

static void pad_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    if (d <= 3)
        return; /* closed forms */
    usph_projected_table(USPH_ANDERSON_DARLING, d, table);
}

static void pad_pair(const usph_metric_spec *m, size_t d, const double *table,
                     const usph_pairs_run *run, double *h, double *dh)
{
    (void)m;
    if (d == 2)
        circle_pair(run, h, dh);
    else if (d == 3)
        sphere_pair(run, h, dh);
    else
        usph_projected_pair(table, run, h, dh);
}

static bool pad_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    (void)m;
    usph_projected_weights(USPH_ANDERSON_DARLING, d, count, v2);
    return true;
}

static double pad_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 1;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .table = USPH_PROJECTED_TABLE,
    .prepare = pad_prepare,
    .pair = pad_pair,
    .weights = pad_weights,
};

/**
 * Projected Anderson-Darling test: as pcvm with the weight 1/(F (1 - F)), which sees
 * small caps more. d = 2: h = 1 + 2 (p log p + (1-p) log(1-p)), p = theta/(2 pi); d =
 * 3: h = 1 - 2 log(1 + r/2); otherwise by a Chebyshev series.
 *
 * Shapes: all. Cost: O(n^2 d) and 7000 values of the law for the series (d > 3).
 * Coincident points: finite, no gradient there.
 * Source: GarciaNavarroCuesta2023; derivation in docs/method.md.
 */
const usph_metric usph_metric_pad = {
    .entry = {
        .name = "pad",
        .title = "projected Anderson-Darling test",
        .formula = "n E over directions of int (F_n - F)^2 / (F (1 - F)) dF",
        .source = "GarciaNavarroCuesta2023",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "1 for i.i.d. points; how far the points on random axes are from their law, small caps included",
    .degenerate = "coincident points: finite, no gradient there; n = 1: 1",
    .pass = &TEST.pass,
    .expected = pad_expected,
    .bound = usph_uniformity_square,
};
