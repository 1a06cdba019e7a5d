#include <math.h>

#include "points/generator.h"

static bool ngon_fit(const double *values, usph_shape *shape)
{
    (void)values;
    if (shape->d == 0)
        shape->d = 2;
    return shape->d == 2;
}

static void ngon_fill(const double *values, usph_shape shape, usph_rng *rng, double *x)
{
    static const double TWO_PI = 6.283185307179586477;
    (void)values;
    (void)rng;
    for (size_t i = 0; i < shape.n; i++) {
        const double angle = TWO_PI * (double)i / (double)shape.n;
        x[2 * i] = cos(angle);
        x[2 * i + 1] = sin(angle);
    }
}

/** Regular polygon: universally optimal on the circle. */
const usph_generator usph_generator_ngon = {
    .entry = {
        .name = "ngon",
        .title = "regular n-gon",
        .formula = "x_i = (cos 2 pi i / n, sin 2 pi i / n)",
        .source = "CohnKumar2007",
    },
    .shapes = "d = 2 with any n",
    .fit = ngon_fit,
    .fill = ngon_fill,
};
