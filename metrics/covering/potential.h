#ifndef USPH_METRICS_COVERING_POTENTIAL_H
#define USPH_METRICS_COVERING_POTENTIAL_H

#include "core/entry.h"
#include "core/shape.h"
#include "core/workspace.h"

/** Mean potential of n points under a kernel. Borrowed. */
typedef struct usph_potential {
    const usph_spec *kernel;
    usph_shape shape;
    const double *x; /* n x d */
} usph_potential;

/**
 * U(v) = (1/n) sum_i K(|v - x_i|^2), with derivatives of its extension
 * K(2 - 2<v, x_i>).
 *
 * @param grad  d, (1/n) sum -2 K' x_i; NULL to skip
 * @param hess  d x d, (1/n) sum 4 K'' x_i x_i'; NULL to skip, else grad is given too
 */
double usph_potential_at(const usph_potential *u, const double *v, double *grad,
                         double *hess);

/**
 * Lower bound of U over the cap of a radius around v, if K is convex and decreasing in
 * r2: points farther than three radii by the tangent of K, nearer ones by K at their
 * greatest distance.
 */
double usph_potential_below(const usph_potential *u, const double *v, double radius,
                            double *centre);

/** Doubles of workspace that usph_potential_descend takes. */
size_t usph_potential_scratch(size_t d);

/** Damped Newton steps from v (d, norm 1, overwritten) to a local minimum; its value.
 */
double usph_potential_descend(const usph_potential *u, usph_workspace *ws, double *v);

#endif
