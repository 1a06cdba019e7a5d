#include "metrics/distance/nearest.h"

#include <math.h>

#include "core/special.h"

static const double PI = 3.14159265358979323846;

/* Doubles that hold n neighbours. */
static size_t neighbour_doubles(size_t n)
{
    return (n * sizeof(usph_neighbour) + sizeof(double) - 1) / sizeof(double);
}

size_t usph_nearest_scratch(const usph_metric_spec *m, usph_shape shape,
                            unsigned threads)
{
    (void)m;
    return usph_workspace_cost(neighbour_doubles(shape.n)) +
           usph_pairs_scratch(shape, threads);
}

usph_neighbour *usph_nearest_take(usph_shape shape, usph_workspace *ws)
{
    return (usph_neighbour *)usph_workspace_take(ws, neighbour_doubles(shape.n));
}

usph_status usph_nearest_of(usph_shape shape, const double *x, usph_workspace *ws,
                            usph_measure *out, usph_neighbour **nearest)
{
    usph_pairs_extremes ends;
    *nearest = usph_nearest_take(shape, ws);
    USPH_TRY(usph_pairs_nearest(shape, x, ws, *nearest, &ends));
    out->coincident = ends.coincident;
    return USPH_OK;
}

double usph_nearest_angle(usph_shape shape, const double *x, size_t i,
                          const usph_neighbour *nearest)
{
    const double *a = x + i * shape.d;
    const double *b = x + nearest[i].index * shape.d;
    double q2 = 0;
    for (size_t k = 0; k < shape.d; k++)
        q2 += (a[k] + b[k]) * (a[k] + b[k]);
    return 2 * atan2(sqrt(nearest[i].r2), sqrt(q2));
}

typedef struct expectation {
    usph_shape shape;
    double (*slope)(double theta);
} expectation;

static double expected_term(double theta, double from_a, double to_b, const void *ctx)
{
    const expectation *e = ctx;
    const double others = (double)e->shape.n - 1;
    (void)from_a;
    (void)to_b;
    const double empty = others * log1p(-usph_cap_area(e->shape.d, theta));
    return e->slope(theta) * -expm1(empty);
}

double usph_nearest_expected(usph_shape shape, double (*slope)(double theta),
                             double end)
{
    const expectation e = { shape, slope };
    /* the integrand turns at the typical angle: split there */
    const double typical = usph_cap_angle(shape.d, fmin(0.5, 1 / (double)shape.n));
    const double wide = fmin(0.5 * (PI + typical), 3 * typical);
    return end - usph_integrate(expected_term, &e, 0, typical) -
           usph_integrate(expected_term, &e, typical, wide) -
           usph_integrate(expected_term, &e, wide, PI);
}
