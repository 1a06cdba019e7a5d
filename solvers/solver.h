#ifndef USPH_SOLVERS_SOLVER_H
#define USPH_SOLVERS_SOLVER_H

#include <signal.h>
#include <stdbool.h>

#include "core/entry.h"
#include "core/objective.h"
#include "core/rng.h"
#include "core/workspace.h"

/** Why a run ended; not having converged is a reason, not an error. */
#define USPH_REASON_LIST(X)                                                     \
    X(USPH_REASON_GRADIENT, "gradient") /* gradient norm below the tolerance */ \
    X(USPH_REASON_VALUE, "value")       /* value changes below the tolerance */ \
    X(USPH_REASON_TARGET, "target")     /* value at or below the target */      \
    X(USPH_REASON_SCHEDULE, "schedule") /* the solver's schedule is done */     \
    X(USPH_REASON_STALLED, "stalled")   /* no better point found */             \
    X(USPH_REASON_MAX_STEPS, "max_steps")                                       \
    X(USPH_REASON_MAX_EVALS, "max_evals")                                       \
    X(USPH_REASON_MAX_SECONDS, "max_seconds")                                   \
    X(USPH_REASON_INTERRUPTED, "interrupted")

#define USPH_REASON_ENUM(code, text) code,
typedef enum usph_reason {
    USPH_REASON_LIST(USPH_REASON_ENUM)
} usph_reason;
#undef USPH_REASON_ENUM

/** The word for a reason in reports. */
const char *usph_reason_text(usph_reason reason);

/** Whether a run that ended so did what it was asked to (the first four reasons). */
bool usph_reason_done(usph_reason reason);

typedef struct usph_result {
    double value;     /* of the objective at the returned points */
    double grad_norm; /* |Riemannian gradient| * grad_scale; NAN if not smooth */
    double seconds;
    uint64_t steps, evals, grads, moves, hvps;
    usph_reason reason;
} usph_result;

/** Called after every step with the result so far; reason is meaningless then. */
typedef struct usph_trace {
    void (*step)(void *ctx, const usph_result *so_far);
    void *ctx; /* borrowed */
} usph_trace;

/** When to stop; zero means "no such limit", and for grad_tol the default. */
typedef struct usph_stop {
    uint64_t max_steps,
        max_evals;   /* evals count moves by their share: n moves are one */
    double grad_tol; /* of the reported gradient norm; 0: 1e-10 max(1, |sum|/n) for pair
                        energies, 1e-10 max(1, |value|) otherwise */
    double value_tol; /* relative change of the value in one step */
    double target;    /* used if has_target */
    bool has_target;
    double deadline;                          /* usph_now() at which to stop */
    const volatile sig_atomic_t *interrupted; /* borrowed; not 0: stop. May be NULL */
    const usph_trace *trace; /* borrowed; told of every step. May be NULL */
} usph_stop;

/** What a solver sees and changes while it runs. */
typedef struct usph_run {
    usph_objective *f;
    usph_shape shape;
    const double *values; /* the solver's parameters */
    usph_rng *rng;
    double *x;     /* n x d, rows of norm 1 */
    double *grad;  /* n x d, tangent gradient at x; NULL for solvers without gradient */
    double value;  /* f(x) */
    double length; /* length of the last move; 0: no move found */
    bool finished; /* set by a solver whose schedule is done */
    double *scratch;       /* what `scratch` asked for */
    void *state;           /* state_size bytes, zeroed by the driver */
    const usph_stop *stop; /* for solvers that run others */
} usph_run;

enum {
    USPH_SOLVER_GRADIENT = 1 << 0, /* needs a smooth objective */
    USPH_SOLVER_RANDOM = 1 << 1,   /* draws random numbers */
    USPH_SOLVER_MONOTONE = 1 << 2, /* never ends worse than it started */
    USPH_SOLVER_SCHEDULE = 1 << 3, /* ends by its own schedule; may creep meanwhile */
};

typedef struct usph_solver {
    usph_entry entry;
    unsigned flags;
    size_t state_size;
    size_t (*scratch)(const double *values, usph_shape shape); /* doubles */
    usph_status (*start)(usph_run *run); /* after the first evaluation; may be NULL */
    usph_status (*step)(usph_run *run);
    void (*finish)(usph_run *run); /* e.g. go back to the best point; may be NULL */
} usph_solver;

extern const usph_registry usph_solvers;

static inline const usph_solver *usph_solver_of(const usph_entry *entry)
{
    return (const usph_solver *)entry; /* entry is the first member */
}

/** The solver for an objective when none is named. */
usph_spec usph_solver_default(const usph_objective *f);

/** Seconds of a clock that only goes forward. */
double usph_now(void);

/** Doubles that usph_minimize takes from the workspace, beside what the objective does.
 */
size_t usph_minimize_scratch(const usph_spec *solver, usph_shape shape);

/**
 * Minimize an objective from x, in place.
 *
 * @param ws  any workspace with nothing taken; it is reserved as needed
 * @param x   n x d, rows of norm 1, in and out
 *
 * Errors: USPH_ERR_UNSUPPORTED if the solver needs a gradient and f has none;
 *         USPH_ERR_DOMAIN if f is not finite at the start and the solver cannot cope;
 *         USPH_ERR_NOMEM; whatever f reports, unchanged.
 */
usph_status usph_minimize(const usph_spec *solver, usph_objective *f,
                          const usph_stop *stop, usph_rng *rng, usph_workspace *ws,
                          double *x, usph_result *out, usph_error *err) USPH_MUST_CHECK;

#endif
