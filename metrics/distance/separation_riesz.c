#include <math.h>

#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

/* What the two walks share: the sum of (r2/least)^(-s/2), then its weights. */
typedef struct riesz_sum {
    double s, least;
    usph_sum sum;
} riesz_sum;

static double share(const riesz_sum *r, double r2)
{
    return exp(-0.5 * r->s * log(r2 / r->least));
}

static void sum_visit(void *ctx, const usph_pairs_run *run)
{
    riesz_sum *r = ctx;
    double sum = 0;
    for (size_t p = 0; p < run->count; p++)
        sum += share(r, run->r2[p]);
    usph_sum_add(&r->sum, sum);
}

/* d/dr2 of (1/s) log sum r^-s is -(share of the pair in the sum)/(2 r2). */
static void weight_visit(void *ctx, const usph_pairs_run *run)
{
    riesz_sum *r = ctx;
    const double total = usph_sum_value(&r->sum);
    for (size_t p = 0; p < run->count; p++)
        run->w[p] = -0.5 * share(r, run->r2[p]) / (total * run->r2[p]);
}

static usph_status separation_riesz_eval(const usph_metric_spec *m, usph_shape shape,
                                         const double *x, usph_workspace *ws,
                                         usph_measure *out, double *grad)
{
    const double pairs = usph_shape_pairs(shape);
    usph_pairs_extremes ends;
    USPH_TRY(usph_pairs_nearest(shape, x, ws, NULL, &ends));
    out->coincident = ends.coincident;
    if (ends.coincident > 0) {
        out->value = INFINITY;
        return grad == NULL ? USPH_OK : USPH_ERR_DOMAIN;
    }
    riesz_sum r = { .s = m->metric.values[0], .least = ends.least };
    usph_pairs_walk(shape, x, 0, ws, sum_visit, &r, NULL);
    out->value = log(usph_sum_value(&r.sum) / pairs) / r.s - 0.5 * log(r.least);
    if (grad != NULL)
        usph_pairs_walk(shape, x, 0, ws, weight_visit, &r, grad);
    return USPH_OK;
}

typedef struct shifted {
    double s, least;
} shifted;

static double shifted_power(double r2, const void *ctx)
{
    const shifted *c = ctx;
    return exp(-0.5 * c->s * log(r2 / c->least));
}

/* The energy's bounds, taken through the logarithm. */
static usph_bound separation_riesz_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double s = m->metric.values[0];
    const double apart = usph_universal_separation2(shape);
    if (isnan(apart))
        return (usph_bound){ .value = -0.5 * log(usph_simplex_r2(shape.n)) };
    const shifted c = { s, apart };
    return (usph_bound){
        .value =
            log(usph_universal_mean(shape, shifted_power, &c)) / s - 0.5 * log(apart),
        .tight = true,
    };
}

/**
 * Soft separation by a Riesz energy: (1/s) log of the mean of r^-s, which tends to
 * minus the log of the smallest distance.
 *
 * Shapes: n >= 2. Cost: O(n^2 d), two passes; scaled by the closest pair, so that no s
 * overflows. Coincident points: +inf, no gradient.
 * Source: LiuEtAl2021, BorodachovHardinSaff2019.
 */
const usph_metric usph_metric_separation_riesz = {
    .entry = {
        .name = "separation_riesz",
        .title = "soft separation, Riesz",
        .formula = "(1/s) log of the mean of |x_i - x_j|^-s over pairs i < j",
        .source = "BorodachovHardinSaff2019",
        .params = { { .name = "s",
                      .type = USPH_REAL,
                      .def = 64,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "sharpness" } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "nat",
    .cost = "n^2 d",
    .reading = "minus the logarithm of a soft smallest distance; the larger s is, the "
               "more the closest pairs decide",
    .degenerate = "coincident points: +inf, no gradient; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_metric_pairs_scratch,
    .eval = separation_riesz_eval,
    .bound = separation_riesz_bound,
};
