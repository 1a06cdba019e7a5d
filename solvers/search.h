#ifndef USPH_SOLVERS_SEARCH_H
#define USPH_SOLVERS_SEARCH_H

#include "solvers/multistart.h"

/** What to search with: chains of one solver from ever new starts, until a limit. */
typedef struct usph_search {
    usph_spec chain; /* the solver that runs from every start; usph_search_chain() */
    usph_stop stop;  /* max_evals, deadline, interrupted and target count for the search
                        as  a whole, the others for each chain; its trace is not used */
    uint64_t enough; /* chains at or below the target that end the search; 0 as 1 */
    uint64_t starts; /* chains that end it as planned; 0: no such number */
    uint64_t budget; /* evaluations that end it as planned; 0: usph_search_budget */
    uint64_t seed;   /* of the streams (seed, start) */
    unsigned threads; /* results do not depend on it, unless the deadline ended it */
} usph_search;

/** What a search found. */
typedef struct usph_found {
    usph_result best;  /* value and gradient of the best chain, but steps, evals, grads,
                          moves and seconds of all */
    usph_reason chain; /* why the best chain ended; best.reason: why the search did */
    uint64_t starts;   /* chains */
    uint64_t start;    /* the first that reached the best value */
    uint64_t hits;     /* chains that ended at the best value, to 1e-9 of the sum */
    uint64_t distinct; /* different values that chains ended at, told apart likewise */
} usph_found;

/** The default chain: basin hopping of short patience. */
usph_spec usph_search_chain(void);

/**
 * Evaluations that a search makes when nothing else ends it: some ten times what the
 * hardest minima of energies on S^2 with so many points took, up to n = 200. Beyond,
 * what a few minutes of one core are good for.
 */
uint64_t usph_search_budget(usph_shape shape);

/**
 * Search for the global minimum: problem->fill gives start k, the chain runs from it,
 * and so on until the budget, a limit or the target ends it. Chains are taken in by
 * their number, so that the outcome is that of one thread.
 *
 * A minimum that is hit often is not thereby the lowest one: hits are reported, and no
 * number of them ends a search. Only a target does.
 *
 * @param x  n x d, the best points found
 *
 * Cost: the budget, up to one chain for each further thread. Memory: 32 point sets.
 * Errors: the first chain's that failed, other than by USPH_ERR_DOMAIN, or if none
 *         succeeded; USPH_ERR_NOMEM.
 */
usph_status usph_search_run(const usph_search *search, const usph_problem *problem,
                            double *x, usph_found *out,
                            usph_error *err) USPH_MUST_CHECK;

#endif
