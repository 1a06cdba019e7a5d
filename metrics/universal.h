#ifndef USPH_METRICS_UNIVERSAL_H
#define USPH_METRICS_UNIVERSAL_H

#include "core/shape.h"

/**
 * Mean of f over the pairs of the universally optimal set of n points in dimension d:
 * the least mean that any n points have, for every f of r2 whose derivatives alternate
 * in sign (completely monotone up to a constant). NAN if no such set is known for this
 * n, d.
 *
 * Known: n <= d + 1 (simplex), n = 2d (cross-polytope), d = 2 (n-gon), and the sets of
 * Cohn and Kumar's Table 1 with the 600-cell.
 *
 * Source: CohnKumar2007, Theorem 1.2.
 */
double usph_universal_mean(usph_shape shape, double (*f)(double r2, const void *ctx),
                           const void *ctx);

/** Smallest squared distance in that set, or NAN; no n points are further apart. */
double usph_universal_separation2(usph_shape shape);

/** Squared distance of a regular simplex of n points: 2n/(n-1). */
double usph_simplex_r2(size_t n);

#endif
