#include <math.h>

#include "points/generator.h"

static bool simplex_fit(const double *values, usph_shape *shape)
{
    (void)values;
    if (shape->n == 0 && shape->d != 0)
        shape->n = shape->d + 1;
    if (shape->d == 0 && shape->n > 2)
        shape->d = shape->n - 1;
    return shape->n == shape->d + 1 || (shape->n == 0 && shape->d == 0);
}

/*
 * Column k holds, above row k, the height of vertex k over the centre of the vertices
 * that follow it; those share the negative part equally.
 */
static void simplex_fill(const double *values, usph_shape shape, usph_rng *rng,
                         double *x)
{
    const double d = (double)shape.d;
    (void)values;
    (void)rng;
    for (size_t k = 0; k < shape.d; k++) {
        const double rest = d - (double)k; /* dimension left */
        const double scale = sqrt((d + 1) / (d * rest * (rest + 1)));
        for (size_t i = 0; i < shape.n; i++)
            x[i * shape.d + k] = i < k ? 0 : i == k ? rest * scale : -scale;
    }
}

/** Regular simplex: universally optimal, all inner products -1/d. */
const usph_generator usph_generator_simplex = {
    .entry = {
        .name = "simplex",
        .title = "regular simplex",
        .formula = "<x_i, x_j> = -1/d for i != j",
        .source = "CohnKumar2007",
    },
    .shapes = "n = d + 1",
    .fit = simplex_fit,
    .fill = simplex_fill,
};
