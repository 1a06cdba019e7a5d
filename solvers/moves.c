#include "solvers/moves.h"

#include <math.h>
#include <stdlib.h>

#include "core/sphere.h"
#include "core/workspace.h"

/* Largest part of the points that a move near a centre takes along. More than half is
   the same as less than half, seen from the other side. */
static const double LARGEST_SHAKE = 0.25;
static const double LARGEST_TWIST = 0.5;

static const double PI = 3.1415926535897932385;

double usph_spacing(usph_shape shape)
{
    const double half = 0.5 * (double)shape.d;
    int sign = 0;
    const double log_area = log(2) + half * log(PI) - lgamma_r(half, &sign);
    return exp((log_area - log((double)shape.n)) / (double)(shape.d - 1));
}

size_t usph_move_scratch(usph_shape shape)
{
    return 3 * usph_workspace_cost(shape.d) + 2 * usph_workspace_cost(shape.n);
}

/* Where things lie in the scratch. */
typedef struct places {
    double *centre, *u, *v; /* d each */
    double *t;              /* n inner products with the centre */
    double *sorted;         /* n */
} places;

static places lay_out(usph_shape shape, double *scratch)
{
    const size_t row = usph_workspace_cost(shape.d);
    double *t = scratch + 3 * row;
    return (places){ scratch, scratch + row, scratch + 2 * row, t,
                     t + usph_workspace_cost(shape.n) };
}

static int falling(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Draw a centre and how many points to take; returns the least inner product of these.
 */
static double draw_cap(usph_shape shape, const double *x, double part, usph_rng *rng,
                       const places *at)
{
    const size_t most = (size_t)fmax(1, part * (double)shape.n);
    const size_t last = (size_t)usph_rng_below(rng, most);
    usph_sphere_uniform((usph_shape){ 1, shape.d }, rng, at->centre);
    for (size_t i = 0; i < shape.n; i++)
        at->t[i] = at->sorted[i] = usph_dot(shape.d, at->centre, x + i * shape.d);
    qsort(at->sorted, shape.n, sizeof *at->sorted, falling);
    return at->sorted[last];
}

static void shake_row(size_t d, double step, usph_rng *rng, double *normal, double *row)
{
    usph_rng_normal(rng, d, normal);
    for (size_t k = 0; k < d; k++)
        row[k] += step * normal[k];
    usph_sphere_normalize((usph_shape){ 1, d }, row);
}

static void shake(usph_shape shape, double step, usph_rng *rng, double *x,
                  const places *at)
{
    for (size_t i = 0; i < shape.n; i++)
        shake_row(shape.d, step, rng, at->u, x + i * shape.d);
}

static void shake_near(usph_shape shape, double step, usph_rng *rng, double *x,
                       const places *at)
{
    const double least = draw_cap(shape, x, LARGEST_SHAKE, rng, at);
    for (size_t i = 0; i < shape.n; i++)
        if (at->t[i] >= least)
            shake_row(shape.d, step, rng, at->u, x + i * shape.d);
}

static void remove_part(size_t d, const double *unit, double *v)
{
    const double t = usph_dot(d, unit, v);
    for (size_t k = 0; k < d; k++)
        v[k] -= t * unit[k];
}

/* A random plane at right angles to the centre, by two unit vectors. */
static void draw_plane(size_t d, usph_rng *rng, const places *at)
{
    usph_rng_normal(rng, d, at->u);
    remove_part(d, at->centre, at->u);
    usph_sphere_normalize((usph_shape){ 1, d }, at->u);
    usph_rng_normal(rng, d, at->v);
    remove_part(d, at->centre, at->v);
    remove_part(d, at->u, at->v);
    usph_sphere_normalize((usph_shape){ 1, d }, at->v);
}

static void twist(usph_shape shape, usph_rng *rng, double *x, const places *at)
{
    const double least = draw_cap(shape, x, LARGEST_TWIST, rng, at);
    const double angle = 2 * PI * usph_rng_uniform(rng);
    const double c = cos(angle);
    const double s = sin(angle);
    draw_plane(shape.d, rng, at);
    for (size_t i = 0; i < shape.n; i++) {
        double *row = x + i * shape.d;
        if (at->t[i] < least)
            continue;
        const double a = usph_dot(shape.d, at->u, row);
        const double b = usph_dot(shape.d, at->v, row);
        for (size_t k = 0; k < shape.d; k++)
            row[k] += (c * a - s * b - a) * at->u[k] + (s * a + c * b - b) * at->v[k];
    }
    usph_sphere_normalize(shape, x);
}

static void reinsert(usph_shape shape, usph_rng *rng, double *x)
{
    const size_t i = (size_t)usph_rng_below(rng, shape.n);
    usph_sphere_uniform((usph_shape){ 1, shape.d }, rng, x + i * shape.d);
}

void usph_move_apply(usph_move move, usph_shape shape, double size, usph_rng *rng,
                     double *x, double *scratch)
{
    const places at = lay_out(shape, scratch);
    const double step = size * usph_spacing(shape);
    switch (move) {
    case USPH_MOVE_SHAKE: shake(shape, step, rng, x, &at); break;
    case USPH_MOVE_NEAR: shake_near(shape, step, rng, x, &at); break;
    case USPH_MOVE_TWIST:
        if (shape.d > 2) /* on the circle nothing is at right angles to a centre */
            twist(shape, rng, x, &at);
        else
            shake_near(shape, step, rng, x, &at);
        break;
    case USPH_MOVE_REINSERT: reinsert(shape, rng, x); break;
    }
}
