#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/best.h"
#include "solvers/linesearch.h"

enum {
    STEPS, /* places of the parameters */
    RATE,
    KEEP,
    DECAY,
};

typedef struct sgd_state {
    size_t step;
    double best;
} sgd_state;

/* Arrays of n x d, but norms of n. The free rows are y_i = norms_i x_i. */
typedef struct sgd_room {
    usph_trial trial;
    usph_best best;
    double *v, *p, *norms;
} sgd_room;

static size_t sgd_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, false) + usph_best_scratch(shape) +
           2 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.n);
}

static sgd_room lay_out(const usph_run *run)
{
    const size_t stride = usph_workspace_cost(usph_shape_size(run->shape));
    sgd_state *state = run->state;
    sgd_room room;
    double *rest = usph_trial_take(&room.trial, run->shape, false, run->scratch);
    room.best = usph_best_take(run->shape, rest, &state->best);
    room.v = rest + usph_best_scratch(run->shape);
    room.p = room.v + stride;
    room.norms = room.p + stride;
    return room;
}

static usph_status sgd_start(usph_run *run)
{
    const sgd_room room = lay_out(run);
    memset(room.v, 0, usph_shape_size(run->shape) * sizeof *room.v);
    for (size_t i = 0; i < run->shape.n; i++)
        room.norms[i] = 1;
    usph_best_set(run, &room.best);
    return USPH_OK;
}

/* Ten times less after 40, 67 and 87 % of the steps, as networks are trained. */
static double rate(const usph_run *run)
{
    static const double DROPS[] = { 0.4, 0.67, 0.87 };
    const sgd_state *state = run->state;
    /* the gradient of a mean over pairs is O(1/n) at each point */
    double a = run->values[RATE] * (double)run->shape.n;
    for (size_t k = 0; k < sizeof DROPS / sizeof *DROPS; k++)
        if ((double)state->step >= DROPS[k] * run->values[STEPS])
            a *= 0.1;
    return a;
}

/* v <- keep v + gradient by y + decay y, where the gradient by y is tangent and 1/|y|
   of that by x; p is the move of y for a step of 1, over |y|. */
static void direction(const usph_run *run, const sgd_room *room, double a)
{
    const size_t d = run->shape.d;
    const double decay = run->values[DECAY] / (double)run->shape.n; /* a has n */
    for (size_t i = 0; i < run->shape.n; i++) {
        const double norm = room->norms[i];
        for (size_t k = i * d; k < (i + 1) * d; k++) {
            room->v[k] = run->values[KEEP] * room->v[k] + run->grad[k] / norm +
                         decay * norm * run->x[k];
            room->p[k] = -a * room->v[k] / norm;
        }
    }
}

static usph_status sgd_step(usph_run *run)
{
    sgd_state *state = run->state;
    sgd_room room = lay_out(run);
    double step = 1;
    run->length = 0;
    direction(run, &room, rate(run));
    USPH_TRY(usph_trial_eval(run, room.p, step, &room.trial));
    while (!isfinite(room.trial.value) && step > 1e-9) {
        step *= 0.5; /* points that met, or a row at 0: a shorter move */
        USPH_TRY(usph_trial_eval(run, room.p, step, &room.trial));
    }
    if (!isfinite(room.trial.value))
        return USPH_OK;
    for (size_t i = 0; i < run->shape.n; i++)
        room.norms[i] *= room.trial.lengths[i];
    usph_trial_accept(run, room.p, &room.trial);
    usph_best_keep(run, &room.best);
    state->step++;
    run->finished = (double)state->step >= run->values[STEPS];
    return USPH_OK;
}

static void sgd_finish(usph_run *run)
{
    const sgd_room room = lay_out(run);
    usph_best_return(run, &room.best);
}

/**
 * Gradient descent with momentum on free rows y_i whose directions are the points: what
 * training with normalized weights does. The gradient is orthogonal to y, so each step
 * lengthens y and the steps of x shrink as 1/|y|^2; weight decay holds against it.
 *
 * Cost: one gradient a step.
 * Source: SalimansKingma2016 for the parametrization and its growing norm.
 */
const usph_solver usph_solver_sgd = {
    .entry = {
        .name = "sgd",
        .title = "momentum on unnormalized rows",
        .formula = "v <- m v + grad_y f(y/|y|) + w y, y <- y - a v, x = y/|y|",
        .source = "SalimansKingma2016",
        .note = "full gradients, as in training without batches; for the study of its "
                "dynamics",
        .params = { { .name = "steps",
                      .type = USPH_INT,
                      .def = 5000,
                      .lo = 1,
                      .hi = 1e9,
                      .doc = "length of the schedule" },
                    { .name = "rate",
                      .type = USPH_REAL,
                      .def = 0.05,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "first step, over n; divided by ten at 40, 67 and 87 %" },
                    { .name = "keep",
                      .type = USPH_REAL,
                      .def = 0.9,
                      .lo = 0,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "momentum" },
                    { .name = "decay",
                      .type = USPH_REAL,
                      .def = 5e-4,
                      .lo = 0,
                      .hi = 1,
                      .doc = "weight decay" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE | USPH_SOLVER_SCHEDULE,
    .state_size = sizeof(sgd_state),
    .scratch = sgd_scratch,
    .start = sgd_start,
    .step = sgd_step,
    .finish = sgd_finish,
};
