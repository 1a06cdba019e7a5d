#include <math.h>

#include "points/fixed.h"
#include "points/generator.h"

static bool icosahedron_fit(const double *values, usph_shape *shape)
{
    (void)values;
    return usph_fit_fixed(shape, 12, 3);
}

static void icosahedron_fill(const double *values, usph_shape shape, usph_rng *rng,
                             double *x)
{
    const double golden = 0.5 * (1 + sqrt(5));
    const double norm = sqrt(1 + golden * golden);
    (void)values;
    (void)rng;
    for (size_t i = 0; i < shape.n; i++) {
        const size_t axis = i / 4; /* cyclic shifts of (0, +-1, +-golden) */
        double *row = x + i * shape.d;
        row[axis] = 0;
        row[(axis + 1) % 3] = (i & 1 ? -1 : 1) / norm;
        row[(axis + 2) % 3] = (i & 2 ? -golden : golden) / norm;
    }
}

/** Vertices of the icosahedron: universally optimal. */
const usph_generator usph_generator_icosahedron = {
    .entry = {
        .name = "icosahedron",
        .title = "icosahedron",
        .formula = "cyclic shifts of (0, +-1, +-phi) / sqrt(1 + phi^2)",
        .source = "CohnKumar2007",
    },
    .shapes = "n = 12, d = 3",
    .fit = icosahedron_fit,
    .fill = icosahedron_fill,
};
