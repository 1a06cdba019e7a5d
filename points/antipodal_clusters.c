#include "points/generator.h"
#include "points/vonmises.h"

static void antipodal_clusters_fill(const double *values, usph_shape shape,
                                    usph_rng *rng, double *x)
{
    for (size_t i = 0; i < shape.n; i++) {
        double *row = x + i * shape.d;
        usph_vonmises(shape.d, values[0], rng, row);
        for (size_t k = 0; k < shape.d && i % 2 == 1; k++)
            row[k] = -row[k];
    }
}

/** Two clusters, at +e_1 and -e_1: balanced, yet far from uniform. */
const usph_generator usph_generator_antipodal_clusters = {
    .entry = {
        .name = "antipodal_clusters",
        .title = "antipodal clusters",
        .formula = "von Mises-Fisher points, every second one negated",
        .source = "Wood1994",
        .note = "first moments vanish: catches measures that only see the mean",
        .params = { { .name = "kappa",
                      .type = USPH_REAL,
                      .def = 100,
                      .lo = 0,
                      .hi = 1e8,
                      .doc = "concentration of each cluster" } },
    },
    .shapes = "every n >= 1 and d >= 2",
    .fill = antipodal_clusters_fill,
};
