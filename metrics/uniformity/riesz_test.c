#include <math.h>

#include "metrics/pairs/runs.h"
#include "metrics/uniformity/riesz_law.h"
#include "metrics/uniformity/uniformity.h"

static double exponent(const usph_metric_spec *m)
{
    return m->metric.values[0];
}

static void riesz_test_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    table[0] = usph_riesz_mean(exponent(m), d);
}

static void riesz_test_pair(const usph_metric_spec *m, size_t d, const double *table,
                            const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double s = exponent(m);
    const double sign = s < 0 ? -1 : 1;
    usph_runs_now()->log(run->count, run->r2, h);
    if (s == 0) {
        for (size_t p = 0; p < run->count; p++)
            h[p] *= -0.5;
    } else {
        usph_runs_now()->exp(-0.5 * s, run->count, h, h);
        for (size_t p = 0; p < run->count; p++)
            h[p] *= sign;
    }
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = (s == 0 ? -0.5 : -0.5 * s * h[p]) / run->r2[p];
    for (size_t p = 0; p < run->count; p++)
        h[p] -= table[0];
}

static bool riesz_test_weights(const usph_metric_spec *m, size_t d, size_t count,
                               double *v2)
{
    return usph_riesz_weights(exponent(m), d, count, v2);
}

static usph_status riesz_test_check(const usph_metric_spec *m, usph_shape shape,
                                    usph_error *err)
{
    if (exponent(m) >= (double)shape.d - 1)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "riesz_test:s=%g has no mean for d = %zu; s < d - 1 has",
                         exponent(m), shape.d);
    return USPH_OK;
}

static double riesz_test_expected(const usph_metric_spec *m, usph_shape shape)
{
    return exponent(m) > 0 ? 0 : -usph_riesz_mean(exponent(m), shape.d);
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .table = 1,
    .prepare = riesz_test_prepare,
    .pair = riesz_test_pair,
    .weights = riesz_test_weights,
};

/**
 * Riesz tests: for s < 0 all pairs count, T = n E r^|s| - (1/n) sum_{i,j} r_ij^|s|, and
 * s = -1 is Bakshaev's; for s > 0 the pairs i != j, T = (1/n) sum_{i != j} (r_ij^-s -
 * W_s); for s = 0 T = -(2/n) sum_{i<j} log r_ij + n E log r, whose mean is E log r.
 *
 * Shapes: s < d - 1 (else the mean diverges); a law is known for 2s < d - 1. Cost:
 * O(n^2 d). Coincident points: +inf for s >= 0, finite for s < 0; no gradient there.
 * Source: Bakshaev2010; the exponents' sign is that of the kernel riesz, opposite to
 * the package sphunif.
 */
const usph_metric usph_metric_riesz_test = {
    .entry = {
        .name = "riesz_test",
        .title = "Riesz test",
        .formula = "(1/n) sum of (K(r_ij) - E K) over pairs, K = r^-s, -log r or -r^|s|",
        .source = "Bakshaev2010",
        .note = "the energy of the kernel riesz or log, scaled as a test",
        .params = { { .name = "s",
                      .type = USPH_REAL,
                      .def = -1,
                      .lo = -2,
                      .lo_open = true,
                      .hi = 1e3,
                      .doc = "exponent of r^-s; 0: logarithm" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "E r^|s| for s < 0, 0 for s > 0 and E log r for s = 0 for i.i.d. points",
    .degenerate = "coincident points: +inf for s >= 0, finite for s < 0, no gradient there",
    .check = riesz_test_check,
    .pass = &TEST.pass,
    .expected = riesz_test_expected,
    .bound = usph_uniformity_monotone,
};
