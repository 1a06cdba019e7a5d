#ifndef USPH_METRICS_COVERING_HOLE_H
#define USPH_METRICS_COVERING_HOLE_H

#include "core/rng.h"
#include "core/shape.h"
#include "core/workspace.h"

/** Doubles of workspace that usph_hole_climb takes. */
size_t usph_hole_scratch(usph_shape shape);

/**
 * From a random direction to a hole: a pole that is locally the farthest from n points
 * with the origin inside their hull.
 *
 * In w = v / max_i <v, x_i> a hole is a vertex of {w : <w, x_i> <= 1} of locally
 * greatest norm. From the border the norm rises along the part of w that is orthogonal
 * to the constraints met, until d of them hold; then along edges that leave a
 * constraint with a negative multiplier (docs/method.md).
 *
 * @param pole  d, norm 1
 *
 * Cost: some n d for each of d steps up and of the edges.
 */
void usph_hole_climb(usph_shape shape, const double *x, usph_rng *rng,
                     usph_workspace *ws, double *pole);

#endif
