#include <math.h>

#include "metrics/pairs/runs.h"
#include "metrics/uniformity/riesz_law.h"
#include "metrics/uniformity/uniformity.h"

static const double PI = 3.14159265358979323846;

static void pycke_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    (void)m;
    table[0] = usph_riesz_mean(0, d);
}

static void pycke_pair(const usph_metric_spec *m, size_t d, const double *table,
                       const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double mean = table[0];
    (void)m;
    usph_runs_now()->log(run->count, run->r2, h);
    for (size_t p = 0; p < run->count; p++)
        h[p] = -0.5 * h[p] - mean;
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 / run->r2[p];
}

static double pycke_scale(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    if (shape.d > 3)
        return 2 / n;
    return shape.d == 2 ? 4 / (n - 1) : 1 / (PI * (n - 1));
}

static bool pycke_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    (void)m;
    return usph_riesz_weights(0, d, count, v2);
}

static double pycke_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return shape.d > 3 ? -usph_riesz_mean(0, shape.d) : 0;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .table = 1,
    .prepare = pycke_prepare,
    .pair = pycke_pair,
    .scale = pycke_scale,
    .weights = pycke_weights,
};

/**
 * Pycke's test of the logarithmic energy, with the constants of its definition:
 * T = 4/(n-1) S for d = 2 and S/(pi (n-1)) for d = 3, S = sum_{i<j} (E log r - log
 * r_ij); for d > 3 the Riesz test with s = 0, T = (2/n) S + E log r, as the package
 * sphunif does.
 *
 * Shapes: n >= 2. Cost: O(n^2 d). Bound: the universally optimal sets.
 * Coincident points: +inf, no gradient there.
 * Source: Pycke2007.
 */
const usph_metric usph_metric_pycke = {
    .entry = {
        .name = "pycke",
        .title = "Pycke test",
        .formula = "c sum of (E log r - log r_ij) over pairs i < j",
        .source = "Pycke2007",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 (E log r for d > 3) for i.i.d. points; the logarithmic energy as a test",
    .degenerate = "coincident points: +inf, no gradient there; n = 1: not defined",
    .check = usph_uniformity_two,
    .pass = &TEST.pass,
    .expected = pycke_expected,
    .bound = usph_uniformity_monotone,
};
