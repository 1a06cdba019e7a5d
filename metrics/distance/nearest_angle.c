#include <math.h>

#include "core/special.h"
#include "metrics/distance/nearest.h"
#include "metrics/universal.h"

static const double PI = 3.14159265358979323846;

static usph_status nearest_angle_eval(const usph_metric_spec *m, usph_shape shape,
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
        usph_sum_add(&sum, usph_nearest_angle(shape, x, i, nearest));
    out->value = usph_sum_value(&sum) / (double)shape.n;
    usph_workspace_release(ws, mark);
    return status;
}

static double one(double theta)
{
    (void)theta;
    return 1;
}

static double nearest_angle_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return usph_nearest_expected(shape, one, PI);
}

/*
 * Caps of half the nearest angles are disjoint, since an angle is at least half the sum
 * of the two nearest ones, and their area is convex in the angle up to pi/2. The
 * simplex is better for n <= d + 1: there the mean of all angles is at most its angle.
 */
static usph_bound nearest_angle_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.n <= shape.d + 1) {
        const double r2 = usph_simplex_r2(shape.n);
        return (usph_bound){ .value = 2 * atan2(sqrt(r2), sqrt(4 - r2)),
                             .tight = true };
    }
    if (shape.d == 2)
        return (usph_bound){ .value = 2 * PI / (double)shape.n, .tight = true };
    return (usph_bound){ .value = 2 * usph_cap_angle(shape.d, 1 / (double)shape.n) };
}

/**
 * Mean angle from a point to the nearest other one (MMA).
 *
 * Shapes: n >= 2. Cost: O(n^2 d). Coincident points: 0 for each of them. Not smooth.
 * Source: WangEtAl2020; expectation and bound derived in docs/method.md.
 */
const usph_metric usph_metric_nearest_angle = {
    .entry = {
        .name = "nearest_angle",
        .title = "mean nearest angle",
        .formula = "mean over i of min over j of angle(x_i, x_j)",
        .source = "WangEtAl2020",
    },
    .flags = USPH_METRIC_QUADRATURE,
    .better = USPH_HIGHER,
    .unit = "rad",
    .cost = "n^2 d",
    .reading = "typical spacing; unlike the separation it does not hang on one pair",
    .degenerate = "coincident points: 0 for each of them; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_nearest_scratch,
    .eval = nearest_angle_eval,
    .expected = nearest_angle_expected,
    .bound = nearest_angle_bound,
};
