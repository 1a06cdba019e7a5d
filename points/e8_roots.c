#include <math.h>

#include "points/fixed.h"
#include "points/generator.h"
#include "points/roots.h"

static bool e8_roots_fit(const double *values, usph_shape *shape)
{
    (void)values;
    return usph_fit_fixed(shape, 240, 8);
}

static void e8_roots_fill(const double *values, usph_shape shape, usph_rng *rng,
                          double *x)
{
    const double h = sqrt(0.125);
    (void)values;
    (void)rng;
    size_t row = usph_roots_d(shape.d, x);
    for (unsigned signs = 0; signs < 256; signs++) {
        if (__builtin_popcount(signs) % 2 != 0)
            continue;
        for (size_t k = 0; k < shape.d; k++)
            x[row * shape.d + k] = signs >> k & 1 ? -h : h;
        row++;
    }
}

/** The 240 roots of E_8, its kissing configuration: universally optimal. */
const usph_generator usph_generator_e8_roots = {
    .entry = {
        .name = "e8_roots",
        .title = "E8 roots",
        .formula = "(+-e_i +- e_j) / sqrt 2, and (+-1, ..., +-1) / sqrt 8 with an even "
                   "number of minus signs",
        .source = "CohnKumar2007",
    },
    .shapes = "n = 240, d = 8",
    .fit = e8_roots_fit,
    .fill = e8_roots_fill,
};
