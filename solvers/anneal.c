#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/solver.h"

enum {
    SWEEPS, /* places of the parameters */
    FIRST,
    LAST,
};

typedef struct anneal_state {
    double unit; /* mean |change| of the trial sweep: what temperatures count in */
    double temperature; /* of this sweep */
    double width;       /* standard deviation of a proposal, radians */
    double best_value;
    size_t sweep;
} anneal_state;

typedef struct anneal_room {
    double *trial; /* n x d, equal to x between moves */
    double *best;  /* n x d */
    double *xi;    /* d, proposed place */
} anneal_room;

static size_t anneal_scratch(const double *values, usph_shape shape)
{
    (void)values;
    return 2 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.d);
}

static anneal_room lay_out(const usph_run *run)
{
    const size_t size = usph_workspace_cost(usph_shape_size(run->shape));
    return (anneal_room){
        .trial = run->scratch,
        .best = run->scratch + size,
        .xi = run->scratch + 2 * size,
    };
}

/* A Gaussian step in the space around, then back to the sphere. */
static void propose(usph_run *run, double width, size_t i, double *xi)
{
    const size_t d = run->shape.d;
    const double *x = run->x + i * d;
    usph_rng_normal(run->rng, d, xi);
    for (size_t k = 0; k < d; k++)
        xi[k] = x[k] + width * xi[k];
    usph_sphere_normalize((usph_shape){ 1, d }, xi);
}

static void keep_best(const usph_run *run, const anneal_room *room, anneal_state *state)
{
    if (run->value >= state->best_value)
        return;
    state->best_value = run->value;
    memcpy(room->best, run->x, usph_shape_size(run->shape) * sizeof *room->best);
}

/* Trial moves from every point, none taken, set the scale of the temperature. */
static usph_status anneal_start(usph_run *run)
{
    anneal_state *state = run->state;
    const anneal_room room = lay_out(run);
    const size_t n = run->shape.n;
    double sum = 0;
    memcpy(room.trial, run->x, usph_shape_size(run->shape) * sizeof *room.trial);
    memcpy(room.best, run->x, usph_shape_size(run->shape) * sizeof *room.best);
    state->best_value = run->value;
    /* half the mean spacing of n points on a (d-1)-sphere, spread over d directions */
    state->width = 0.5 * pow((double)n, -1 / ((double)run->shape.d - 1)) /
                   sqrt((double)run->shape.d);
    for (size_t i = 0; i < n; i++) {
        double delta = 0;
        propose(run, state->width, i, room.xi);
        USPH_TRY(usph_objective_move(run->f, run->x, run->value, i, room.xi, room.trial,
                                     &delta));
        sum += isfinite(delta) ? fabs(delta) : 0;
    }
    state->unit = sum / (double)n;
    return USPH_OK;
}

/* From infinity (coincident points) every move is taken: the change is -inf or unknown.
 */
static bool accept(usph_run *run, double delta, double temperature)
{
    if (!isfinite(run->value))
        return true;
    return delta <= 0 || usph_rng_uniform(run->rng) < exp(-delta / temperature);
}

static usph_status sweep_points(usph_run *run, const anneal_room *room,
                                const anneal_state *state, size_t *taken)
{
    const size_t d = run->shape.d;
    for (size_t m = 0; m < run->shape.n; m++) {
        const size_t i = usph_rng_below(run->rng, run->shape.n);
        double delta = 0;
        propose(run, state->width, i, room->xi);
        USPH_TRY(usph_objective_move(run->f, run->x, run->value, i, room->xi,
                                     room->trial, &delta));
        if (!accept(run, delta, state->temperature))
            continue;
        memcpy(run->x + i * d, room->xi, d * sizeof *run->x);
        memcpy(room->trial + i * d, room->xi, d * sizeof *run->x);
        if (isfinite(run->value))
            run->value += delta;
        (*taken)++;
    }
    return USPH_OK;
}

static usph_status anneal_step(usph_run *run)
{
    anneal_state *state = run->state;
    const anneal_room room = lay_out(run);
    const double done = (double)state->sweep / run->values[SWEEPS];
    const double first = run->values[FIRST];
    size_t taken = 0;
    state->temperature = state->unit * first * pow(run->values[LAST] / first, done);
    USPH_TRY(sweep_points(run, &room, state, &taken));
    /* the changes' roundings add up: start each sweep from the true value */
    USPH_TRY(usph_objective_eval(run->f, run->x, &run->value, NULL));
    keep_best(run, &room, state);
    /* hold the share of accepted moves near 0.3 */
    const double share = (double)taken / (double)run->shape.n;
    state->width = fmin(1, state->width * exp(0.5 * (share - 0.3)));
    state->sweep++;
    run->finished = (double)state->sweep >= run->values[SWEEPS];
    run->length = state->width;
    return USPH_OK;
}

static void anneal_finish(usph_run *run)
{
    const anneal_state *state = run->state;
    const anneal_room room = lay_out(run);
    memcpy(run->x, room.best, usph_shape_size(run->shape) * sizeof *run->x);
    run->value = state->best_value;
}

/** Simulated annealing: Metropolis moves of single points with geometric cooling. */
const usph_solver usph_solver_anneal = {
    .entry = {
        .name = "anneal",
        .title = "simulated annealing",
        .formula = "accept a move with probability min(1, exp(-change/T)), T from t0 to t1",
        .source = "KirkpatrickGelattVecchi1983",
        .note = "needs no gradient: the default for objectives that are not smooth",
        .params = { { .name = "sweeps",
                      .type = USPH_INT,
                      .def = 2000,
                      .lo = 1,
                      .hi = 1e9,
                      .doc = "sweeps of n proposed moves" },
                    { .name = "t0",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e9,
                      .doc = "first temperature, in mean |change| of a trial sweep" },
                    { .name = "t1",
                      .type = USPH_REAL,
                      .def = 1e-6,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e9,
                      .doc = "last temperature, in the same unit" } },
    },
    .flags = USPH_SOLVER_RANDOM | USPH_SOLVER_MONOTONE | USPH_SOLVER_SCHEDULE,
    .state_size = sizeof(anneal_state),
    .scratch = anneal_scratch,
    .start = anneal_start,
    .step = anneal_step,
    .finish = anneal_finish,
};
