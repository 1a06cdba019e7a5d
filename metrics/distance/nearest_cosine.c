#include <math.h>

#include "core/special.h"
#include "metrics/distance/nearest.h"

static usph_status nearest_cosine_eval(const usph_metric_spec *m, usph_shape shape,
                                       const double *x, usph_workspace *ws,
                                       usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_neighbour *nearest = NULL;
    usph_sum sum = { 0 };
    (void)m;
    (void)grad;
    const usph_status status = usph_nearest_of(shape, x, ws, out, &nearest);
    for (size_t i = 0; i < shape.n && status == USPH_OK; i++)
        usph_sum_add(&sum, 1 - 0.5 * nearest[i].r2);
    out->value = usph_sum_value(&sum) / (double)shape.n;
    usph_workspace_release(ws, mark);
    return status;
}

static double minus_sine(double theta)
{
    return -sin(theta);
}

static double nearest_cosine_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return usph_nearest_expected(shape, minus_sine, -1);
}

/* The mean over all others is at least -1/(n-1); cos 2a is convex in the area of the
   cap of angle a for d >= 3. */
static usph_bound nearest_cosine_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double simplex = -1 / (n - 1);
    (void)m;
    if (shape.n <= shape.d + 1)
        return (usph_bound){ .value = simplex, .tight = true };
    if (shape.d == 2)
        return (usph_bound){ .value = simplex };
    return (usph_bound){
        .value = fmax(simplex, cos(2 * usph_cap_angle(shape.d, 1 / n))),
    };
}

/**
 * Mean cosine to the nearest other point (MMCS).
 *
 * Shapes: n >= 2. Cost: O(n^2 d). Coincident points: 1 for each of them. Not smooth.
 * Source: MettesPolSnoek2019; expectation and bound derived in docs/method.md.
 */
const usph_metric usph_metric_nearest_cosine = {
    .entry = {
        .name = "nearest_cosine",
        .title = "mean nearest cosine",
        .formula = "mean over i of max over j of <x_i, x_j>",
        .source = "MettesPolSnoek2019",
    },
    .flags = USPH_METRIC_QUADRATURE,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the objective of hyperspherical prototypes: how close the closest other "
               "class is, on average",
    .degenerate = "coincident points: 1 for each of them; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_nearest_scratch,
    .eval = nearest_cosine_eval,
    .expected = nearest_cosine_expected,
    .bound = nearest_cosine_bound,
};
