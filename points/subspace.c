#include <string.h>

#include "core/sphere.h"
#include "points/generator.h"

static bool subspace_fit(const double *values, usph_shape *shape)
{
    return shape->d == 0 || (double)shape->d >= values[0];
}

static void subspace_fill(const double *values, usph_shape shape, usph_rng *rng,
                          double *x)
{
    const size_t rank = (size_t)values[0];
    for (size_t i = 0; i < shape.n; i++) {
        double *row = x + i * shape.d;
        usph_sphere_uniform((usph_shape){ 1, rank }, rng, row);
        memset(row + rank, 0, (shape.d - rank) * sizeof *row);
    }
}

/** Uniform points of a subspace: dimensional collapse to rank r. */
const usph_generator usph_generator_subspace = {
    .entry = {
        .name = "subspace",
        .title = "uniform in a subspace",
        .formula = "uniform on the unit sphere of the first r coordinates",
        .source = "Muller1959",
        .params = { { .name = "r",
                      .type = USPH_INT,
                      .def = 2,
                      .lo = 1,
                      .hi = 1e6,
                      .doc = "rank, at most d" } },
    },
    .shapes = "d >= r with any n",
    .fit = subspace_fit,
    .fill = subspace_fill,
};
