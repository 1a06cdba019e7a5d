#include "metrics/covering/inside.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/sphere.h"

/*
 * The corral: points with weights whose affine hull's nearest point to the origin is
 * inside their convex hull. A = Q R for the columns (1, x_j): the nearest point of the
 * affine hull has weights proportional to (A'A)^-1 1 (Wolfe1976), and an orthogonal
 * factor sees near coincident points to 1e-16, where A'A sees 1e-8.
 */
typedef struct corral {
    usph_shape shape;
    const double *x;
    size_t size;
    double *q;      /* (d+1) rows of length d+1, the first `size` orthonormal */
    double *r;      /* (d+1) x (d+1), row j: products of column j with the q before */
    double *weight; /* d+1 */
    double *trial;  /* d+1 */
    double *index;  /* d+1, numbers of points: exact as doubles */
} corral;

static const double NEAR = 1e-14;

size_t usph_inside_scratch(usph_shape shape)
{
    const size_t m = shape.d + 1;
    return 2 * usph_workspace_cost(m * m) + 3 * usph_workspace_cost(m);
}

static const double *point(const corral *c, size_t j)
{
    return c->x + (size_t)c->index[j] * c->shape.d;
}

/* Factor column j; false if it depends on those before to rounding. */
static bool factor(corral *c, size_t j)
{
    const size_t m = c->shape.d + 1;
    double *q = c->q + j * m;
    double *r = c->r + j * m;
    memset(r, 0, m * sizeof *r);
    q[0] = 1;
    memcpy(q + 1, point(c, j), (m - 1) * sizeof *q);
    for (int pass = 0; pass < 2; pass++) { /* twice is enough */
        for (size_t k = 0; k < j; k++) {
            const double *other = c->q + k * m;
            const double along = usph_dot(m, q, other);
            r[k] += along;
            for (size_t l = 0; l < m; l++)
                q[l] -= along * other[l];
        }
    }
    const double norm = sqrt(usph_dot(m, q, q));
    r[j] = norm;
    for (size_t l = 0; l < m; l++)
        q[l] /= norm;
    return norm > NEAR;
}

/* Weights of the nearest point of the affine hull: R'R w = 1, sum w = 1. */
static void affine_weights(const corral *c, double *w)
{
    const size_t m = c->shape.d + 1;
    double sum = 0;
    for (size_t j = 0; j < c->size; j++) {
        w[j] = 1;
        for (size_t k = 0; k < j; k++)
            w[j] -= c->r[j * m + k] * w[k];
        w[j] /= c->r[j * m + j];
    }
    for (size_t j = c->size; j-- > 0;) {
        for (size_t k = j + 1; k < c->size; k++)
            w[j] -= c->r[k * m + j] * w[k];
        w[j] /= c->r[j * m + j];
        sum += w[j];
    }
    for (size_t j = 0; j < c->size; j++)
        w[j] /= sum;
}

static void drop(corral *c, size_t at)
{
    c->size--;
    for (size_t j = at; j < c->size; j++) {
        c->index[j] = c->index[j + 1];
        c->weight[j] = c->weight[j + 1];
    }
    for (size_t j = at; j < c->size; j++)
        (void)factor(c, j); /* fewer points are no more dependent */
}

/* Walk to the nearest point of the affine hull, leaving a point wherever its weight
   vanishes on the way. */
static void settle(corral *c)
{
    while (true) {
        double step = 1;
        size_t leaves = c->size;
        affine_weights(c, c->trial);
        for (size_t j = 0; j < c->size; j++) {
            const double ratio = c->weight[j] / (c->weight[j] - c->trial[j]);
            if (c->trial[j] <= 0 && ratio < step) {
                step = fmax(ratio, 0);
                leaves = j;
            }
        }
        for (size_t j = 0; j < c->size; j++)
            c->weight[j] += step * (c->trial[j] - c->weight[j]);
        if (leaves == c->size || c->size == 1)
            return;
        drop(c, leaves);
    }
}

static double combine(const corral *c, double *p)
{
    const size_t d = c->shape.d;
    memset(p, 0, d * sizeof *p);
    for (size_t j = 0; j < c->size; j++)
        for (size_t k = 0; k < d; k++)
            p[k] += c->weight[j] * point(c, j)[k];
    return sqrt(usph_dot(d, p, p));
}

/* The point that is farthest back along p. */
static size_t farthest_back(const corral *c, const double *p, double *least)
{
    size_t at = 0;
    *least = INFINITY;
    for (size_t i = 0; i < c->shape.n; i++) {
        const double t = usph_dot(c->shape.d, p, c->x + i * c->shape.d);
        if (t < *least) {
            *least = t;
            at = i;
        }
    }
    return at;
}

double usph_inside(usph_shape shape, const double *x, usph_workspace *ws, double *p)
{
    const size_t m = shape.d + 1;
    const size_t mark = usph_workspace_mark(ws);
    const size_t most = 100 * (shape.n + shape.d);
    corral c = { .shape = shape, .x = x, .size = 1 };
    double norm = 1;
    c.q = usph_workspace_take(ws, m * m);
    c.r = usph_workspace_take(ws, m * m);
    c.weight = usph_workspace_take(ws, m);
    c.trial = usph_workspace_take(ws, m);
    c.index = usph_workspace_take(ws, m);
    c.index[0] = 0;
    c.weight[0] = 1;
    (void)factor(&c, 0);
    memcpy(p, x, shape.d * sizeof *p);
    for (size_t step = 0; step < most && norm > NEAR; step++) {
        double least;
        const size_t next = farthest_back(&c, p, &least);
        if (least >= norm * (norm - NEAR) || c.size == m)
            break;
        c.index[c.size] = (double)next;
        c.weight[c.size] = 0;
        if (!factor(&c, c.size))
            break;
        c.size++;
        settle(&c);
        norm = combine(&c, p);
    }
    usph_workspace_release(ws, mark);
    return norm;
}
