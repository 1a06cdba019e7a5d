#include "metrics/covering/hole.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/sphere.h"

typedef struct climb {
    usph_shape shape;
    const double *x;
    double *w;       /* d, with <w, x_i> <= 1 */
    double *along;   /* d, the direction */
    double *held;    /* d, numbers of the points whose constraint holds with equality */
    double *basis;   /* d x d, orthonormal basis of the held points */
    double *inverse; /* d x d, inverse of the matrix of the held rows */
    double *row;     /* d */
    size_t holds;
} climb;

/* A constraint this near to parallel to the edge is not met by it. */
static const double PARALLEL = 1e-11;

size_t usph_hole_scratch(usph_shape shape)
{
    return 4 * usph_workspace_cost(shape.d) +
           2 * usph_workspace_cost(shape.d * shape.d);
}

static const double *held(const climb *c, size_t k)
{
    return c->x + (size_t)c->held[k] * c->shape.d;
}

/* v minus its part in the span of the held points; its norm. */
static double project(const climb *c, double *v)
{
    const size_t d = c->shape.d;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < c->holds; k++) {
            const double *b = c->basis + k * d;
            const double t = usph_dot(d, b, v);
            for (size_t l = 0; l < d; l++)
                v[l] -= t * b[l];
        }
    }
    return sqrt(usph_dot(d, v, v));
}

static bool is_held(const climb *c, size_t i)
{
    for (size_t k = 0; k < c->holds; k++)
        if ((size_t)c->held[k] == i)
            return true;
    return false;
}

/* Go along until the next constraint, and say whose; n if there is none. */
static size_t advance(climb *c)
{
    const size_t d = c->shape.d;
    double best = INFINITY;
    size_t met = c->shape.n;
    for (size_t i = 0; i < c->shape.n; i++) {
        const double *xi = c->x + i * d;
        const double rise = usph_dot(d, c->along, xi);
        if (rise <= PARALLEL)
            continue;
        const double step = fmax(0, (1 - usph_dot(d, c->w, xi)) / rise);
        if (step < best && !is_held(c, i)) {
            best = step;
            met = i;
        }
    }
    for (size_t k = 0; k < d && met < c->shape.n; k++)
        c->w[k] += best * c->along[k];
    return met;
}

/* Meet constraints until d hold. */
static bool rise_to_vertex(climb *c, usph_rng *rng)
{
    const size_t d = c->shape.d;
    while (c->holds < d) {
        memcpy(c->along, c->w, d * sizeof *c->along);
        double norm = project(c, c->along);
        if (norm <= 1e-9 * sqrt(usph_dot(d, c->w, c->w))) {
            usph_rng_normal(rng, d, c->along); /* all directions rise: any */
            norm = project(c, c->along);
        }
        for (size_t k = 0; k < d; k++)
            c->along[k] /= norm;
        const size_t met = advance(c);
        if (met == c->shape.n)
            return false;
        double *b = c->basis + c->holds * d;
        memcpy(b, c->x + met * d, d * sizeof *b);
        const double left = project(c, b);
        if (left < 1e-10)
            return false;
        for (size_t k = 0; k < d; k++)
            b[k] /= left;
        c->held[c->holds++] = (double)met;
    }
    return true;
}

/* Replace row `at` of the held matrix by y: rank-one change of the inverse. */
static void exchange(climb *c, size_t at, const double *y)
{
    const size_t d = c->shape.d;
    memset(c->row, 0, d * sizeof *c->row);
    for (size_t l = 0; l < d; l++)
        for (size_t k = 0; k < d; k++)
            c->row[k] += y[l] * c->inverse[l * d + k];
    for (size_t l = 0; l < d; l++) {
        double *line = c->inverse + l * d;
        line[at] /= c->row[at];
        for (size_t k = 0; k < d; k++)
            if (k != at)
                line[k] -= c->row[k] * line[at];
    }
}

/* The held matrix from the orthonormal basis, row by row, from the last to the first:
   each row is independent of the basis vectors before it. */
static void invert(climb *c)
{
    const size_t d = c->shape.d;
    for (size_t l = 0; l < d; l++)
        for (size_t k = 0; k < d; k++)
            c->inverse[l * d + k] = c->basis[k * d + l];
    for (size_t k = d; k-- > 0;)
        exchange(c, k, held(c, k));
}

/* The edge that leaves the constraint with the most negative multiplier; d if none. */
static size_t steepest_edge(climb *c)
{
    const size_t d = c->shape.d;
    double least = -1e-10 * usph_dot(d, c->w, c->w);
    size_t leaves = d;
    for (size_t k = 0; k < d; k++) {
        double multiplier = 0;
        for (size_t l = 0; l < d; l++)
            multiplier += c->inverse[l * d + k] * c->w[l];
        if (multiplier < least) {
            least = multiplier;
            leaves = k;
        }
    }
    for (size_t l = 0; l < d && leaves < d; l++)
        c->along[l] = -c->inverse[l * d + leaves];
    return leaves;
}

static void walk_edges(climb *c)
{
    const size_t d = c->shape.d;
    invert(c);
    for (size_t step = 0; step < 100 * d; step++) {
        const size_t leaves = steepest_edge(c);
        if (leaves == d)
            return;
        const size_t met = advance(c);
        if (met == c->shape.n)
            return;
        exchange(c, leaves, c->x + met * d);
        c->held[leaves] = (double)met;
    }
}

void usph_hole_climb(usph_shape shape, const double *x, usph_rng *rng,
                     usph_workspace *ws, double *pole)
{
    const size_t d = shape.d;
    const size_t mark = usph_workspace_mark(ws);
    climb c = { .shape = shape, .x = x, .w = pole };
    c.along = usph_workspace_take(ws, d);
    c.held = usph_workspace_take(ws, d);
    c.row = usph_workspace_take(ws, d);
    c.basis = usph_workspace_take(ws, d * d);
    c.inverse = usph_workspace_take(ws, d * d);
    usph_sphere_uniform((usph_shape){ 1, d }, rng, c.along);
    memset(c.w, 0, d * sizeof *c.w);
    const size_t first = advance(&c);
    if (first < shape.n) {
        c.held[0] = (double)first;
        memcpy(c.basis, x + first * d, d * sizeof *c.basis);
        c.holds = 1;
        if (rise_to_vertex(&c, rng))
            walk_edges(&c);
    } else {
        memcpy(c.w, c.along, d * sizeof *c.w);
    }
    usph_sphere_normalize((usph_shape){ 1, d }, pole);
    usph_workspace_release(ws, mark);
}
