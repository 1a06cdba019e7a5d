#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

enum {
    FORM, /* places of the parameters */
    KEEP,
    NESTEROV = 1, /* value of `form`, in the order of its words */
};

typedef struct momentum_state {
    double step;  /* accepted last */
    size_t moves; /* since the last restart */
} momentum_state;

static size_t momentum_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, false) +
           2 * usph_workspace_cost(usph_shape_size(shape));
}

/* Share of the last move that is kept: Polak's constant, Nesterov's grows to 1. */
static double share(const usph_run *run, const momentum_state *state)
{
    const double m = (double)state->moves;
    return run->values[FORM] == NESTEROV ? m / (m + 3) : run->values[KEEP];
}

/*
 * Polak's move is -a grad at x plus a share of the last move; Nesterov's takes the
 * gradient at x plus that share. Both as one direction p from x.
 */
static usph_status propose(usph_run *run, double step, double kept, const double *last,
                           usph_trial *trial, double *p)
{
    const size_t size = usph_shape_size(run->shape);
    const double *grad = run->grad;
    if (run->values[FORM] == NESTEROV && kept > 0) {
        USPH_TRY(usph_trial_eval(run, last, kept, trial));
        if (isfinite(trial->value)) {
            usph_sphere_tangent(run->shape, run->x, trial->grad);
            grad = trial->grad;
        }
    }
    for (size_t k = 0; k < size; k++)
        p[k] = kept * last[k] - step * grad[k];
    return USPH_OK;
}

/* The move p becomes the last one, carried to the new point. */
static void take(usph_run *run, const usph_trial *trial, double *p, double *last)
{
    usph_trial_accept(run, p, trial);
    memcpy(last, p, usph_shape_size(run->shape) * sizeof *last);
    usph_sphere_tangent(run->shape, run->x, last);
}

/* Where the momentum led upwards: forget it and go down the gradient. */
static usph_status restart(usph_run *run, usph_trial *trial, double *p, double *last)
{
    momentum_state *state = run->state;
    const size_t size = usph_shape_size(run->shape);
    for (size_t k = 0; k < size; k++)
        p[k] = -run->grad[k];
    double step = state->step > 0 ? 2 * state->step : usph_first_step(run, p);
    USPH_TRY(usph_search_armijo(run, p, run->value, trial, &step));
    state->moves = 1;
    run->length = 0;
    if (step == 0)
        return USPH_OK;
    state->step = step;
    for (size_t k = 0; k < size; k++)
        p[k] *= step;
    trial->step = 1;
    take(run, trial, p, last);
    return USPH_OK;
}

/* Lower, or the same to rounding with a smaller gradient. */
static bool better(const usph_run *run, const usph_trial *trial)
{
    static const double ROUNDING = 1e-13;
    const size_t size = usph_shape_size(run->shape);
    const double noise = ROUNDING * fabs(run->value);
    if (trial->value < run->value - noise)
        return true;
    return trial->value <= run->value + noise &&
           usph_dot(size, trial->grad, trial->grad) <
               usph_dot(size, run->grad, run->grad);
}

static usph_status momentum_step(usph_run *run)
{
    momentum_state *state = run->state;
    const size_t stride = usph_workspace_cost(usph_shape_size(run->shape));
    usph_trial trial;
    double *p = usph_trial_take(&trial, run->shape, false, run->scratch);
    double *last = p + stride;
    if (state->moves == 0)
        return restart(run, &trial, p, last);
    state->step *= 1.05; /* the step finds its size between restarts */
    USPH_TRY(propose(run, state->step, share(run, state), last, &trial, p));
    USPH_TRY(usph_trial_eval(run, p, 1, &trial));
    if (!better(run, &trial))
        return restart(run, &trial, p, last);
    state->moves++;
    take(run, &trial, p, last);
    return USPH_OK;
}

/** Gradient descent with momentum, restarted where it would lead upwards. */
const usph_solver usph_solver_momentum = {
    .entry = {
        .name = "momentum",
        .title = "momentum",
        .formula = "v <- m v - a grad f, x <- R(v); Nesterov: grad f at R(m v)",
        .source = "ODonoghueCandes2015",
        .note = "restarts make it monotone and find the step; nesterov takes two gradients "
                "a step",
        .params = { { .name = "form",
                      .type = USPH_WORD,
                      .def = 0,
                      .hi = 1,
                      .words = "polak|nesterov",
                      .doc = "where the gradient is taken" },
                    { .name = "keep",
                      .type = USPH_REAL,
                      .def = 0.9,
                      .lo = 0,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "share of the last move that polak keeps" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(momentum_state),
    .scratch = momentum_scratch,
    .step = momentum_step,
};
