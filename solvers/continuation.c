#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/solver.h"

enum {
    START, /* places of the parameters */
    FACTOR,
    END,
    LOOSE,
};

typedef struct continuation_state {
    double part; /* of the objective's sharpness, for the next stage */
} continuation_state;

static usph_spec descent(void)
{
    return usph_spec_default(usph_registry_find(&usph_solvers, "lbfgs", 5));
}

static size_t continuation_scratch(const double *values, usph_shape shape)
{
    const usph_spec inner = descent();
    (void)values;
    return usph_minimize_scratch(&inner, shape);
}

static usph_status continuation_start(usph_run *run)
{
    continuation_state *state = run->state;
    state->part = run->values[START];
    return USPH_OK;
}

/* Descend with the sharpness as it is. A set without gradient ends the stage. */
static usph_status descend(usph_run *run, const usph_stop *stop)
{
    const usph_spec inner = descent();
    usph_workspace ws = { .data = run->scratch,
                          .capacity = usph_minimize_scratch(&inner, run->shape) };
    usph_result result;
    const usph_status status =
        usph_minimize(&inner, run->f, stop, run->rng, &ws, run->x, &result, NULL);
    return status == USPH_ERR_DOMAIN ? USPH_OK : status;
}

/* A stage at another sharpness need not be exact, and its values are no target's. */
static usph_status soft_stage(usph_run *run, double part, usph_stop stop)
{
    double *sharpness = run->f->sharpness;
    const double own = *sharpness;
    stop.grad_tol = run->values[LOOSE];
    stop.has_target = false;
    *sharpness = own * part;
    const usph_status status = descend(run, &stop);
    *sharpness = own;
    return status;
}

static usph_status continuation_step(usph_run *run)
{
    continuation_state *state = run->state;
    usph_stop stop = *run->stop;
    const bool last = run->f->sharpness == NULL || state->part > run->values[END];
    stop.max_steps = 0;
    stop.trace = NULL;
    run->length = 1;
    USPH_TRY(last ? descend(run, &stop) : soft_stage(run, state->part, stop));
    state->part *= run->values[FACTOR];
    run->finished = last;
    const usph_status status =
        usph_objective_eval(run->f, run->x, &run->value, run->grad);
    if (status == USPH_OK)
        usph_sphere_tangent(run->shape, run->x, run->grad);
    return status == USPH_ERR_DOMAIN ? USPH_OK : status;
}

/**
 * Descents of lbfgs at ever higher sharpness, and at last with the objective's own.
 *
 * The sharpness is the parameter in which near pairs count more: s of riesz, t of
 * gauss, beta of separation_soft. It goes through start, start factor, .. up to end,
 * times its own value. An objective without one (log) is descended once. Where it
 * starts decides which basin wins: a soft start falls into the minima of soft kernels.
 */
const usph_solver usph_solver_continuation = {
    .entry = {
        .name = "continuation",
        .title = "continuation in the sharpness",
        .formula = "x_k = descent of the objective at sharpness start factor^k, k = 0, 1, "
                   "..; then at its own",
        .source = "AllgowerGeorg1990",
        .note = "for sharp objectives; where it starts decides which basin wins",
        .params = { [START] = { .name = "start",
                                .type = USPH_REAL,
                                .def = 0.125,
                                .lo = 0,
                                .lo_open = true,
                                .hi = 1,
                                .doc = "first part of the objective's own sharpness" },
                    [FACTOR] = { .name = "factor",
                                 .type = USPH_REAL,
                                 .def = 2,
                                 .lo = 1,
                                 .lo_open = true,
                                 .hi = 1e6,
                                 .doc = "from one stage to the next" },
                    [END] = { .name = "end",
                              .type = USPH_REAL,
                              .def = 0.5,
                              .lo = 0,
                              .lo_open = true,
                              .hi = 1,
                              .doc = "largest part before the own sharpness" },
                    [LOOSE] = { .name = "loose",
                                .type = USPH_REAL,
                                .def = 1e-2,
                                .lo = 0,
                                .lo_open = true,
                                .hi = 1,
                                .doc = "gradient norm that ends a stage" } },
    },
    .flags = USPH_SOLVER_GRADIENT,
    .state_size = sizeof(continuation_state),
    .scratch = continuation_scratch,
    .start = continuation_start,
    .step = continuation_step,
};
