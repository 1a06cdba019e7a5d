#ifndef USPH_SOLVERS_MULTISTART_H
#define USPH_SOLVERS_MULTISTART_H

#include "core/points.h"
#include "solvers/solver.h"

/** How to make what each start needs, independently of all other starts. */
typedef struct usph_problem {
    usph_shape shape;
    /* an objective of its own for one start; `handle` is given to close afterwards */
    usph_status (*open)(void *ctx, usph_objective *f, void **handle, usph_error *err);
    void (*close)(void *ctx, void *handle);
    /* the points that start number `start` begins with; n x d */
    void (*fill)(void *ctx, size_t start, double *x);
    void *ctx; /* borrowed; the functions are called from several threads at once */
} usph_problem;

/** What to run: one solver from many starts. */
typedef struct usph_multistart {
    usph_spec solver;
    usph_stop stop;   /* its trace is told of start 0 only */
    uint64_t seed;    /* of the solver's streams (seed, start) */
    size_t starts;    /* at least 1 */
    unsigned threads; /* results do not depend on it */
    /* called after each start, from any thread but one at a time; NULL: none */
    void (*progress)(void *ctx, size_t done);
    void *progress_ctx;
} usph_multistart;

/** One start's outcome. */
typedef struct usph_start {
    bool skipped;       /* time was up or the user interrupted before it began */
    usph_status status; /* not USPH_OK: the start failed and result is not set */
    usph_result result;
} usph_start;

/**
 * Minimize from every start and keep the best: the lowest value, the first start on
 * ties.
 *
 * @param x       n x d, the best points found
 * @param best    number of the start they came from
 * @param detail  ms->starts outcomes
 *
 * Start 0 is always run; others are skipped once stop.deadline or stop.interrupted says
 * so.
 *
 * Errors: the first failed start's, if every start failed; USPH_ERR_NOMEM.
 */
usph_status usph_multistart_run(const usph_multistart *ms, const usph_problem *problem,
                                double *x, size_t *best, usph_start *detail,
                                usph_error *err) USPH_MUST_CHECK;

#endif
