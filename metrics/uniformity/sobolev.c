#include <math.h>

#include "metrics/gegenbauer.h"
#include "metrics/pairs/runs.h"
#include "metrics/uniformity/uniformity.h"

static bool sobolev_weights(const usph_metric_spec *m, size_t d, size_t count,
                            double *v2)
{
    (void)d;
    for (size_t k = 0; k < count; k++)
        v2[k] = k < USPH_MAX_PARAMS ? m->metric.values[k] : 0;
    return true;
}

static void sobolev_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    const size_t degree = USPH_MAX_PARAMS;
    sobolev_weights(m, d, degree, table);
    for (size_t k = 1; k <= degree; k++)
        table[k - 1] *= usph_harmonics(d, k);
}

static void sobolev_pair(const usph_metric_spec *m, size_t d, const double *table,
                         const usph_pairs_run *run, double *h, double *dh)
{
    (void)m;
    usph_runs_now()->gegenbauer(d, USPH_MAX_PARAMS, table, run->count, run->r2, h, dh);
}

/* h(0): the sum of all coefficients */
static double sobolev_expected(const usph_metric_spec *m, usph_shape shape)
{
    double coefficient[USPH_MAX_PARAMS];
    double sum = 0;
    sobolev_prepare(m, shape.d, coefficient);
    for (size_t k = 0; k < USPH_MAX_PARAMS; k++)
        sum += coefficient[k];
    return sum;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .square = true,
    .table = USPH_MAX_PARAMS,
    .prepare = sobolev_prepare,
    .pair = sobolev_pair,
    .weights = sobolev_weights,
};

/**
 * Finite Sobolev test: h = sum_{k <= 8} v_k^2 dim_k P_k with weights v_k^2 of choice.
 *
 * Shapes: all. Cost: O(n^2 d). A sum of squares: 0 for sets without harmonics of the
 * degrees that have weight. The limit law, a sum of chi-squares, has these degrees
 * only. Coincident points: finite and smooth. Source: Gine1975.
 */
const usph_metric usph_metric_sobolev = {
    .entry = {
        .name = "sobolev",
        .title = "finite Sobolev test",
        .formula = "n sum over k <= 8 of v_k^2 dim_k A_k, A_k the power at degree k",
        .source = "Gine1975",
        .params = { { .name = "v1",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_1^2" }, { .name = "v2",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_2^2" }, { .name = "v3",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_3^2" }, { .name = "v4",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_4^2" }, { .name = "v5",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_5^2" }, { .name = "v6",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_6^2" }, { .name = "v7",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_7^2" }, { .name = "v8",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1e6,
                      .doc = "weight v_8^2" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the sum of v_k^2 dim_k for i.i.d. points, 0 for designs of the degrees with weight",
    .degenerate = "finite and smooth everywhere",
    .pass = &TEST.pass,
    .expected = sobolev_expected,
    .bound = usph_uniformity_square,
};
