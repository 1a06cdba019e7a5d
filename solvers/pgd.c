#include <string.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

typedef struct pgd_state {
    double step; /* accepted last */
} pgd_state;

static size_t pgd_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, true) +
           usph_workspace_cost(usph_shape_size(shape));
}

/* The Euclidean gradient at the start: the driver keeps only its tangent part. */
static usph_status pgd_start(usph_run *run)
{
    usph_trial trial;
    double *p = usph_trial_take(&trial, run->shape, true, run->scratch);
    double value = 0;
    (void)p;
    return usph_objective_eval(run->f, run->x, &value, trial.raw);
}

static usph_status pgd_step(usph_run *run)
{
    pgd_state *state = run->state;
    usph_trial trial;
    double *p = usph_trial_take(&trial, run->shape, true, run->scratch);
    const size_t size = usph_shape_size(run->shape);
    for (size_t k = 0; k < size; k++)
        p[k] = -trial.raw[k];
    double step = state->step > 0 ? 2 * state->step : usph_first_step(run, p);
    USPH_TRY(usph_search_armijo(run, p, run->value, &trial, &step));
    run->length = 0;
    if (step == 0)
        return USPH_OK;
    state->step = step;
    usph_trial_accept(run, p, &trial);
    return USPH_OK;
}

/** Projected gradient descent: Euclidean step, then the nearest point of the sphere. */
const usph_solver usph_solver_pgd = {
    .entry = {
        .name = "pgd",
        .title = "projected gradient descent",
        .formula = "x <- (x - a g)/|x - a g| row by row, g the Euclidean gradient",
        .source = "Bertsekas1976",
        .note = "differs from gd by the radial part of the gradient, which only changes "
                "the step's length",
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(pgd_state),
    .scratch = pgd_scratch,
    .start = pgd_start,
    .step = pgd_step,
};
