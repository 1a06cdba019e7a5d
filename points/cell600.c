#include <math.h>
#include <string.h>

#include "points/fixed.h"
#include "points/generator.h"

static bool cell600_fit(const double *values, usph_shape *shape)
{
    (void)values;
    return usph_fit_fixed(shape, 120, 4);
}

/* The 8 + 16 units of Hurwitz: +-e_k and (+-1, +-1, +-1, +-1)/2. */
static size_t fill_units(double *x)
{
    size_t row = 0;
    memset(x, 0, (size_t)8 * 4 * sizeof *x);
    for (; row < 8; row++)
        x[4 * row + row / 2] = row % 2 == 0 ? 1 : -1;
    for (unsigned signs = 0; signs < 16; signs++, row++)
        for (size_t k = 0; k < 4; k++)
            x[4 * row + k] = signs >> k & 1 ? -0.5 : 0.5;
    return row;
}

/* Even permutations of (+-phi, +-1, +-1/phi, 0)/2, given where the 0 goes. */
static void fill_icosian(size_t zero, unsigned order, unsigned signs, double *row)
{
    const double phi = 0.5 * (1 + sqrt(5));
    const double parts[3] = { 0.5 * phi, 0.5, 0.5 / phi };
    size_t place = order;
    row[zero] = 0;
    /* walking the three other places cyclically keeps the parity; an odd place of the
       zero turns it, so the walk goes the other way round there */
    for (size_t k = 0; k < 3; k++) {
        const size_t at = (zero % 2 == 0 ? 2 - place : place) % 3;
        row[at < zero ? at : at + 1] = signs >> k & 1 ? -parts[k] : parts[k];
        place = (place + 1) % 3;
    }
}

static void cell600_fill(const double *values, usph_shape shape, usph_rng *rng,
                         double *x)
{
    (void)values;
    (void)rng;
    size_t row = fill_units(x);
    for (size_t zero = 0; zero < 4; zero++)
        for (unsigned order = 0; order < 3; order++)
            for (unsigned signs = 0; signs < 8; signs++)
                fill_icosian(zero, order, signs, x + shape.d * row++);
}

/** Vertices of the 600-cell, the unit icosians: universally optimal, not sharp. */
const usph_generator usph_generator_cell600 = {
    .entry = {
        .name = "cell600",
        .title = "600-cell",
        .formula = "+-e_k; (+-1, +-1, +-1, +-1)/2; even permutations of "
                   "(+-phi, +-1, +-1/phi, 0)/2",
        .source = "CohnKumar2007",
    },
    .shapes = "n = 120, d = 4",
    .fit = cell600_fit,
    .fill = cell600_fill,
};
