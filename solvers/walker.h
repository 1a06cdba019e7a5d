#ifndef USPH_SOLVERS_WALKER_H
#define USPH_SOLVERS_WALKER_H

#include "solvers/solver.h"

/**
 * A point set that walks at a temperature: Langevin moves of all points at once, with
 * Metropolis' test.
 *
 * A move from x proposes y = R_x(v), v = -h grad f(x) + sqrt(2 h T) w, w a Gaussian
 * tangent vector and R the normalizing retraction; it is taken with the probability
 * that keeps exp(-f/T) for small h, when the curvature of the spheres does not show.
 * Source: RobertsTweedie1996.
 */
typedef struct usph_walker {
    double *x, *grad; /* n x d each; grad tangent */
    double value;
    double h; /* step, adapted so that 3 of 5 moves are taken */
} usph_walker;

/** What moves need besides: n x d each but the last, n. */
typedef struct usph_walk_room {
    double *v, *y, *grad, *lengths;
} usph_walk_room;

/** Doubles of one walker's arrays, and of the room that all walkers of a run share. */
size_t usph_walker_scratch(usph_shape shape);
size_t usph_walk_room_scratch(usph_shape shape);

/** Lay out a walker, or the room, at `scratch`; returns what comes behind. */
double *usph_walker_take(usph_walker *walker, usph_shape shape, double *scratch);
double *usph_walk_room_take(usph_walk_room *room, usph_shape shape, double *scratch);

/** Start where the run is. */
void usph_walker_start(usph_walker *walker, const usph_run *run);

/**
 * The temperature that temperatures of solvers count in: what a small random step of
 * all points changes, for each of their n (d - 1) degrees of freedom.
 *
 * Cost: 4 evaluations.
 */
usph_status usph_walk_unit(usph_run *run, const usph_walk_room *room,
                           double *unit) USPH_MUST_CHECK;

/** A first step: noise of that temperature moves a point a tenth of the spacing. */
double usph_walk_first_h(const usph_run *run, double temperature);

/** One move at temperature T > 0. One evaluation with gradient. */
usph_status usph_walk(usph_run *run, usph_walker *walker, double temperature,
                      const usph_walk_room *room) USPH_MUST_CHECK;

/** Keep the walker's points as the run's if they are lower. */
void usph_walk_keep_best(usph_run *run, const usph_walker *walker);

/** Doubles that a quench takes. */
size_t usph_quench_scratch(usph_shape shape);

/** Descend by lbfgs from where the run is, to its own tolerance, and finish the run. */
usph_status usph_quench(usph_run *run, double *scratch) USPH_MUST_CHECK;

#endif
