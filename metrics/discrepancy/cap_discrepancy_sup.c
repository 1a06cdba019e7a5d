#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "metrics/slices.h"

/* What a search needs. */
typedef struct search {
    usph_shape shape;
    const double *x;
    double *best, *trial;   /* d each: centres of caps */
    double *shares, *spare; /* n each */
} search;

static size_t cap_discrepancy_sup_scratch(const usph_metric_spec *m, usph_shape shape,
                                          unsigned threads)
{
    (void)m;
    (void)threads;
    return 2 * usph_workspace_cost(shape.d) + 2 * usph_workspace_cost(shape.n);
}

/*
 * All arcs of the circle: with u_(i) the sorted angles in turns, the largest excess of
 * an arc is max(i/n - u_(i)) + max(u_(i) - (i-1)/n), and the largest defect, of an open
 * arc, is the same.
 */
static double arcs(const search *s)
{
    static const double TWO_PI = 6.28318530717958647693;
    const size_t n = s->shape.n;
    double above = -1;
    double below = -1;
    for (size_t i = 0; i < n; i++) {
        const double turn = atan2(s->x[2 * i + 1], s->x[2 * i]) / TWO_PI;
        s->shares[i] = turn < 0 ? turn + 1 : turn;
    }
    usph_slice_sort(n, s->shares, NULL, s->spare);
    for (size_t i = 0; i < n; i++) {
        above = fmax(above, (double)(i + 1) / (double)n - s->shares[i]);
        below = fmax(below, s->shares[i] - (double)i / (double)n);
    }
    return above + below;
}

/* Worst of all caps around a centre: closed ones for an excess, open for a defect. */
static double caps_around(const search *s, const double *centre)
{
    usph_slice_shares(s->shape.n, s->shape.d, s->x, centre, s->shares);
    usph_slice_sort(s->shape.n, s->shares, NULL, s->spare);
    return usph_slice_ks(s->shape.n, s->shares);
}

static void keep_better(const search *s, double *most)
{
    const double value = caps_around(s, s->trial);
    if (value <= *most)
        return;
    *most = value;
    memcpy(s->best, s->trial, s->shape.d * sizeof *s->best);
}

/* Steps of random direction from the best centre, each a little shorter than the last.
 */
static void refine(const search *s, uint64_t seed, size_t from, size_t steps,
                   double *most)
{
    for (size_t k = 0; k < steps; k++) {
        const double length = 0.5 * pow(0.001, (double)k / (double)steps);
        usph_slice_direction(seed, from + k, s->shape.d, s->trial);
        for (size_t c = 0; c < s->shape.d; c++)
            s->trial[c] = s->best[c] + length * s->trial[c];
        usph_sphere_normalize((usph_shape){ 1, s->shape.d }, s->trial);
        keep_better(s, most);
    }
}

static usph_status cap_discrepancy_sup_eval(const usph_metric_spec *m, usph_shape shape,
                                            const double *x, usph_workspace *ws,
                                            usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    const size_t centres = (size_t)m->metric.values[0];
    const uint64_t seed = (uint64_t)m->metric.values[1];
    const search s = {
        .shape = shape,
        .x = x,
        .best = usph_workspace_take(ws, shape.d),
        .trial = usph_workspace_take(ws, shape.d),
        .shares = usph_workspace_take(ws, shape.n),
        .spare = usph_workspace_take(ws, shape.n),
    };
    (void)grad;
    out->value = 0;
    if (shape.d == 2) {
        out->value = arcs(&s);
    } else {
        out->kind = USPH_KIND_LOWER_BOUND;
        for (size_t k = 0; k < centres; k++) { /* points themselves, and random ones */
            usph_slice_direction(seed, k, shape.d, s.trial);
            if (k % 2 == 0)
                memcpy(s.trial, x + k / 2 % shape.n * shape.d,
                       shape.d * sizeof *s.trial);
            keep_better(&s, &out->value);
        }
        refine(&s, seed, centres, centres, &out->value);
    }
    usph_workspace_release(ws, mark);
    return USPH_OK;
}

/* A point alone is a cap of area 0; on the circle regular polygons do no worse. */
static usph_bound cap_discrepancy_sup_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = 1 / (double)shape.n, .tight = shape.d == 2 };
}

/**
 * Spherical cap discrepancy: the largest |share of the points in a cap - its area|.
 *
 * d = 2: exact, over all arcs. d > 2: a lower bound, the best cap that is found around
 * k centres (points and directions of a stated seed, in turn) and k random steps of
 * shrinking length from the best; all radii around a centre are looked at exactly.
 *
 * Shapes: all. Cost: O(k n (d + log n)); O(n log n) for d = 2. Not smooth.
 * Coincident points: finite. The mean over i.i.d. points has no closed form.
 * Source: Kuiper1960 for the circle; BrauchartDick2013.
 */
const usph_metric usph_metric_cap_discrepancy_sup = {
    .entry = {
        .name = "cap_discrepancy_sup",
        .title = "cap discrepancy, sup",
        .formula = "sup over caps of |share of points in it - its area|",
        .source = "BrauchartDick2013",
        .note = "exact for d = 2; a lower bound by search for d > 2",
        .params = { { .name = "k",
                      .type = USPH_INT,
                      .def = 64,
                      .lo = 1,
                      .hi = 1e6,
                      .doc = "centres that the search begins with (d > 2)" },
                    { .name = "seed",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 0,
                      .hi = 1e9,
                      .doc = "of the search" } },
    },
    .flags = USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "k n (d + log n)",
    .reading = "the worst cap: so many of the points are too many or too few in it",
    .degenerate = "finite everywhere; n = 1: 1 for d = 2",
    .work = usph_metric_search_work,
    .scratch = cap_discrepancy_sup_scratch,
    .eval = cap_discrepancy_sup_eval,
    .bound = cap_discrepancy_sup_bound,
};
