#include "metrics/covering/cover.h"

static usph_cover_effort effort_of(const usph_metric_spec *m)
{
    return (usph_cover_effort){ .max_facets = m->metric.values[0],
                                .starts = (size_t)m->metric.values[1] };
}

static size_t covering_scratch(const usph_metric_spec *m, usph_shape shape,
                               unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_cover_scratch(shape) + usph_workspace_cost(shape.d);
}

static usph_status covering_eval(const usph_metric_spec *m, usph_shape shape,
                                 const double *x, usph_workspace *ws, usph_measure *out,
                                 double *grad)
{
    const usph_cover_effort effort = effort_of(m);
    const size_t mark = usph_workspace_mark(ws);
    double *pole = usph_workspace_take(ws, shape.d);
    usph_cover cover;
    (void)grad;
    const usph_status status = usph_cover_find(&effort, shape, x, ws, &cover, pole);
    usph_workspace_release(ws, mark);
    USPH_TRY(status);
    out->value = cover.angle;
    out->kind = cover.kind;
    out->extra[out->extras++] = (usph_extra){ "witnesses", cover.witnesses };
    out->extra[out->extras++] = (usph_extra){ "facets", cover.facets };
    return USPH_OK;
}

static usph_bound covering_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return usph_cover_bound(shape);
}

/**
 * Covering radius: the largest angle from a place on the sphere to the nearest point
 * (MHC), also called mesh norm or fill distance.
 *
 * Definition: max_v min_i angle(v, x_i).
 * Shapes:     all.
 * Cost:       that of the convex hull: n log n for d <= 3, about the number of its
 *             facets for more, of which random points have 7 each at d = 4, 190 at 6;
 *             beyond max_facets of them a lower bound from `starts` climbs (seeds 0, 1,
 *             ...) of about n d^2 each, and `kind` says so.
 * Extras:     witnesses, the poles at the radius (facets, or climbs that ended there);
 *             facets of the hull, 0 if it was not needed or not formed.
 * Coincident points: as if they were one. Sets in a hemisphere: pi/2 or more, exactly.
 * Source: LiuEtAl2021; the hull by BarberDobkinHuhdanpaa1996; docs/method.md.
 */
const usph_metric usph_metric_covering = {
    .entry = {
        .name = "covering",
        .title = "covering radius",
        .formula = "max over v of min over i of angle(v, x_i)",
        .source = "LiuEtAl2021",
        .note = "exact through the convex hull; a lower bound where that has too many facets",
        .params = { { .name = "max_facets",
                      .type = USPH_REAL,
                      .def = 2e5,
                      .lo = 0,
                      .hi = 1e9,
                      .doc = "expected facets of random points up to which the hull is formed" },
                    { .name = "starts",
                      .type = USPH_INT,
                      .def = 16,
                      .lo = 1,
                      .hi = 1e6,
                      .doc = "climbs to a hole beyond" } },
    },
    .flags = USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "rad",
    .cost = "hull",
    .reading = "the radius of the largest empty cap: one hole decides, wherever the other points are",
    .degenerate = "coincident points: as one; sets in a half-space: pi/2 or more; n = 1: pi",
    .work = usph_metric_search_work,
    .scratch = covering_scratch,
    .eval = covering_eval,
    .bound = covering_bound,
};
