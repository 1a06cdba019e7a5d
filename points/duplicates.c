#include <string.h>

#include "core/sphere.h"
#include "points/generator.h"

static void duplicates_fill(const double *values, usph_shape shape, usph_rng *rng,
                            double *x)
{
    const size_t copies = (size_t)values[0];
    const size_t d = shape.d;
    const size_t distinct = (shape.n + copies - 1) / copies;
    usph_sphere_uniform((usph_shape){ distinct, d }, rng, x);
    /* from the end, so that no source row is overwritten before it is copied */
    for (size_t i = shape.n; i-- > 0;)
        memmove(x + i * d, x + i / copies * d, d * sizeof *x);
}

/** Uniform points, each repeated: what coincident points do to a measure. */
const usph_generator usph_generator_duplicates = {
    .entry = {
        .name = "duplicates",
        .title = "repeated points",
        .formula = "x_i = u_(i div copies), u i.i.d. uniform",
        .source = "Muller1959",
        .params = { { .name = "copies",
                      .type = USPH_INT,
                      .def = 2,
                      .lo = 1,
                      .hi = 1e9,
                      .doc = "how often each point stands in the set" } },
    },
    .shapes = "every n >= 1 and d >= 2",
    .fill = duplicates_fill,
};
