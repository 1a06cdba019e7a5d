#ifndef USPH_SOLVERS_LINESEARCH_H
#define USPH_SOLVERS_LINESEARCH_H

#include "solvers/solver.h"

/** A point y = (x + step p) / |x + step p|, row by row, and what f is there. */
typedef struct usph_trial {
    double step;
    double value; /* +inf where f has no value and gradient */
    double slope; /* derivative of the value by the step */
    double
        flatten;  /* largest part of the slope that a Wolfe search may leave; 0: 0.9 */
    double *y;    /* n x d, borrowed scratch */
    double *grad; /* n x d, tangent gradient at y, borrowed scratch */
    double *raw;  /* n x d, Euclidean gradient at y, borrowed scratch; NULL: not kept */
    double *lengths; /* n, borrowed scratch */
} usph_trial;

/** Doubles that usph_trial_take cuts from a solver's scratch. */
size_t usph_trial_scratch(usph_shape shape, bool raw);

/** Lay a trial's arrays over scratch; returns what is left of it. */
double *usph_trial_take(usph_trial *trial, usph_shape shape, bool raw, double *scratch);

/** Evaluate at a step along p. Errors: f's, but not USPH_ERR_DOMAIN. */
usph_status usph_trial_eval(usph_run *run, const double *p, double step,
                            usph_trial *trial) USPH_MUST_CHECK;

/** Make the trial the run's current point; run->length becomes the length of the move.
 */
void usph_trial_accept(usph_run *run, const double *p, const usph_trial *trial);

/** sum over rows of <g_i, p_i>: the slope along p at step 0. */
double usph_slope(const usph_run *run, const double *p);

/**
 * Halve the step until the value is low enough: below `reference` by a part of the
 * predicted decrease (Armijo), or, where rounding hides the decrease, with the slope
 * between the ends (approximate Wolfe).
 *
 * @param reference  run->value, or the largest of the last values (nonmonotone)
 * @param step       in: first try; out: accepted step, 0 if none was found
 *
 * Source: GrippoLamparielloLucidi1986, HagerZhang2005.
 */
usph_status usph_search_armijo(usph_run *run, const double *p, double reference,
                               usph_trial *trial, double *step) USPH_MUST_CHECK;

/**
 * Find a step with enough decrease and enough flattening (Wolfe), or their approximate
 * form near the rounding floor, by secant steps inside a bracket.
 *
 * @param step  in: first try; out: accepted step, 0 if none was found
 *
 * Source: HagerZhang2005.
 */
usph_status usph_search_wolfe(usph_run *run, const double *p, usph_trial *trial,
                              double *step) USPH_MUST_CHECK;

/** A first step: the point with the largest gradient row moves by a twentieth. */
double usph_first_step(const usph_run *run, const double *p);

#endif
