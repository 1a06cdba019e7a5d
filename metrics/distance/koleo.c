#include <math.h>
#include <string.h>

#include "core/special.h"
#include "metrics/distance/nearest.h"
#include "metrics/universal.h"

/* -log r of each point to its nearest: the pull goes to both of them. */
static void koleo_gradient(usph_shape shape, const double *x,
                           const usph_neighbour *nearest, double *grad)
{
    const size_t d = shape.d;
    memset(grad, 0, usph_shape_size(shape) * sizeof *grad);
    for (size_t i = 0; i < shape.n; i++) {
        const size_t j = nearest[i].index;
        const double w = -1 / ((double)shape.n * nearest[i].r2);
        for (size_t k = 0; k < d; k++) {
            const double pull = w * (x[i * d + k] - x[j * d + k]);
            grad[i * d + k] += pull;
            grad[j * d + k] -= pull;
        }
    }
}

static usph_status koleo_eval(const usph_metric_spec *m, usph_shape shape,
                              const double *x, usph_workspace *ws, usph_measure *out,
                              double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_neighbour *nearest = NULL;
    usph_sum sum = { 0 };
    (void)m;
    usph_status status = usph_nearest_of(shape, x, ws, out, &nearest);
    for (size_t i = 0; i < shape.n && status == USPH_OK; i++)
        usph_sum_add(&sum, -0.5 * log(nearest[i].r2));
    out->value = usph_sum_value(&sum) / (double)shape.n;
    if (grad != NULL && status == USPH_OK && out->coincident > 0)
        status = USPH_ERR_DOMAIN;
    if (grad != NULL && status == USPH_OK)
        koleo_gradient(shape, x, nearest, grad);
    usph_workspace_release(ws, mark);
    return status;
}

/* derivative of -log(2 sin(theta/2)) */
static double minus_half_cotangent(double theta)
{
    return -0.5 / tan(0.5 * theta);
}

static double koleo_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return usph_nearest_expected(shape, minus_half_cotangent, -log(2));
}

/* log sin is concave in the area of the cap; the simplex by Jensen for n <= d + 1. */
static usph_bound koleo_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.n <= shape.d + 1)
        return (usph_bound){ .value = -0.5 * log(usph_simplex_r2(shape.n)),
                             .tight = true };
    return (usph_bound){
        .value = -log(2 * sin(usph_cap_angle(shape.d, 1 / (double)shape.n))),
    };
}

/**
 * Kozachenko-Leonenko regularizer: minus the mean log distance to the nearest point.
 *
 * Shapes: n >= 2. Cost: O(n^2 d). Coincident points: +inf, no gradient. The gradient is
 * that of the present neighbours; it jumps where a neighbour changes.
 * Source: SablayrollesEtAl2019; expectation and bound derived in docs/method.md.
 */
const usph_metric usph_metric_koleo = {
    .entry = {
        .name = "koleo",
        .title = "KoLeo",
        .formula = "-(1/n) sum over i of log of min over j of |x_i - x_j|",
        .source = "SablayrollesEtAl2019",
        .note = "the published loss has -log n besides",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_QUADRATURE,
    .better = USPH_LOWER,
    .unit = "nat",
    .cost = "n^2 d",
    .reading = "an estimate of minus the entropy up to a constant: each halving of the "
               "spacing adds log 2",
    .degenerate = "coincident points: +inf, no gradient; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_nearest_scratch,
    .eval = koleo_eval,
    .expected = koleo_expected,
    .bound = koleo_bound,
};
