#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

enum {
    POLAK_RIBIERE, /* values of the parameter `beta`, in the order of its words */
    HAGER_ZHANG,
};

typedef struct cg_state {
    double change; /* step * slope of the last search, below 0; 0: start again along the
                      gradient */
} cg_state;

static size_t cg_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, false) +
           usph_workspace_cost(usph_shape_size(shape));
}

static void along_gradient(const usph_run *run, double *p)
{
    const size_t size = usph_shape_size(run->shape);
    for (size_t k = 0; k < size; k++)
        p[k] = -run->grad[k];
}

/*
 * How much of the last direction p to keep, with the change y of the gradient, all in
 * the tangent space of the new point. Polak-Ribiere's is cut at 0, Hager and Zhang's at
 * their lower bound (`eta`): both then restart by themselves when steps were bad.
 */
static double keep(const usph_run *run, const usph_trial *trial, const double *p,
                   const double *old)
{
    static const double ETA = 0.4;
    const size_t size = usph_shape_size(run->shape);
    double gy = 0;
    double py = 0;
    double yy = 0;
    for (size_t k = 0; k < size; k++) {
        const double y = trial->grad[k] - old[k];
        gy += trial->grad[k] * y;
        py += p[k] * y;
        yy += y * y;
    }
    const double gg = usph_dot(size, old, old);
    if (run->values[0] == POLAK_RIBIERE)
        return fmax(0, gy / gg);
    const double pg = usph_dot(size, p, trial->grad);
    const double floor = ETA * usph_dot(size, p, old) / usph_dot(size, p, p);
    const double beta = (gy - 2 * yy * pg / py) / py;
    return isfinite(beta) ? fmax(beta, floor) : 0;
}

/* The next direction from the last, seen from the trial's point; old gradient in x's
   place of the run is overwritten by its transport. */
static void turn(usph_run *run, const usph_trial *trial, double *p)
{
    const size_t size = usph_shape_size(run->shape);
    usph_sphere_tangent(run->shape, trial->y, p);
    usph_sphere_tangent(run->shape, trial->y, run->grad);
    const double beta = keep(run, trial, p, run->grad);
    for (size_t k = 0; k < size; k++)
        p[k] = beta * p[k] - trial->grad[k];
}

static usph_status cg_step(usph_run *run)
{
    cg_state *state = run->state;
    usph_trial trial;
    double *p = usph_trial_take(&trial, run->shape, false, run->scratch);
    trial.flatten = 0.1; /* a direction is only as good as the search before it */
    run->length = 0;
    const bool fresh = state->change == 0 || usph_slope(run, p) >= 0;
    if (fresh)
        along_gradient(run, p);
    double step = fresh ? usph_first_step(run, p) : state->change / usph_slope(run, p);
    USPH_TRY(usph_search_wolfe(run, p, &trial, &step));
    if (step == 0 && !fresh) { /* once more along the gradient */
        along_gradient(run, p);
        step = usph_first_step(run, p);
        USPH_TRY(usph_search_wolfe(run, p, &trial, &step));
    }
    state->change = step * usph_slope(run, p);
    if (step == 0)
        return USPH_OK;
    const double length = step * sqrt(usph_dot(usph_shape_size(run->shape), p, p));
    turn(run, &trial, p);
    usph_trial_accept(run, p, &trial);
    run->length = length;
    return USPH_OK;
}

/** Nonlinear conjugate gradients on the product of spheres, with a Wolfe search. */
const usph_solver usph_solver_cg = {
    .entry = {
        .name = "cg",
        .title = "conjugate gradients",
        .formula = "x <- R(a p), p <- -grad f + beta p carried to the new point",
        .source = "HagerZhang2005",
        .note = "less memory than lbfgs, more evaluations",
        .params = { { .name = "beta",
                      .type = USPH_WORD,
                      .def = POLAK_RIBIERE,
                      .hi = 1,
                      .words = "pr|hz",
                      .doc = "Polak and Ribiere's, cut at 0, or Hager and Zhang's" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(cg_state),
    .scratch = cg_scratch,
    .step = cg_step,
};
