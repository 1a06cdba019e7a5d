#include <math.h>

#include "metrics/metric.h"
#include "metrics/slices.h"

static size_t ccf09_scratch(const usph_metric_spec *m, usph_shape shape,
                            unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d) + 2 * usph_workspace_cost(shape.n);
}

static usph_status ccf09_eval(const usph_metric_spec *m, usph_shape shape,
                              const double *x, usph_workspace *ws, usph_measure *out,
                              double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    const size_t directions = (size_t)m->metric.values[0];
    const uint64_t seed = (uint64_t)m->metric.values[1];
    double *v = usph_workspace_take(ws, shape.d);
    double *shares = usph_workspace_take(ws, shape.n);
    double *spare = usph_workspace_take(ws, shape.n);
    double most = 0;
    (void)grad;
    for (size_t k = 0; k < directions; k++) {
        usph_slice_direction(seed, k, shape.d, v);
        usph_slice_shares(shape.n, shape.d, x, v, shares);
        usph_slice_sort(shape.n, shares, NULL, spare);
        most = fmax(most, usph_slice_ks(shape.n, shares));
    }
    out->value = sqrt((double)shape.n) * most;
    usph_workspace_release(ws, mark);
    return USPH_OK;
}

static usph_bound ccf09_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = 0.5 / sqrt((double)shape.n) };
}

/**
 * Projection test of Cuesta-Albertos, Cuevas and Fraiman: the largest of the
 * Kolmogorov-Smirnov statistics sqrt(n) sup |F_n - F| of the projections on k random
 * directions, which are drawn from a stated seed.
 *
 * Shapes: all. Cost: O(k n (d + log n)). Not smooth. Its law for dependent directions
 * is not known: p-values are by Monte Carlo only. Coincident points: finite. Source:
 * CuestaCuevasFraiman2009.
 */
const usph_metric usph_metric_ccf09 = {
    .entry = {
        .name = "ccf09",
        .title = "random projections test",
        .formula = "max over k directions v of sqrt(n) sup |law of <v, x_i> - F|",
        .source = "CuestaCuevasFraiman2009",
        .note = "directions are drawn from a seed: rotating the points changes the value",
        .params = { { .name = "k",
                      .type = USPH_INT,
                      .def = 50,
                      .lo = 1,
                      .hi = 1e6,
                      .doc = "number of random directions" },
                    { .name = "seed",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 0,
                      .hi = 1e9,
                      .doc = "of the directions" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "k n (d + log n)",
    .reading = "the worst of some random axes decides; only p-values by Monte Carlo",
    .degenerate = "finite everywhere",
    .work = usph_metric_search_work,
    .scratch = ccf09_scratch,
    .eval = ccf09_eval,
    .bound = ccf09_bound,
};
