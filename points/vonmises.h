#ifndef USPH_POINTS_VONMISES_H
#define USPH_POINTS_VONMISES_H

#include "core/rng.h"
#include "core/shape.h"

/**
 * One point from the von Mises-Fisher distribution, density proportional to
 * exp(kappa x_1) on S^(d-1), by rejection from an exact envelope.
 *
 * @param kappa  concentration >= 0; 0 is uniform
 * @param x      d
 *
 * Source: Wood1994.
 */
void usph_vonmises(size_t d, double kappa, usph_rng *rng, double *x);

#endif
