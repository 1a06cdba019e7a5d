#include <math.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "metrics/slices.h"
#include "metrics/uniformity/cap_share.h"

/* The words of `by`, in order. */
typedef enum distance {
    CRAMER_VON_MISES,
    KOLMOGOROV_SMIRNOV,
    WASSERSTEIN,
} distance;

/* What one direction needs. */
typedef struct marginal {
    usph_shape shape;
    const double *x;
    double *v;     /* d: the direction */
    double *value; /* n: sorted projections, or F of them */
    double *spare; /* n */
    double *cell;  /* n: integral of the quantile function over ((i-1)/n, i/n) */
} marginal;

static size_t sliced_marginal_scratch(const usph_metric_spec *m, usph_shape shape,
                                      unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d) + 3 * usph_workspace_cost(shape.n);
}

static distance distance_of(const usph_metric_spec *m)
{
    return (distance)m->metric.values[0];
}

/* int t f(t) dt below a level is -c_d/(d-1) (1-t^2)^((d-1)/2). */
static void quantile_cells(const marginal *s)
{
    const double d = (double)s->shape.d;
    const size_t n = s->shape.n;
    const usph_cap_law law = usph_cap_law_of(s->shape.d);
    const double front = exp(law.log_constant) / (d - 1);
    double before = 0;
    for (size_t i = 0; i < n; i++) {
        const double share = (double)(i + 1) / (double)n;
        const double level =
            i + 1 < n ? usph_cap_level(law, fmin(share, 1 - share)) : 1;
        const double here = -front * pow((1 - level) * (1 + level), 0.5 * (d - 1));
        s->cell[i] = here - before;
        before = here;
    }
}

/* int (Q_n - Q)^2 du = mean of x^2 - 2 sum x_(i) cell_i + E t^2 */
static double transport(const marginal *s)
{
    const size_t n = s->shape.n;
    double sum = 1 / (double)s->shape.d;
    for (size_t i = 0; i < n; i++)
        s->value[i] = usph_dot(s->shape.d, s->x + i * s->shape.d, s->v);
    usph_slice_sort(n, s->value, NULL, s->spare);
    for (size_t i = 0; i < n; i++)
        sum += s->value[i] * (s->value[i] / (double)n - 2 * s->cell[i]);
    return fmax(0, sum);
}

static double of_shares(const marginal *s, distance by)
{
    const size_t n = s->shape.n;
    usph_slice_shares(n, s->shape.d, s->x, s->v, s->value);
    usph_slice_sort(n, s->value, NULL, s->spare);
    if (by == KOLMOGOROV_SMIRNOV)
        return usph_slice_ks(n, s->value);
    double sum = 1 / (12 * (double)n);
    for (size_t i = 0; i < n; i++) {
        const double miss = s->value[i] - ((double)i + 0.5) / (double)n;
        sum += miss * miss;
    }
    return sum;
}

static usph_status sliced_marginal_eval(const usph_metric_spec *m, usph_shape shape,
                                        const double *x, usph_workspace *ws,
                                        usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    const distance by = distance_of(m);
    const size_t directions = (size_t)m->metric.values[1];
    const uint64_t seed = (uint64_t)m->metric.values[2];
    const marginal s = {
        .shape = shape,
        .x = x,
        .v = usph_workspace_take(ws, shape.d),
        .value = usph_workspace_take(ws, shape.n),
        .spare = usph_workspace_take(ws, shape.n),
        .cell = usph_workspace_take(ws, shape.n),
    };
    (void)grad;
    if (by == WASSERSTEIN)
        quantile_cells(&s);
    out->value = 0;
    for (size_t k = 0; k < directions; k++) {
        usph_slice_direction(seed, k, shape.d, s.v);
        out->value += by == WASSERSTEIN ? transport(&s) : of_shares(&s, by);
    }
    out->value /= (double)directions;
    out->kind = USPH_KIND_ESTIMATE;
    usph_workspace_release(ws, mark);
    return USPH_OK;
}

/* n int (F_n - F)^2 dF has mean 1/6 for every n and F. */
static double sliced_marginal_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)shape;
    return distance_of(m) == CRAMER_VON_MISES ? 1.0 / 6 : (double)NAN;
}

/* For every n and F: 1/(12n), and 1/(2n); no bound is stated for w2 but 0. */
static usph_bound sliced_marginal_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const distance by = distance_of(m);
    return (usph_bound){ .value = by == CRAMER_VON_MISES     ? 1 / (12 * n)
                                  : by == KOLMOGOROV_SMIRNOV ? 1 / (2 * n)
                                                             : 0 };
}

/**
 * Distance of the law of <v, x_i> from its law F under uniformity, averaged over k
 * directions v of a stated seed:
 *
 *     cvm  n int (F_n - F)^2 dF        (over all directions: the test pcvm)
 *     ks   sup |F_n - F|
 *     w2   squared Wasserstein distance
 *
 * Shapes: all. Cost: O(k n (d + log n)). An estimate of the mean over all directions.
 * The mean over i.i.d. points is 1/6 for cvm; it is sampled for the others.
 * Coincident points: finite. No gradient.
 * Source: GarciaNavarroCuesta2023.
 */
const usph_metric usph_metric_sliced_marginal = {
    .entry = {
        .name = "sliced_marginal",
        .title = "sliced marginal",
        .formula = "mean over directions v of the distance of the law of <v, x_i> from F",
        .source = "GarciaNavarroCuesta2023",
        .note = "directions are drawn from a seed: rotating the points changes the value a little",
        .params = { { .name = "by",
                      .type = USPH_WORD,
                      .def = CRAMER_VON_MISES,
                      .hi = WASSERSTEIN,
                      .words = "cvm|ks|w2",
                      .doc = "distance: cvm, ks or w2" },
                    { .name = "k",
                      .type = USPH_INT,
                      .def = 64,
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
    .flags = USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "k n (d + log n)",
    .reading = "how far the points on random axes are from their law; cvm: 1/6 for i.i.d. points",
    .degenerate = "finite everywhere",
    .scratch = sliced_marginal_scratch,
    .eval = sliced_marginal_eval,
    .expected = sliced_marginal_expected,
    .bound = sliced_marginal_bound,
};
