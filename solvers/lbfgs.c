#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

enum {
    MAX_MEMORY = 64,
};

typedef struct lbfgs_state {
    size_t count;           /* pairs (s, y) in use */
    size_t next;            /* where the next pair goes */
    double rho[MAX_MEMORY]; /* 1 / <s, y> of each pair */
} lbfgs_state;

/* Where things lie in the scratch; s and y are memory x (n d). */
typedef struct lbfgs_room {
    usph_trial trial;
    double *p;
    double *s, *y;
    size_t memory;
    size_t stride; /* doubles from one pair to the next */
} lbfgs_room;

static size_t lbfgs_scratch(const double *values, usph_shape shape)
{
    const size_t memory = (size_t)values[0];
    return usph_trial_scratch(shape, false) +
           (1 + 2 * memory) * usph_workspace_cost(usph_shape_size(shape));
}

static lbfgs_room lay_out(const usph_run *run)
{
    lbfgs_room room = {
        .memory = (size_t)run->values[0],
        .stride = usph_workspace_cost(usph_shape_size(run->shape)),
    };
    room.p = usph_trial_take(&room.trial, run->shape, false, run->scratch);
    room.s = room.p + room.stride;
    room.y = room.s + room.memory * room.stride;
    return room;
}

static void add_scaled(size_t m, double a, const double *x, double *y)
{
    for (size_t k = 0; k < m; k++)
        y[k] += a * x[k];
}

/*
 * p = -P H P grad, with H the two-loop inverse Hessian of the stored pairs and P the
 * tangent projection: H is positive definite in the space around, so p goes downhill
 * whatever tangent spaces the pairs came from.
 */
static void direction(const usph_run *run, const lbfgs_room *room,
                      const lbfgs_state *state)
{
    const size_t size = usph_shape_size(run->shape);
    double alpha[MAX_MEMORY];
    for (size_t k = 0; k < size; k++)
        room->p[k] = -run->grad[k];
    for (size_t b = 1; b <= state->count; b++) { /* newest first */
        const size_t at = (state->next + room->memory - b) % room->memory;
        const double *s = room->s + at * room->stride;
        const double *y = room->y + at * room->stride;
        alpha[at] = state->rho[at] * usph_dot(size, s, room->p);
        add_scaled(size, -alpha[at], y, room->p);
    }
    if (state->count > 0) {
        const size_t at = (state->next + room->memory - 1) % room->memory;
        const double *y = room->y + at * room->stride;
        const double scale = 1 / (state->rho[at] * usph_dot(size, y, y));
        for (size_t k = 0; k < size; k++)
            room->p[k] *= scale;
    }
    for (size_t b = state->count; b >= 1; b--) { /* oldest first */
        const size_t at = (state->next + room->memory - b) % room->memory;
        const double *s = room->s + at * room->stride;
        const double *y = room->y + at * room->stride;
        const double beta = state->rho[at] * usph_dot(size, y, room->p);
        add_scaled(size, alpha[at] - beta, s, room->p);
    }
    usph_sphere_tangent(run->shape, run->x, room->p);
}

/* Keep the pair of the accepted move, seen from the tangent space of its end. */
static void remember(const usph_run *run, const lbfgs_room *room, lbfgs_state *state)
{
    const size_t size = usph_shape_size(run->shape);
    double *s = room->s + state->next * room->stride;
    double *y = room->y + state->next * room->stride;
    const usph_trial *trial = &room->trial;
    for (size_t k = 0; k < size; k++) {
        s[k] = trial->y[k] - run->x[k];
        y[k] = trial->grad[k] - run->grad[k];
    }
    usph_sphere_tangent(run->shape, trial->y, s);
    usph_sphere_tangent(run->shape, trial->y, y);
    const double sy = usph_dot(size, s, y);
    if (!(sy > 1e-14 * sqrt(usph_dot(size, s, s) * usph_dot(size, y, y))))
        return; /* no positive curvature to learn from */
    state->rho[state->next] = 1 / sy;
    state->next = (state->next + 1) % room->memory;
    if (state->count < room->memory)
        state->count++;
}

static usph_status lbfgs_step(usph_run *run)
{
    lbfgs_state *state = run->state;
    lbfgs_room room = lay_out(run);
    double step = 0;
    run->length = 0;
    for (;;) {
        direction(run, &room, state);
        step = state->count > 0 ? 1 : usph_first_step(run, room.p);
        USPH_TRY(usph_search_wolfe(run, room.p, &room.trial, &step));
        if (step > 0 || state->count == 0)
            break;
        state->count = 0; /* a bad model: once more along the gradient */
    }
    if (step == 0)
        return USPH_OK;
    remember(run, &room, state);
    usph_trial_accept(run, room.p, &room.trial);
    return USPH_OK;
}

/** Limited-memory BFGS on the product of spheres, with a Wolfe line search. */
const usph_solver usph_solver_lbfgs = {
    .entry = {
        .name = "lbfgs",
        .title = "L-BFGS",
        .formula = "x <- R(-a H grad f(x)), H from the last m moves",
        .source = "LiuNocedal1989",
        .note = "the default for smooth objectives",
        .params = { { .name = "m",
                      .type = USPH_INT,
                      .def = 10,
                      .lo = 1,
                      .hi = MAX_MEMORY,
                      .doc = "moves remembered" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(lbfgs_state),
    .scratch = lbfgs_scratch,
    .step = lbfgs_step,
};
