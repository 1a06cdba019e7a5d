#include <math.h>
#include <string.h>

#include "solvers/moves.h"
#include "solvers/solver.h"

enum {
    PATIENCE, /* places of the parameters */
    MOVE,
    SIZE,
    LOOSE,
    MEMORY,
};

enum {
    MIX, /* the word that is no move; the moves follow in their order */
};

static const double NOISE = 1e-3;  /* spacings, to leave a saddle that symmetry holds */
static const double RESCUE = 0.1;  /* spacings, to get off coincident points */
static const double BETTER = 1e-9; /* relative gain that is not the end of a descent */

typedef struct basin_state {
    double failures; /* hops in a row that led nowhere lower */
} basin_state;

/* Where things lie in the scratch. */
typedef struct basin_room {
    double *trial;     /* n x d */
    double *move;      /* of a move */
    usph_workspace ws; /* of a descent */
} basin_room;

static usph_spec descent_of(const double *values, bool smooth)
{
    const char *name = smooth ? "lbfgs" : "anneal";
    usph_spec spec =
        usph_spec_default(usph_registry_find(&usph_solvers, name, strlen(name)));
    if (smooth)
        spec.values[0] = values[MEMORY];
    return spec;
}

static size_t descent_scratch(const double *values, usph_shape shape)
{
    const usph_spec smooth = descent_of(values, true);
    const usph_spec rough = descent_of(values, false);
    const size_t a = usph_minimize_scratch(&smooth, shape);
    const size_t b = usph_minimize_scratch(&rough, shape);
    return a > b ? a : b;
}

static size_t basin_scratch(const double *values, usph_shape shape)
{
    return usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(usph_move_scratch(shape)) +
           descent_scratch(values, shape);
}

static basin_room lay_out(const usph_run *run)
{
    basin_room room = { .trial = run->scratch };
    room.move = room.trial + usph_workspace_cost(usph_shape_size(run->shape));
    room.ws = (usph_workspace){
        .data = room.move + usph_workspace_cost(usph_move_scratch(run->shape)),
        .capacity = descent_scratch(run->values, run->shape),
    };
    return room;
}

/* The gradient at which a descent ends that only has to tell basins apart. */
static double loose_tolerance(const usph_run *run)
{
    const double pairs = usph_shape_pairs(run->shape);
    const double loose = run->values[LOOSE];
    return run->f->grad_scale != 1 ? loose : loose * fmax(1, fabs(run->value)) / pairs;
}

/* No evaluation is left for a descent. */
static bool is_spent(const usph_run *run)
{
    const usph_objective *f = run->f;
    return run->stop->max_evals > 0 &&
           f->evals + f->moves / run->shape.n >= run->stop->max_evals;
}

/* Descend from x in place. A start without gradient (coincident points) is worth +inf.
 */
static usph_status descend(usph_run *run, basin_room *room, double tolerance, double *x,
                           double *value)
{
    const usph_spec spec = descent_of(run->values, run->f->smooth);
    usph_stop stop = *run->stop;
    usph_result result = { .value = INFINITY };
    *value = INFINITY;
    if (is_spent(run))
        return USPH_OK;
    stop.grad_tol = tolerance;
    stop.max_steps = 0;
    stop.value_tol = 0;
    stop.trace = NULL;
    const usph_status status =
        usph_minimize(&spec, run->f, &stop, run->rng, &room->ws, x, &result, NULL);
    if (status == USPH_OK)
        *value = result.value;
    return status == USPH_ERR_DOMAIN ? USPH_OK : status;
}

/* Keep the trial if it is lower than where the run is. */
static bool keep_lower(usph_run *run, const basin_room *room, double value, double gain)
{
    const double least = run->value - gain * fabs(run->value);
    const bool lower = isfinite(run->value) ? value < least : value < run->value;
    if (lower) {
        run->value = value;
        memcpy(run->x, room->trial, usph_shape_size(run->shape) * sizeof *run->x);
    }
    return lower;
}

static usph_status hop(usph_run *run, usph_move move, double size, bool *lower)
{
    basin_room room = lay_out(run);
    double value = INFINITY;
    memcpy(room.trial, run->x, usph_shape_size(run->shape) * sizeof *run->x);
    usph_move_apply(move, run->shape, size, run->rng, room.trial, room.move);
    USPH_TRY(descend(run, &room, loose_tolerance(run), room.trial, &value));
    *lower = keep_lower(run, &room, value, BETTER);
    return USPH_OK;
}

/* The start's own basin: what symmetry holds at a saddle is let go by a little noise.
 */
static usph_status basin_start(usph_run *run)
{
    basin_room room = lay_out(run);
    double value = INFINITY;
    bool lower = false;
    memcpy(room.trial, run->x, usph_shape_size(run->shape) * sizeof *run->x);
    if (!isfinite(run->value))
        usph_move_apply(USPH_MOVE_SHAKE, run->shape, RESCUE, run->rng, room.trial,
                        room.move);
    USPH_TRY(descend(run, &room, loose_tolerance(run), room.trial, &value));
    keep_lower(run, &room, value, 0);
    return hop(run, USPH_MOVE_SHAKE, NOISE, &lower);
}

static usph_move draw_move(const usph_run *run)
{
    const int word = (int)run->values[MOVE];
    if (word != MIX)
        return (usph_move)(word - 1);
    return usph_rng_below(run->rng, 2) == 0 ? USPH_MOVE_NEAR : USPH_MOVE_TWIST;
}

/* To the tolerance that the run was asked for. */
static usph_status polish(usph_run *run)
{
    basin_room room = lay_out(run);
    double value = INFINITY;
    memcpy(room.trial, run->x, usph_shape_size(run->shape) * sizeof *run->x);
    USPH_TRY(descend(run, &room, run->stop->grad_tol, room.trial, &value));
    keep_lower(run, &room, value, 0);
    run->finished = true;
    return USPH_OK;
}

static usph_status basin_step(usph_run *run)
{
    basin_state *state = run->state;
    bool lower = false;
    run->length = 1; /* hops have none; not 0, which would mean the end */
    if (state->failures >= run->values[PATIENCE])
        return polish(run);
    USPH_TRY(hop(run, draw_move(run), run->values[SIZE], &lower));
    state->failures = lower ? 0 : state->failures + 1;
    return USPH_OK;
}

/**
 * Monotonic basin hopping: move, descend, and stay where that led lower.
 *
 * Descents end at a loose gradient, enough to tell basins apart; the last one goes to
 * the tolerance of the run. Long chains stay in a wrong funnel, so patience is short
 * and many starts do the rest. Removing and reinserting a point alone is worse than no
 * hops.
 */
const usph_solver usph_solver_basin = {
    .entry = {
        .name = "basin",
        .title = "monotonic basin hopping",
        .formula = "x <- descent(move(x)) if that is lower; ends after `patience` "
                   "failures in a row",
        .source = "WalesDoye1997",
        .note = "the chain of the global search; descends with lbfgs, or anneal without "
                "a gradient",
        .params = { [PATIENCE] = { .name = "patience",
                                   .type = USPH_INT,
                                   .def = 10,
                                   .lo = 0,
                                   .hi = 1e9,
                                   .doc = "failures in a row that end a chain" },
                    [MOVE] = { .name = "move",
                               .type = USPH_WORD,
                               .words = "mix|shake|near|twist|reinsert",
                               .doc = "mix: near or twist" },
                    [SIZE] = { .name = "size",
                               .type = USPH_REAL,
                               .def = 0.4,
                               .lo = 0,
                               .hi = 10,
                               .doc = "standard deviation of a shake, in spacings" },
                    [LOOSE] = { .name = "loose",
                                .type = USPH_REAL,
                                .def = 1e-3,
                                .lo = 0,
                                .hi = 1,
                                .lo_open = true,
                                .doc = "gradient norm that ends a descent" },
                    [MEMORY] = { .name = "m",
                                 .type = USPH_INT,
                                 .def = 6,
                                 .lo = 1,
                                 .hi = 64,
                                 .doc = "moves that lbfgs remembers" } },
    },
    .flags = USPH_SOLVER_RANDOM | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(basin_state),
    .scratch = basin_scratch,
    .start = basin_start,
    .step = basin_step,
};
