#include <math.h>

#include "solvers/walker.h"

enum {
    LEVELS, /* places of the parameters */
    MOVES,
    FIRST,
    LAST,
};

typedef struct langevin_state {
    double unit; /* of temperature */
    double level;
    double value, h; /* the walker's, whose arrays lie in the scratch */
} langevin_state;

/* Where things lie in the scratch. */
typedef struct langevin_room {
    usph_walker walker;
    usph_walk_room walk;
    double *quench;
} langevin_room;

static size_t langevin_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return usph_walker_scratch(shape) + usph_walk_room_scratch(shape) +
           usph_quench_scratch(shape);
}

static langevin_room lay_out(const usph_run *run)
{
    langevin_room room;
    double *rest = usph_walker_take(&room.walker, run->shape, run->scratch);
    room.quench = usph_walk_room_take(&room.walk, run->shape, rest);
    return room;
}

static usph_status langevin_start(usph_run *run)
{
    langevin_state *state = run->state;
    langevin_room room = lay_out(run);
    usph_walker_start(&room.walker, run);
    state->value = run->value;
    USPH_TRY(usph_walk_unit(run, &room.walk, &state->unit));
    state->h = usph_walk_first_h(run, state->unit);
    return USPH_OK;
}

/* One temperature. */
static usph_status langevin_step(usph_run *run)
{
    langevin_state *state = run->state;
    langevin_room room = lay_out(run);
    const double first = run->values[FIRST];
    const double done = state->level / run->values[LEVELS];
    const double temperature =
        state->unit * first * pow(run->values[LAST] / first, done);
    run->length = 1;
    if (state->level >= run->values[LEVELS] || !(temperature > 0))
        return usph_quench(run, room.quench);
    room.walker.value = state->value;
    room.walker.h = state->h;
    for (size_t m = 0; m < (size_t)run->values[MOVES]; m++) {
        USPH_TRY(usph_walk(run, &room.walker, temperature, &room.walk));
        usph_walk_keep_best(run, &room.walker);
    }
    state->value = room.walker.value;
    state->h = room.walker.h;
    state->level++;
    return USPH_OK;
}

/** Langevin walk of all points with geometric cooling, then a descent from its best. */
const usph_solver usph_solver_langevin = {
    .entry = {
        .name = "langevin",
        .title = "Riemannian Langevin annealing",
        .formula = "x <- R(-h grad f(x) + sqrt(2 h T) w), tested by Metropolis, T from t0 "
                   "to t1, then lbfgs",
        .source = "RobertsTweedie1996",
        .note = "a step is a whole temperature",
        .params = { [LEVELS] = { .name = "levels",
                                 .type = USPH_INT,
                                 .def = 50,
                                 .lo = 1,
                                 .hi = 1e6,
                                 .doc = "temperatures" },
                    [MOVES] = { .name = "moves",
                                .type = USPH_INT,
                                .def = 20,
                                .lo = 1,
                                .hi = 1e9,
                                .doc = "moves at each" },
                    [FIRST] = { .name = "t0",
                                .type = USPH_REAL,
                                .def = 1,
                                .lo = 0,
                                .lo_open = true,
                                .hi = 1e9,
                                .doc = "first temperature, in what a step of 0.1 "
                                       "spacings changes a degree of freedom" },
                    [LAST] = { .name = "t1",
                               .type = USPH_REAL,
                               .def = 1e-3,
                               .lo = 0,
                               .lo_open = true,
                               .hi = 1e9,
                               .doc = "last temperature, in the same unit" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_RANDOM | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(langevin_state),
    .scratch = langevin_scratch,
    .start = langevin_start,
    .step = langevin_step,
};
