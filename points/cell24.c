#include "points/fixed.h"
#include "points/generator.h"
#include "points/roots.h"

static bool cell24_fit(const double *values, usph_shape *shape)
{
    (void)values;
    return usph_fit_fixed(shape, 24, 4);
}

static void cell24_fill(const double *values, usph_shape shape, usph_rng *rng,
                        double *x)
{
    (void)values;
    (void)rng;
    usph_roots_d(shape.d, x);
}

/** Vertices of the 24-cell, the roots of D_4: the kissing configuration in dimension 4.
 */
const usph_generator usph_generator_cell24 = {
    .entry = {
        .name = "cell24",
        .title = "24-cell",
        .formula = "(+-e_i +- e_j) / sqrt 2 in R^4",
        .source = "CohnKumar2007",
        .note = "not universally optimal",
    },
    .shapes = "n = 24, d = 4",
    .fit = cell24_fit,
    .fill = cell24_fill,
};
