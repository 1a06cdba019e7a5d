#include <math.h>

#include "metrics/gegenbauer.h"
#include "metrics/pairs/runs.h"
#include "metrics/uniformity/chisquares.h"
#include "metrics/uniformity/softmax_law.h"
#include "metrics/uniformity/uniformity.h"

static size_t degree_of(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[0];
}

static bool stein_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    static const double E = 2.71828182845904523536;
    double c[USPH_DEGREES + 1];
    usph_softmax_coefficients(1, d, count + 1, c);
    for (size_t k = 1; k <= count; k++) {
        const double kk = (double)k;
        const double v = k <= degree_of(m) ? kk * (kk + (double)d - 2) * E * c[k] : 0;
        v2[k - 1] = v * v;
    }
    return true;
}

static void stein_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    const size_t degree = degree_of(m);
    stein_weights(m, d, degree, table);
    for (size_t k = 1; k <= degree; k++)
        table[k - 1] *= usph_harmonics(d, k);
}

static void stein_pair(const usph_metric_spec *m, size_t d, const double *table,
                       const usph_pairs_run *run, double *h, double *dh)
{
    usph_runs_now()->gegenbauer(d, degree_of(m), table, run->count, run->r2, h, dh);
}

/* h(0): the sum of all coefficients */
static double stein_expected(const usph_metric_spec *m, usph_shape shape)
{
    double coefficient[USPH_MAX_DEGREE] = { 0 };
    double sum = 0;
    stein_prepare(m, shape.d, coefficient);
    for (size_t k = 0; k < degree_of(m); k++)
        sum += coefficient[k];
    return sum;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .square = true,
    .table = USPH_MAX_DEGREE,
    .prepare = stein_prepare,
    .pair = stein_pair,
    .weights = stein_weights,
};

/**
 * Test with Stein's kernel of the exponential exp(<x, z>), cut at degree t:
 * h = sum_{k <= t} v_k^2 dim_k P_k, v_k = k (k+d-2) times the coefficient of exp(t) on
 * P_k.
 *
 * Shapes: all. Cost: O(n^2 (d + t)). A sum of squares: 0 for spherical t-designs.
 * Coincident points: finite and smooth.
 * Source: Sphunif.
 */
const usph_metric usph_metric_stein = {
    .entry = {
        .name = "stein",
        .title = "Stein test",
        .formula = "n sum over k <= t of (k (k + d - 2) c_k)^2 dim_k A_k, A_k the power at degree k",
        .source = "Sphunif",
        .params = { { .name = "t",
                      .type = USPH_INT,
                      .def = 10,
                      .lo = 1,
                      .hi = USPH_MAX_DEGREE,
                      .doc = "highest degree" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the expectation for i.i.d. points, 0 for spherical t-designs",
    .degenerate = "finite and smooth everywhere",
    .pass = &TEST.pass,
    .expected = stein_expected,
    .bound = usph_uniformity_square,
};
