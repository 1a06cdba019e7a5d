#include "points/generator.h"
#include "points/vonmises.h"

static void vmf_fill(const double *values, usph_shape shape, usph_rng *rng, double *x)
{
    for (size_t i = 0; i < shape.n; i++)
        usph_vonmises(shape.d, values[0], rng, x + i * shape.d);
}

/** One cluster around the first axis. */
const usph_generator usph_generator_vmf = {
    .entry = {
        .name = "vmf",
        .title = "von Mises-Fisher cluster",
        .formula = "density proportional to exp(kappa <e_1, x>)",
        .source = "Wood1994",
        .params = { { .name = "kappa",
                      .type = USPH_REAL,
                      .def = 10,
                      .lo = 0,
                      .hi = 1e8,
                      .doc = "concentration; 0 is uniform" } },
    },
    .shapes = "every n >= 1 and d >= 2",
    .fill = vmf_fill,
};
