#include <math.h>

#include "metrics/distance/nearest.h"
#include "metrics/universal.h"

static const double PI = 3.14159265358979323846;

/* Angle between two unit vectors, accurate at both ends where acos and asin are not. */
static double angle_between(size_t d, const double *x, const double *y)
{
    double minus = 0;
    double plus = 0;
    for (size_t k = 0; k < d; k++) {
        minus += (x[k] - y[k]) * (x[k] - y[k]);
        plus += (x[k] + y[k]) * (x[k] + y[k]);
    }
    return 2 * atan2(sqrt(minus), sqrt(plus));
}

/*
 * Pairs at the smallest distance, of which an optimum has many: both points of one have
 * a neighbour as near, so only such points are looked at.
 */
static void add_active(usph_shape shape, const double *x, const usph_neighbour *nearest,
                       const usph_pairs_extremes *ends, usph_measure *out)
{
    const double bound = ends->least * (1 + 2e-9);
    size_t count = 0;
    double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = i + 1; j < shape.n && nearest[i].r2 <= bound; j++) {
            double r2 = 0;
            if (nearest[j].r2 > bound)
                continue;
            for (size_t k = 0; k < shape.d; k++)
                r2 += (x[i * shape.d + k] - x[j * shape.d + k]) *
                      (x[i * shape.d + k] - x[j * shape.d + k]);
            count += r2 <= bound;
            sum += r2 <= bound ? r2 : 0;
        }
    }
    out->extra[out->extras++] = (usph_extra){ "active_pairs", (double)count };
    out->extra[out->extras++] = (usph_extra){ "first", (double)ends->i };
    out->extra[out->extras++] = (usph_extra){ "second", (double)ends->j };
    out->extra[out->extras++] = (usph_extra){ "published", sum };
}

static usph_status separation_eval(const usph_metric_spec *m, usph_shape shape,
                                   const double *x, usph_workspace *ws,
                                   usph_measure *out, double *grad)
{
    usph_pairs_extremes best;
    (void)m;
    (void)grad;
    if (shape.n == 1) {
        out->value = PI;
        return USPH_OK;
    }
    const size_t mark = usph_workspace_mark(ws);
    usph_neighbour *nearest = usph_nearest_take(shape, ws);
    const usph_status status = usph_pairs_nearest(shape, x, ws, nearest, &best);
    if (status == USPH_OK)
        add_active(shape, x, nearest, &best, out);
    usph_workspace_release(ws, mark);
    USPH_TRY(status);
    out->value = angle_between(shape.d, x + best.i * shape.d, x + best.j * shape.d);
    out->coincident = best.coincident;
    return USPH_OK;
}

/*
 * Optimal codes that are known: the universally optimal sets; a right angle for
 * d + 2 <= n <= 2d (Rankin1955), which also bounds every larger n; on S^2 the bound of
 * FejesToth1943 for n >= 3.
 */
static usph_bound separation_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if (shape.n == 1)
        return (usph_bound){ .value = PI, .tight = true };
    const double r2 = usph_universal_separation2(shape);
    if (!isnan(r2))
        return (usph_bound){ .value = 2 * asin(fmin(1, 0.5 * sqrt(r2))),
                             .tight = true };
    if (shape.n <= 2 * shape.d)
        return (usph_bound){ .value = 0.5 * PI, .tight = true };
    if (shape.d == 3) {
        const double n = (double)shape.n;
        const double half_csc = 0.5 / sin(PI * n / (6 * (n - 2)));
        /* the side of the triangle: 4 sin^2(a/2) = 4 - csc^2 w */
        return (usph_bound){ .value = 2 * asin(sqrt((1 - half_csc) * (1 + half_csc))) };
    }
    return (usph_bound){ .value = 0.5 * PI };
}

/**
 * Smallest angle between two points: the radius of a spherical code (MHS).
 *
 * Shapes: n >= 1; pi for n = 1. Cost: O(n^2 d).
 * The extras: pairs within 1e-9 of the smallest angle, one of them, and the sum of the
 * squared distances of all, which published code takes as its loss.
 * Coincident points: 0, with their number. Not smooth: separation_soft has a gradient.
 * Source: LiuEtAl2021.
 */
const usph_metric usph_metric_separation = {
    .entry = {
        .name = "separation",
        .title = "separation",
        .formula = "min of angle(x_i, x_j) over pairs i < j",
        .source = "LiuEtAl2021",
        .note = "not smooth: it can be annealed, or optimized through separation_soft",
    },
    .better = USPH_HIGHER,
    .unit = "rad",
    .cost = "n^2 d",
    .reading = "the smallest of all angles: one close pair decides, whatever the other points do",
    .degenerate = "coincident points: 0; n = 1: pi",
    .scratch = usph_nearest_scratch,
    .eval = separation_eval,
    .bound = separation_bound,
};
