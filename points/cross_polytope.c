#include <string.h>

#include "points/generator.h"

static bool cross_polytope_fit(const double *values, usph_shape *shape)
{
    (void)values;
    if (shape->n == 0)
        shape->n = 2 * shape->d;
    if (shape->d == 0 && shape->n % 2 == 0)
        shape->d = shape->n / 2;
    return shape->n == 2 * shape->d;
}

static void cross_polytope_fill(const double *values, usph_shape shape, usph_rng *rng,
                                double *x)
{
    (void)values;
    (void)rng;
    memset(x, 0, usph_shape_size(shape) * sizeof *x);
    for (size_t i = 0; i < shape.n; i++)
        x[i * shape.d + i / 2] = i % 2 == 0 ? 1 : -1;
}

/** The 2d vectors +e_k and -e_k: universally optimal. */
const usph_generator usph_generator_cross_polytope = {
    .entry = {
        .name = "cross_polytope",
        .title = "cross-polytope",
        .formula = "x = +e_k, -e_k",
        .source = "CohnKumar2007",
    },
    .shapes = "n = 2 d",
    .fit = cross_polytope_fit,
    .fill = cross_polytope_fill,
};
