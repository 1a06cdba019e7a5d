#include <math.h>

#include "metrics/uniformity/projected.h"
#include "metrics/uniformity/uniformity.h"

static void prt_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    usph_projected_table_at(m->metric.values[0], d, table);
}

static void prt_pair(const usph_metric_spec *m, size_t d, const double *table,
                     const usph_pairs_run *run, double *h, double *dh)
{
    (void)m;
    (void)d;
    usph_projected_pair(table, run, h, dh);
}

static bool prt_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    usph_projected_weights_at(m->metric.values[0], d, count, v2);
    return true;
}

static double prt_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double t = m->metric.values[0];
    (void)shape;
    return t * (1 - t);
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .table = USPH_PROJECTED_TABLE,
    .prepare = prt_prepare,
    .pair = prt_pair,
    .weights = prt_weights,
};

/**
 * Projected Rothman test: n times the mean over caps that hold a share t of the sphere
 * of (share of the points in it - t)^2. t = 1/2 is Ajne's test. By a Chebyshev series.
 *
 * Shapes: all. Cost: O(n^2 d).
 * Coincident points: finite, no gradient there; kink of dh at the angle where caps
 * part. Source: GarciaNavarroCuesta2023; derivation in docs/method.md.
 */
const usph_metric usph_metric_prt = {
    .entry = {
        .name = "prt",
        .title = "projected Rothman test",
        .formula = "n E over directions of (F_n - F)^2 at F = t",
        .source = "GarciaNavarroCuesta2023",
        .params = { { .name = "t",
                      .type = USPH_REAL,
                      .def = 1.0 / 3,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "share of the sphere in a cap" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "t (1 - t) for i.i.d. points; how evenly caps of one size are filled",
    .degenerate = "coincident points: finite, no gradient there; n = 1: t (1 - t)",
    .pass = &TEST.pass,
    .expected = prt_expected,
    .bound = usph_uniformity_square,
};
