#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/best.h"
#include "solvers/linesearch.h"

enum {
    STEPS, /* places of the parameters */
    FIRST,
    LAST,
    BETA1,
    BETA2,
};

typedef struct adam_state {
    size_t step;
    double best;
} adam_state;

/* Arrays of n x d, but v of n. */
typedef struct adam_room {
    usph_trial trial;
    usph_best best;
    double *m, *p, *v;
} adam_room;

static size_t adam_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_trial_scratch(shape, false) + usph_best_scratch(shape) +
           2 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.n);
}

static adam_room lay_out(const usph_run *run)
{
    const size_t stride = usph_workspace_cost(usph_shape_size(run->shape));
    adam_state *state = run->state;
    adam_room room;
    double *rest = usph_trial_take(&room.trial, run->shape, false, run->scratch);
    room.best = usph_best_take(run->shape, rest, &state->best);
    room.m = rest + usph_best_scratch(run->shape);
    room.p = room.m + stride;
    room.v = room.p + stride;
    return room;
}

static usph_status adam_start(usph_run *run)
{
    const adam_room room = lay_out(run);
    memset(room.m, 0, usph_shape_size(run->shape) * sizeof *room.m);
    memset(room.v, 0, run->shape.n * sizeof *room.v);
    usph_best_set(run, &room.best);
    return USPH_OK;
}

/* Means of gradient and squared gradient norm of each point, free of their start at 0;
   p is the move for a rate of 1. */
static void direction(const usph_run *run, const adam_room *room)
{
    const adam_state *state = run->state;
    const size_t d = run->shape.d;
    const double beta1 = run->values[BETA1];
    const double beta2 = run->values[BETA2];
    const double t = (double)state->step + 1;
    const double unbias = sqrt(1 - pow(beta2, t)) / (1 - pow(beta1, t));
    for (size_t i = 0; i < run->shape.n; i++) {
        const double *g = run->grad + i * d;
        double *m = room->m + i * d;
        room->v[i] = beta2 * room->v[i] + (1 - beta2) * usph_dot(d, g, g);
        const double scale = room->v[i] > 0 ? unbias / sqrt(room->v[i]) : 0;
        for (size_t k = 0; k < d; k++) {
            m[k] = beta1 * m[k] + (1 - beta1) * g[k];
            room->p[i * d + k] = -scale * m[k];
        }
    }
}

static usph_status adam_step(usph_run *run)
{
    adam_state *state = run->state;
    adam_room room = lay_out(run);
    const double done = (double)state->step / run->values[STEPS];
    const double first = run->values[FIRST];
    double rate = first * pow(run->values[LAST] / first, done);
    run->length = 0;
    direction(run, &room);
    USPH_TRY(usph_trial_eval(run, room.p, rate, &room.trial));
    while (!isfinite(room.trial.value) && rate > run->values[LAST]) {
        rate *= 0.5; /* points that met: a shorter move */
        USPH_TRY(usph_trial_eval(run, room.p, rate, &room.trial));
    }
    if (!isfinite(room.trial.value))
        return USPH_OK;
    usph_trial_accept(run, room.p, &room.trial);
    usph_sphere_tangent(run->shape, run->x, room.m);
    usph_best_keep(run, &room.best);
    state->step++;
    run->finished = (double)state->step >= run->values[STEPS];
    return USPH_OK;
}

static void adam_finish(usph_run *run)
{
    const adam_room room = lay_out(run);
    usph_best_return(run, &room.best);
}

/**
 * Adam with one second moment a point, so that a rotation of the points rotates the
 * whole path; the usual one of each coordinate has no such meaning on a sphere. The
 * rate falls geometrically over a fixed number of steps; the best point is returned.
 *
 * Cost: one gradient a step.
 * Source: KingmaBa2015.
 */
const usph_solver usph_solver_adam = {
    .entry = {
        .name = "adam",
        .title = "Adam, a second moment per point",
        .formula = "x <- R(-a m/sqrt(v)), m mean of grad f, v_i mean of |grad_i f|^2",
        .source = "KingmaBa2015",
        .note = "what training uses; for a baseline, not to find minima to rounding",
        .params = { { .name = "steps",
                      .type = USPH_INT,
                      .def = 10000,
                      .lo = 1,
                      .hi = 1e9,
                      .doc = "length of the schedule" },
                    { .name = "a0",
                      .type = USPH_REAL,
                      .def = 0.05,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e3,
                      .doc = "first rate, radians a step" },
                    { .name = "a1",
                      .type = USPH_REAL,
                      .def = 1e-9,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e3,
                      .doc = "last rate" },
                    { .name = "beta1",
                      .type = USPH_REAL,
                      .def = 0.9,
                      .lo = 0,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "memory of the gradient" },
                    { .name = "beta2",
                      .type = USPH_REAL,
                      .def = 0.99,
                      .lo = 0,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "memory of its square" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE | USPH_SOLVER_SCHEDULE,
    .state_size = sizeof(adam_state),
    .scratch = adam_scratch,
    .start = adam_start,
    .step = adam_step,
    .finish = adam_finish,
};
