#include <math.h>

#include "core/special.h"
#include "metrics/log_mean.h"
#include "metrics/metric.h"
#include "metrics/universal.h"

/* <x, y> = 1 - r2/2 turns exp(beta <x, y>) into exp(beta) exp(-(beta/2) r2). */
static double from_log_mean(double beta, double log_mean)
{
    return 1 + log_mean / beta;
}

static usph_status separation_soft_eval(const usph_metric_spec *m, usph_shape shape,
                                        const double *x, usph_workspace *ws,
                                        usph_measure *out, double *grad)
{
    const double beta = m->metric.values[0];
    USPH_TRY(usph_log_mean_pairs(0.5 * beta, shape, x, ws, out, grad));
    out->value = from_log_mean(beta, out->value);
    const double population = usph_log_mean_gauss(0.5 * beta, (double)shape.d);
    out->extra[out->extras++] =
        (usph_extra){ "population", from_log_mean(beta, population) };
    const size_t size = usph_shape_size(shape);
    if (grad != NULL)
        for (size_t p = 0; p < size; p++)
            grad[p] /= beta;
    return USPH_OK;
}

static usph_bound separation_soft_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double beta = m->metric.values[0];
    const double optimum = usph_log_mean_universal(0.5 * beta, shape);
    if (!isnan(optimum))
        return (usph_bound){ .value = from_log_mean(beta, optimum), .tight = true };
    return (usph_bound){ .value = 1 - 0.5 * usph_simplex_r2(shape.n) };
}

/**
 * Smooth largest cosine: log-sum-exp of the inner products of all pairs (soft MHS).
 *
 * Shapes: n >= 2, d >= 2. Cost: O(n^2 d). For large beta it tends to the largest inner
 * product, that is cos(separation), from below: the difference is at most
 * log(n(n-1)/2)/beta.
 * Source: LiuEtAl2021 for the hard form; derivation in docs/method.md.
 */
const usph_metric usph_metric_separation_soft = {
    .entry = {
        .name = "separation_soft",
        .title = "soft separation",
        .formula = "(1/beta) log of the mean of exp(beta <x_i, x_j>) over pairs i < j",
        .source = "LiuEtAl2021",
        .params = { { .name = "beta",
                      .type = USPH_REAL,
                      .def = 32,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "sharpness",
                      .sharpness = true } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "a smooth largest cosine; the larger beta is, the more the closest pairs decide",
    .degenerate = "coincident points: finite; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_metric_pairs_scratch,
    .eval = separation_soft_eval,
    .bound = separation_soft_bound,
};
