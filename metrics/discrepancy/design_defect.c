#include <math.h>

#include "metrics/gegenbauer.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/pairs/runs.h"

/* The state in the pass: sums of P_1 .. P_t over the pairs, then these. */
enum {
    COINCIDENT,
    BEHIND,
};

static size_t degree_of(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[0];
}

static size_t design_defect_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)shape;
    return degree_of(m) + BEHIND;
}

static void design_defect_visit(const usph_metric_spec *m, usph_shape shape,
                                const usph_pairs_run *run, double *state)
{
    const size_t t = degree_of(m);
    const double n = (double)shape.n;
    usph_gegenbauer_sums(shape.d, t, run->count, run->r2, state);
    for (size_t p = 0; p < run->count; p++)
        state[t + COINCIDENT] += run->r2[p] == 0 ? 1 : 0;
    if (run->w == NULL)
        return;
    double ones[USPH_MAX_DEGREE];
    _Alignas(64) double h[256];
    for (size_t k = 0; k < t; k++)
        ones[k] = 1;
    usph_runs_now()->gegenbauer(shape.d, t, ones, run->count, run->r2, h, run->w);
    for (size_t p = 0; p < run->count; p++)
        run->w[p] *= 2 / (n * n);
}

static usph_status design_defect_end(const usph_metric_spec *m, usph_shape shape,
                                     const double *x, usph_workspace *ws,
                                     const double *state, usph_measure *out)
{
    static const char *const NAMES[USPH_MAX_EXTRA] = {
        "degree_1", "degree_2", "degree_3", "degree_4",
        "degree_5", "degree_6", "degree_7", "degree_8",
    };
    const size_t t = degree_of(m);
    const double n = (double)shape.n;
    (void)x;
    (void)ws;
    out->value = 0;
    for (size_t k = 0; k < t; k++) {
        /* a square: what falls below 0 is rounding */
        const double power = fmax(0, (n + 2 * state[k]) / (n * n));
        out->value += power;
        if (k < USPH_MAX_EXTRA)
            out->extra[out->extras++] = (usph_extra){ NAMES[k], power };
    }
    out->coincident = (size_t)state[t + COINCIDENT];
    return USPH_OK;
}

/* E P_k = 0 for different points: each degree has 1/n. */
static double design_defect_expected(const usph_metric_spec *m, usph_shape shape)
{
    return (double)degree_of(m) / (double)shape.n;
}

static usph_bound design_defect_bound(const usph_metric_spec *m, usph_shape shape)
{
    if (shape.n == 1)
        return (usph_bound){ .value = (double)degree_of(m), .tight = true };
    return (usph_bound){ .value = 0 };
}

static const usph_metric_pass PASS = {
    .state = design_defect_state,
    .visit = design_defect_visit,
    .end = design_defect_end,
};

/**
 * How far the points are from a spherical t-design: the sum over the degrees k = 1 .. t
 * of the power A_k = n^-2 sum_{i,j} P_k(<x_i, x_j>), P_k the Gegenbauer polynomial with
 * P_k(1) = 1. The first 8 are given as degree_k.
 *
 * Shapes: all. Cost: O(n^2 (d + t)). 0 if and only if the points are a t-design.
 * Coincident points: finite and smooth.
 * Source: DelsarteGoethalsSeidel1977.
 */
const usph_metric usph_metric_design_defect = {
    .entry = {
        .name = "design_defect",
        .title = "design defect",
        .formula = "sum over k = 1 .. t of the mean of P_k(<x_i, x_j>) over all i, j",
        .source = "DelsarteGoethalsSeidel1977",
        .params = { { .name = "t",
                      .type = USPH_INT,
                      .def = 5,
                      .lo = 1,
                      .hi = USPH_MAX_DEGREE,
                      .doc = "highest degree" } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 (d + t)",
    .reading = "t/n for i.i.d. points, 0 if the points integrate polynomials up to degree t exactly",
    .degenerate = "finite and smooth everywhere; n = 1: t",
    .work = usph_metric_search_work,
    .pass = &PASS,
    .expected = design_defect_expected,
    .bound = design_defect_bound,
};
