#include <math.h>

#include "metrics/covering/cover.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

static const double PI = 3.14159265358979323846;

/* The covering's defaults: facets up to which the hull is formed, climbs beyond. */
static const usph_cover_effort EFFORT = { .max_facets = 2e5, .starts = 16 };

static size_t mesh_ratio_scratch(const usph_metric_spec *m, usph_shape shape,
                                 unsigned threads)
{
    const size_t cover = usph_cover_scratch(shape);
    const size_t pairs = usph_pairs_scratch(shape, threads);
    (void)m;
    return usph_workspace_cost(shape.d) + (cover > pairs ? cover : pairs);
}

static usph_status mesh_ratio_eval(const usph_metric_spec *m, usph_shape shape,
                                   const double *x, usph_workspace *ws,
                                   usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    double *pole = usph_workspace_take(ws, shape.d);
    usph_cover cover;
    usph_pairs_extremes pairs;
    (void)m;
    (void)grad;
    usph_status status = usph_pairs_nearest(shape, x, ws, NULL, &pairs);
    if (status == USPH_OK)
        status = usph_cover_find(&EFFORT, shape, x, ws, &cover, pole);
    usph_workspace_release(ws, mark);
    USPH_TRY(status);
    /* half the angle; from the sum of the points where they are nearly opposite */
    double plus = 0;
    for (size_t k = 0; k < shape.d; k++) {
        const double sum = x[pairs.i * shape.d + k] + x[pairs.j * shape.d + k];
        plus += sum * sum;
    }
    const double half = atan2(sqrt(pairs.least), sqrt(plus));
    out->value = cover.angle / half;
    out->kind = cover.kind;
    out->coincident = pairs.coincident;
    out->extra[out->extras++] = (usph_extra){ "covering", cover.angle };
    out->extra[out->extras++] = (usph_extra){ "separation", 2 * half };
    return USPH_OK;
}

/*
 * The bounds of covering and separation at once: simplices attain both for n <= d + 1,
 * n-gons on the circle, and on S^2 FejesToth1972 for n = 6 and 12 (sin of the half
 * angle: sqrt(1 - 1/(4 sin^2 w)) ). Else caps of half the separation around the points
 * are disjoint, so they do not cover the sphere: more than 1.
 */
static usph_bound mesh_ratio_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const usph_bound cover = usph_cover_bound(shape);
    (void)m;
    if (shape.d == 2 || shape.n <= shape.d + 1)
        return (usph_bound){
            .value = cover.value / asin(0.5 * sqrt(usph_universal_separation2(shape))),
            .tight = true
        };
    if (shape.d == 3) {
        const double excess = PI / (3 * (n - 2));
        const double w = PI / 6 + excess;
        const double sine2 = 4 * sin(excess) * sin(PI / 3 + excess);
        return (usph_bound){ .value = cover.value / asin(0.5 * sqrt(sine2) / sin(w)),
                             .tight = shape.n == 6 || shape.n == 12 };
    }
    return (usph_bound){ .value = 1 };
}

/**
 * Mesh ratio: the covering radius over half the separation.
 *
 * Definition: max_v min_i angle(v, x_i) / (min_{i<j} angle(x_i, x_j) / 2).
 * Shapes:     n >= 2. Cost: that of covering (with its defaults) and n^2 d.
 * Value:      a lower bound where the covering radius is one, and `kind` says so.
 * Extras:     covering, separation [rad].
 * Coincident points: +inf, with their number.
 * Source: BorodachovHardinSaff2019; bounds in docs/method.md.
 */
const usph_metric usph_metric_mesh_ratio = {
    .entry = {
        .name = "mesh_ratio",
        .title = "mesh ratio",
        .formula = "covering radius / (separation/2)",
        .source = "BorodachovHardinSaff2019",
        .note = "it grows with n for random points; it is bounded for good sets",
    },
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "hull, n^2 d",
    .reading = "the largest hole over the tightest pair: 1 is out of reach but on the circle",
    .degenerate = "coincident points: inf; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .work = usph_metric_search_work,
    .scratch = mesh_ratio_scratch,
    .eval = mesh_ratio_eval,
    .bound = mesh_ratio_bound,
};
