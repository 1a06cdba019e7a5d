#include <math.h>

#include "points/generator.h"

static bool fibonacci_fit(const double *values, usph_shape *shape)
{
    (void)values;
    if (shape->d == 0)
        shape->d = 3;
    return shape->d == 3;
}

static void fibonacci_fill(const double *values, usph_shape shape, usph_rng *rng,
                           double *x)
{
    static const double GOLDEN_ANGLE = 2.3999632297286533222; /* pi (3 - sqrt 5) */
    (void)values;
    (void)rng;
    for (size_t i = 0; i < shape.n; i++) {
        const double z = 1 - (2 * (double)i + 1) / (double)shape.n;
        const double radius = sqrt((1 - z) * (1 + z));
        const double angle = GOLDEN_ANGLE * (double)i;
        x[3 * i] = radius * cos(angle);
        x[3 * i + 1] = radius * sin(angle);
        x[3 * i + 2] = z;
    }
}

/** Golden-angle spiral through equal-area bands of S^2. */
const usph_generator usph_generator_fibonacci = {
    .entry = {
        .name = "fibonacci",
        .title = "Fibonacci spiral",
        .formula = "z_i = 1 - (2i + 1)/n, longitude i pi (3 - sqrt 5)",
        .source = "SwinbankPurser2006",
    },
    .shapes = "d = 3 with any n",
    .fit = fibonacci_fit,
    .fill = fibonacci_fill,
};
