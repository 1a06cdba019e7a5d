#ifndef USPH_SOLVERS_MOVES_H
#define USPH_SOLVERS_MOVES_H

#include "core/rng.h"
#include "core/shape.h"

/**
 * Moves of a whole point set that a descent can start from anew. Rows keep norm 1.
 *
 * shake: every point by a Gaussian step; near: the points nearest to a random centre;
 * twist: those points turn about the centre by a random angle; reinsert: one point goes
 * to a random place.
 */
typedef enum usph_move {
    USPH_MOVE_SHAKE,
    USPH_MOVE_NEAR,
    USPH_MOVE_TWIST,
    USPH_MOVE_REINSERT,
} usph_move;

/** Edge of a cube that holds as much of the sphere as each point: (area / n)^(1/(d-1)).
 */
double usph_spacing(usph_shape shape);

/** Doubles that a move takes from `scratch`. */
size_t usph_move_scratch(usph_shape shape);

/**
 * Move x in place.
 *
 * @param size     standard deviation of a step, in spacings, for shake and near
 * @param x        n x d, rows of norm 1
 * @param scratch  usph_move_scratch doubles
 *
 * Cost: O(n d + n log n).
 */
void usph_move_apply(usph_move move, usph_shape shape, double size, usph_rng *rng,
                     double *x, double *scratch);

#endif
