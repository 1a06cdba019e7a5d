#include <math.h>
#include <string.h>

#include "solvers/walker.h"

enum {
    SWEEPS, /* places of the parameters */
    REPLICAS,
    MOVES,
    HOT,
    COLD,
};

enum {
    MAX_REPLICAS = 32,
};

typedef struct tempering_state {
    double unit; /* of temperature */
    double sweep;
    /* of the walker at each temperature, coldest first; `place` says which arrays of
       the scratch it has, so that an exchange moves no points */
    double value[MAX_REPLICAS], h[MAX_REPLICAS];
    size_t place[MAX_REPLICAS];
} tempering_state;

static size_t replicas_of(const double *values)
{
    return (size_t)values[REPLICAS];
}

static size_t tempering_scratch(const double *values, usph_shape shape)
{
    return replicas_of(values) * usph_walker_scratch(shape) +
           usph_walk_room_scratch(shape) + usph_quench_scratch(shape);
}

static double *walkers_end(const usph_run *run)
{
    return run->scratch + replicas_of(run->values) * usph_walker_scratch(run->shape);
}

/* The walker at temperature number r. */
static usph_walker walker_at(const usph_run *run, const tempering_state *state,
                             size_t r)
{
    usph_walker walker = { .value = state->value[r], .h = state->h[r] };
    usph_walker_take(&walker, run->shape,
                     run->scratch + state->place[r] * usph_walker_scratch(run->shape));
    return walker;
}

static double temperature_at(const usph_run *run, const tempering_state *state,
                             size_t r)
{
    const double last = (double)replicas_of(run->values) - 1;
    const double cold = run->values[COLD];
    return state->unit * cold *
           pow(run->values[HOT] / cold, last > 0 ? (double)r / last : 0);
}

static usph_status tempering_start(usph_run *run)
{
    tempering_state *state = run->state;
    usph_walk_room room;
    usph_walk_room_take(&room, run->shape, walkers_end(run));
    USPH_TRY(usph_walk_unit(run, &room, &state->unit));
    for (size_t r = 0; r < replicas_of(run->values); r++) {
        state->place[r] = r;
        state->value[r] = run->value;
        state->h[r] = usph_walk_first_h(run, state->unit);
        const usph_walker walker = walker_at(run, state, r);
        memcpy(walker.x, run->x, usph_shape_size(run->shape) * sizeof *walker.x);
        memcpy(walker.grad, run->grad, usph_shape_size(run->shape) * sizeof *walker.x);
    }
    return USPH_OK;
}

static usph_status walk_all(usph_run *run, tempering_state *state,
                            const usph_walk_room *room)
{
    for (size_t r = 0; r < replicas_of(run->values); r++) {
        usph_walker walker = walker_at(run, state, r);
        for (size_t m = 0; m < (size_t)run->values[MOVES]; m++) {
            USPH_TRY(usph_walk(run, &walker, temperature_at(run, state, r), room));
            usph_walk_keep_best(run, &walker);
        }
        state->value[r] = walker.value;
        state->h[r] = walker.h;
    }
    return USPH_OK;
}

/* Neighbours change places with the probability that keeps both distributions. */
static void exchange(usph_run *run, tempering_state *state)
{
    for (size_t r = 0; r + 1 < replicas_of(run->values); r++) {
        const double cold = temperature_at(run, state, r);
        const double hot = temperature_at(run, state, r + 1);
        const double gain =
            (1 / cold - 1 / hot) * (state->value[r] - state->value[r + 1]);
        if (usph_rng_uniform(run->rng) >= exp(fmin(0, gain)))
            continue;
        const double value = state->value[r];
        const size_t place = state->place[r];
        state->value[r] = state->value[r + 1];
        state->place[r] = state->place[r + 1];
        state->value[r + 1] = value;
        state->place[r + 1] = place;
    }
}

/* Every replica walks, then neighbours may change places. */
static usph_status tempering_step(usph_run *run)
{
    tempering_state *state = run->state;
    usph_walk_room room;
    double *quench = usph_walk_room_take(&room, run->shape, walkers_end(run));
    run->length = 1;
    if (state->sweep >= run->values[SWEEPS] || !(state->unit > 0))
        return usph_quench(run, quench);
    USPH_TRY(walk_all(run, state, &room));
    exchange(run, state);
    state->sweep++;
    return USPH_OK;
}

/**
 * Replicas at a ladder of temperatures that exchange their points, then a descent from
 * the lowest that any of them saw. A step costs replicas x moves evaluations.
 */
const usph_solver usph_solver_tempering = {
    .entry = {
        .name = "tempering",
        .title = "parallel tempering",
        .formula = "Langevin walks at T_1 < .. < T_k; neighbours exchange with "
                   "probability min(1, exp((1/T_i - 1/T_j)(f_i - f_j)))",
        .source = "Geyer1991",
        .note = "a step is a walk of every replica",
        .params = { [SWEEPS] = { .name = "sweeps",
                                 .type = USPH_INT,
                                 .def = 40,
                                 .lo = 1,
                                 .hi = 1e6,
                                 .doc = "walks and exchanges" },
                    [REPLICAS] = { .name = "replicas",
                                   .type = USPH_INT,
                                   .def = 6,
                                   .lo = 2,
                                   .hi = MAX_REPLICAS,
                                   .doc = "temperatures" },
                    [MOVES] = { .name = "moves",
                                .type = USPH_INT,
                                .def = 10,
                                .lo = 1,
                                .hi = 1e9,
                                .doc = "moves of a walk" },
                    [HOT] = { .name = "t0",
                              .type = USPH_REAL,
                              .def = 1,
                              .lo = 0,
                              .lo_open = true,
                              .hi = 1e9,
                              .doc = "highest temperature, as of langevin" },
                    [COLD] = { .name = "t1",
                               .type = USPH_REAL,
                               .def = 0.01,
                               .lo = 0,
                               .lo_open = true,
                               .hi = 1e9,
                               .doc = "lowest temperature" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_RANDOM | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(tempering_state),
    .scratch = tempering_scratch,
    .start = tempering_start,
    .step = tempering_step,
};
