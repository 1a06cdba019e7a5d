#include <math.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

enum {
    ARMIJO, /* values of the parameter `rule`, in the order of its words */
    BB,
    MEMORY = 10, /* values that the nonmonotone search remembers */
};

typedef struct gd_state {
    double step;           /* accepted last */
    double recent[MEMORY]; /* last values, a ring */
    size_t count;          /* of values ever put there */
    bool odd;              /* which of the two Barzilai-Borwein steps comes next */
} gd_state;

static size_t gd_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, false) +
           usph_workspace_cost(usph_shape_size(shape));
}

/*
 * Barzilai-Borwein from the move s = step p and the change y of the gradient:
 * <s,s>/<s,y> and <s,y>/<y,y> in turn. Both gradients are tangent at nearby points,
 * which is as good as transporting one of them (Iannazzo and Porcelli).
 */
static double bb_step(const usph_run *run, const usph_trial *trial, const double *p,
                      bool odd)
{
    const size_t size = usph_shape_size(run->shape);
    double ss = 0;
    double sy = 0;
    double yy = 0;
    for (size_t k = 0; k < size; k++) {
        const double s = trial->step * p[k];
        const double y = trial->grad[k] - run->grad[k];
        ss += s * s;
        sy += s * y;
        yy += y * y;
    }
    const double step = odd ? ss / sy : sy / yy;
    return isfinite(step) && step > 0 ? step : 2 * trial->step;
}

static double largest_recent(const gd_state *state)
{
    double largest = -INFINITY;
    for (size_t k = 0; k < MEMORY && k < state->count; k++)
        largest = fmax(largest, state->recent[k]);
    return largest;
}

static usph_status gd_step(usph_run *run)
{
    gd_state *state = run->state;
    usph_trial trial;
    double *p = usph_trial_take(&trial, run->shape, false, run->scratch);
    const bool bb = run->values[0] == BB;
    const size_t size = usph_shape_size(run->shape);
    for (size_t k = 0; k < size; k++)
        p[k] = -run->grad[k];
    state->recent[state->count++ % MEMORY] = run->value;
    double step = state->step > 0 ? state->step : usph_first_step(run, p);
    const double reference = bb ? largest_recent(state) : run->value;
    USPH_TRY(usph_search_armijo(run, p, reference, &trial, &step));
    run->length = 0;
    if (step == 0)
        return USPH_OK;
    state->step = bb ? bb_step(run, &trial, p, state->odd) : 2 * step;
    state->odd = !state->odd;
    usph_trial_accept(run, p, &trial);
    return USPH_OK;
}

/** Riemannian gradient descent: tangent step, then back to the sphere by normalizing.
 */
const usph_solver usph_solver_gd = {
    .entry = {
        .name = "gd",
        .title = "gradient descent",
        .formula = "x <- R(-a grad f(x)), R(v) = (x + v)/|x + v| row by row",
        .source = "IannazzoPorcelli2018",
        .note = "rule=bb is usually many times faster; its values may rise for a while",
        .params = { { .name = "rule",
                      .type = USPH_WORD,
                      .def = BB,
                      .hi = 1,
                      .words = "armijo|bb",
                      .doc = "step: Armijo backtracking, or Barzilai-Borwein with a "
                             "nonmonotone search" } },
    },
    .flags = USPH_SOLVER_GRADIENT,
    .state_size = sizeof(gd_state),
    .scratch = gd_scratch,
    .step = gd_step,
};
