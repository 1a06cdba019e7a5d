#ifndef USPH_SOLVERS_BEST_H
#define USPH_SOLVERS_BEST_H

#include "solvers/solver.h"

/** The best point of a run that may rise: borrowed scratch, 2 n d doubles. */
typedef struct usph_best {
    double *x, *grad; /* n x d */
    double *value;    /* kept in the solver's state */
} usph_best;

/** Doubles of scratch that usph_best_take cuts. */
size_t usph_best_scratch(usph_shape shape);

/** Lay the arrays over scratch; `value` stays the solver's. */
usph_best usph_best_take(usph_shape shape, double *scratch, double *value);

/** The run's point is the best so far; for the start. */
void usph_best_set(const usph_run *run, const usph_best *best);

/** The same if its value is lower. */
void usph_best_keep(const usph_run *run, const usph_best *best);

/** Go back to the best point, unless the run's is as low to rounding. */
void usph_best_return(usph_run *run, const usph_best *best);

#endif
