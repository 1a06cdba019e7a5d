#include "metrics/covering/cover.h"

#include <math.h>
#include <string.h>

#include "core/special.h"
#include "core/sphere.h"
#include "metrics/covering/hole.h"
#include "metrics/covering/hull.h"
#include "metrics/covering/inside.h"

static const double PI = 3.14159265358979323846;

/* Offsets that differ by less are the same hole to rounding. */
static const double SAME = 1e-10;

/* Below it the origin counts as inside or on the border: the hull decides. */
static const double INSIDE = 1e-12;

size_t usph_cover_scratch(usph_shape shape)
{
    const size_t inside = usph_inside_scratch(shape);
    const size_t hole = usph_hole_scratch(shape) + usph_workspace_cost(shape.d);
    return inside > hole ? inside : hole;
}

/* Angle to the nearest point, accurate where it is small and near pi. */
static double nearest_angle(usph_shape shape, const double *x, const double *v)
{
    double least = INFINITY;
    double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        double minus = 0;
        double plus = 0;
        for (size_t k = 0; k < shape.d; k++) {
            const double xi = x[i * shape.d + k];
            minus += (v[k] - xi) * (v[k] - xi);
            plus += (v[k] + xi) * (v[k] + xi);
        }
        if (minus < least) {
            least = minus;
            sum = plus;
        }
    }
    return 2 * atan2(sqrt(least), sqrt(sum));
}

/* The hull's nearest point p to the origin is outside of it: no pole has all points
   farther than -p, by the minimax theorem. */
static void outside(usph_shape shape, const double *x, double norm, usph_cover *out,
                    double *pole)
{
    for (size_t k = 0; k < shape.d; k++)
        pole[k] /= -norm;
    out->kind = USPH_KIND_EXACT;
    out->witnesses = 1;
    /* a short p has a direction with few digits, but a norm with all of them */
    out->angle = norm > 0.5 ? nearest_angle(shape, x, pole) : 0.5 * PI + asin(norm);
}

typedef struct collect {
    size_t d;
    double least;
    usph_cover *out;
    double *pole;
} collect;

static void visit_facet(void *ctx, const usph_hull_facet *facet)
{
    collect *c = ctx;
    c->out->facets++;
    if (facet->offset < c->least - SAME)
        c->out->witnesses = 0;
    if (facet->offset <= c->least + SAME)
        c->out->witnesses++;
    if (facet->offset < c->least) {
        c->least = facet->offset;
        memcpy(c->pole, facet->normal, c->d * sizeof *c->pole);
    }
}

static usph_status by_hull(usph_shape shape, const double *x, usph_cover *out,
                           double *pole)
{
    collect c = { .d = shape.d, .least = INFINITY, .out = out, .pole = pole };
    const usph_status status = usph_hull(shape, x, false, visit_facet, &c);
    out->kind = USPH_KIND_EXACT;
    if (status == USPH_ERR_DOMAIN) { /* flat, around the origin */
        out->angle = 0.5 * PI;
        out->witnesses = 2;
        return USPH_OK;
    }
    if (status == USPH_OK)
        out->angle = nearest_angle(shape, x, pole);
    return status;
}

static void by_climbs(size_t starts, usph_shape shape, const double *x,
                      usph_workspace *ws, usph_cover *out, double *pole)
{
    const size_t mark = usph_workspace_mark(ws);
    double *trial = usph_workspace_take(ws, shape.d);
    out->angle = -INFINITY;
    out->kind = USPH_KIND_LOWER_BOUND;
    for (size_t s = 0; s < starts; s++) {
        usph_rng rng;
        usph_rng_init(&rng, 0, s, USPH_FOR_METRIC);
        usph_hole_climb(shape, x, &rng, ws, trial);
        const double angle = nearest_angle(shape, x, trial);
        if (angle > out->angle + SAME)
            out->witnesses = 0;
        if (angle >= out->angle - SAME)
            out->witnesses++;
        if (angle > out->angle) {
            out->angle = angle;
            memcpy(pole, trial, shape.d * sizeof *pole);
        }
    }
    usph_workspace_release(ws, mark);
}

usph_status usph_cover_find(const usph_cover_effort *effort, usph_shape shape,
                            const double *x, usph_workspace *ws, usph_cover *out,
                            double *pole)
{
    *out = (usph_cover){ .angle = 0 };
    const double norm = usph_inside(shape, x, ws, pole);
    if (norm > INSIDE) {
        outside(shape, x, norm, out, pole);
        return USPH_OK;
    }
    if (shape.n <= shape.d || usph_hull_expected_facets(shape) <= effort->max_facets) {
        const usph_status status = by_hull(shape, x, out, pole);
        if (status != USPH_ERR_UNSUPPORTED)
            return status;
        *out = (usph_cover){ .angle = 0 };
    }
    by_climbs(effort->starts, shape, x, ws, out, pole);
    return USPH_OK;
}

/* The hemisphere, the simplex, FejesToth1972 on S^2, and the volume of n caps. */
usph_bound usph_cover_bound(usph_shape shape)
{
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    if (shape.n == 1)
        return (usph_bound){ .value = PI, .tight = true };
    if (shape.n <= shape.d)
        return (usph_bound){ .value = 0.5 * PI, .tight = true };
    if (shape.d == 2)
        return (usph_bound){ .value = PI / n, .tight = true };
    if (shape.n == shape.d + 1)
        return (usph_bound){ .value = acos(1 / d), .tight = true };
    if (shape.d == 3) {
        /* cos R = cot w / sqrt 3, and w tends to pi/6: sin^2 R without cancellation */
        const double excess = PI / (3 * (n - 2));
        const double w = PI / 6 + excess;
        const double sine2 = 4 * sin(excess) * sin(PI / 3 + excess);
        return (usph_bound){ .value = asin(sqrt(sine2 / 3) / sin(w)),
                             .tight = shape.n == 6 || shape.n == 12 };
    }
    return (usph_bound){ .value = usph_cap_angle(shape.d, 1 / n) };
}
