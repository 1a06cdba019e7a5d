#include <math.h>

#include "core/special.h"
#include "metrics/pairs/runs.h"
#include "metrics/uniformity/chisquares.h"
#include "metrics/uniformity/softmax_law.h"
#include "metrics/uniformity/uniformity.h"

static void softmax_test_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    table[0] = exp(usph_log_mean_gauss(0.5 * m->metric.values[0], (double)d));
}

static void softmax_test_pair(const usph_metric_spec *m, size_t d, const double *table,
                              const usph_pairs_run *run, double *h, double *dh)
{
    const double half = 0.5 * m->metric.values[0];
    (void)d;
    usph_runs_now()->exp(-half, run->count, run->r2, h);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -half * h[p];
    for (size_t p = 0; p < run->count; p++)
        h[p] -= table[0];
}

static bool softmax_test_weights(const usph_metric_spec *m, size_t d, size_t count,
                                 double *v2)
{
    double c[USPH_DEGREES + 1];
    usph_softmax_coefficients(m->metric.values[0], d, count + 1, c);
    for (size_t k = 0; k < count; k++)
        v2[k] = c[k + 1];
    return true;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .table = 1,
    .prepare = softmax_test_prepare,
    .pair = softmax_test_pair,
    .weights = softmax_test_weights,
};

/**
 * Test with the von Mises-Fisher (softmax) kernel exp(kappa (t - 1)) = exp(-kappa
 * r2/2).
 *
 * Shapes: all. Cost: O(n^2 d). Bound: the universally optimal sets.
 * Coincident points: finite and smooth.
 * Source: FernandezGarcia2023.
 */
const usph_metric usph_metric_softmax_test = {
    .entry = {
        .name = "softmax_test",
        .title = "softmax test",
        .formula = "(2/n) sum of (exp(kappa (t_ij - 1)) - its mean) over pairs i < j",
        .source = "FernandezGarcia2023",
        .params = { { .name = "kappa",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e4,
                      .doc = "concentration" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 for i.i.d. points, below for more even ones; kappa sets how near the pairs are that count",
    .degenerate = "finite and smooth everywhere; n = 1: 0",
    .pass = &TEST.pass,
    .expected = usph_uniformity_zero,
    .bound = usph_uniformity_monotone,
};
