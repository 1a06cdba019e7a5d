#include "metrics/discrepancy/circle_transport.h"

#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/slices.h"

static const double TWO_PI = 6.28318530717958647693;

/* What one plane needs. */
typedef struct slice {
    usph_shape shape;
    const double *x;
    double *p, *q;        /* d each: the plane */
    double *turn, *order; /* n each: sorted angles and whose they are */
    double *spare;        /* 2 n */
} slice;

size_t usph_circle_transport_scratch(usph_shape shape)
{
    return 2 * usph_workspace_cost(shape.d) + 2 * usph_workspace_cost(shape.n) +
           usph_workspace_cost(2 * shape.n);
}

/* Variance of the y_i; their deviations from the mean stay in `turn`. */
static double variance(const slice *s)
{
    const size_t n = s->shape.n;
    const size_t d = s->shape.d;
    double mean = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        s->turn[i] =
            atan2(usph_dot(d, s->x + i * d, s->q), usph_dot(d, s->x + i * d, s->p)) /
            TWO_PI;
    usph_slice_sort(n, s->turn, s->order, s->spare);
    for (size_t i = 0; i < n; i++) {
        s->turn[i] -= ((double)i + 0.5) / (double)n;
        mean += s->turn[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        s->turn[i] -= mean;
        sum += s->turn[i] * s->turn[i];
    }
    return sum / (double)n;
}

/* dvariance/dangle = 2 y/(2 pi n), dangle/dx = (a q - b p)/(a^2 + b^2) */
static void add_gradient(const slice *s, double scale, double *grad)
{
    static const double TINY = 1e-24; /* squared: as good as orthogonal to the plane */
    const size_t d = s->shape.d;
    const double factor = 2 * scale / (TWO_PI * (double)s->shape.n);
    for (size_t k = 0; k < s->shape.n; k++) {
        const size_t i = (size_t)s->order[k];
        const double a = usph_dot(d, s->x + i * d, s->p);
        const double b = usph_dot(d, s->x + i * d, s->q);
        const double length2 = a * a + b * b;
        if (length2 < TINY)
            continue;
        const double weight = factor * s->turn[k] / length2;
        for (size_t c = 0; c < d; c++)
            grad[i * d + c] += weight * (a * s->q[c] - b * s->p[c]);
    }
}

double usph_circle_transport(uint64_t seed, size_t planes, usph_shape shape,
                             const double *x, usph_workspace *ws, double scale,
                             double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    const slice s = {
        .shape = shape,
        .x = x,
        .p = usph_workspace_take(ws, shape.d),
        .q = usph_workspace_take(ws, shape.d),
        .turn = usph_workspace_take(ws, shape.n),
        .order = usph_workspace_take(ws, shape.n),
        .spare = usph_workspace_take(ws, 2 * shape.n),
    };
    double sum = 0;
    if (grad != NULL)
        memset(grad, 0, usph_shape_size(shape) * sizeof *grad);
    for (size_t k = 0; k < planes; k++) {
        usph_slice_plane(seed, k, shape.d, s.p, s.q);
        sum += variance(&s) / (double)planes;
        if (grad != NULL)
            add_gradient(&s, scale / (double)planes, grad);
    }
    usph_workspace_release(ws, mark);
    return sum;
}
