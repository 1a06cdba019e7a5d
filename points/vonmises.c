#include "points/vonmises.h"

#include <math.h>

#include "core/sphere.h"

/* 1 - w, where w is the first coordinate: accurate also when the cluster is tight. */
static double draw_gap(size_t d, double kappa, usph_rng *rng, double *scratch)
{
    const double m = (double)d - 1;
    const double b = m / (2 * kappa + hypot(2 * kappa, m));
    const double gap0 = 2 * b / (1 + b); /* 1 - x0, x0 the envelope's mode */
    for (;;) {
        /* (1 + t)/2 with t a coordinate of a uniform point is Beta(m/2, m/2) */
        usph_sphere_uniform((usph_shape){ 1, d }, rng, scratch);
        const double z = 0.5 * (1 + scratch[0]);
        const double gap = 2 * b * z / (1 - (1 - b) * z);
        const double ratio = (gap0 + (1 - gap0) * gap) / (gap0 * (2 - gap0));
        if (kappa * (gap0 - gap) + m * log(ratio) >= log(1 - usph_rng_uniform(rng)))
            return gap;
    }
}

void usph_vonmises(size_t d, double kappa, usph_rng *rng, double *x)
{
    const double gap = draw_gap(d, kappa, rng, x);
    const double across = sqrt(gap * (2 - gap));
    usph_sphere_uniform((usph_shape){ 1, d - 1 }, rng, x + 1);
    x[0] = 1 - gap;
    for (size_t k = 1; k < d; k++)
        x[k] *= across;
}
