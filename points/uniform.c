#include "core/sphere.h"
#include "points/generator.h"

static void uniform_fill(const double *values, usph_shape shape, usph_rng *rng,
                         double *x)
{
    (void)values;
    usph_sphere_uniform(shape, rng, x);
}

/** Independent points with the uniform distribution: normalized Gaussian vectors. */
const usph_generator usph_generator_uniform = {
    .entry = {
        .name = "uniform",
        .title = "i.i.d. uniform",
        .formula = "x = g / |g|, g standard normal in R^d",
        .source = "Muller1959",
    },
    .shapes = "every n >= 1 and d >= 2",
    .fill = uniform_fill,
};
