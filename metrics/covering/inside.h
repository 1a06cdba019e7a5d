#ifndef USPH_METRICS_COVERING_INSIDE_H
#define USPH_METRICS_COVERING_INSIDE_H

#include "core/shape.h"
#include "core/workspace.h"

/** Doubles of workspace that usph_inside takes. */
size_t usph_inside_scratch(usph_shape shape);

/**
 * The point of the convex hull of n unit vectors that is nearest to the origin, by
 * Wolfe's method: exact up to rounding after finitely many steps, for any set.
 *
 * @param p  d, the point
 * @return   its norm; at most 1e-14 if the origin is in the hull
 *
 * Cost: a few d passes over the points in practice, and d^3.
 * Source: Wolfe1976.
 */
double usph_inside(usph_shape shape, const double *x, usph_workspace *ws, double *p);

#endif
