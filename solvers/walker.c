#include "solvers/walker.h"

#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/moves.h"

enum {
    TRIALS = 4, /* random steps that set the unit of temperature */
};

static const double SMALL = 0.1;   /* spacings of such a step */
static const double TAKEN = 0.574; /* share of moves to take: fastest in many
                                      dimensions, RobertsRosenthal1998 */
static const double ADAPT = 0.1;   /* rate at which h follows */

size_t usph_walker_scratch(usph_shape shape)
{
    return 2 * usph_workspace_cost(usph_shape_size(shape));
}

size_t usph_walk_room_scratch(usph_shape shape)
{
    return 3 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.n);
}

double *usph_walker_take(usph_walker *walker, usph_shape shape, double *scratch)
{
    const size_t size = usph_workspace_cost(usph_shape_size(shape));
    walker->x = scratch;
    walker->grad = scratch + size;
    return scratch + 2 * size;
}

double *usph_walk_room_take(usph_walk_room *room, usph_shape shape, double *scratch)
{
    const size_t size = usph_workspace_cost(usph_shape_size(shape));
    *room = (usph_walk_room){ scratch, scratch + size, scratch + 2 * size,
                              scratch + 3 * size };
    return scratch + usph_walk_room_scratch(shape);
}

void usph_walker_start(usph_walker *walker, const usph_run *run)
{
    const size_t bytes = usph_shape_size(run->shape) * sizeof *run->x;
    memcpy(walker->x, run->x, bytes);
    memcpy(walker->grad, run->grad, bytes);
    walker->value = run->value;
}

usph_status usph_walk_unit(usph_run *run, const usph_walk_room *room, double *unit)
{
    const usph_shape shape = run->shape;
    const double step = SMALL * usph_spacing(shape);
    double sum = 0;
    for (int t = 0; t < TRIALS; t++) {
        double value = 0;
        usph_rng_normal(run->rng, usph_shape_size(shape), room->v);
        usph_sphere_tangent(shape, run->x, room->v);
        usph_sphere_retract(shape, run->x, step, room->v, room->y, NULL);
        const usph_status status = usph_objective_eval(run->f, room->y, &value, NULL);
        if (status != USPH_ERR_DOMAIN)
            USPH_TRY(status);
        if (status == USPH_OK && isfinite(value))
            sum += fabs(value - run->value);
    }
    *unit = sum / (TRIALS * (double)(shape.n * (shape.d - 1)));
    return USPH_OK;
}

double usph_walk_first_h(const usph_run *run, double temperature)
{
    const double step = SMALL * usph_spacing(run->shape);
    return temperature > 0 ? step * step / (2 * temperature) : 1;
}

/*
 * log of the ratio of the densities of the move back and the move there. In the tangent
 * space of y the move back is -v, projected; it would need noise (h grad f(y) -
 * v_back), and the noise of the move there was v + h grad f(x).
 */
static double log_ratio(const usph_walker *walker, double temperature,
                        const usph_walk_room *room, usph_shape shape)
{
    const double h = walker->h;
    double there = 0;
    double back = 0;
    for (size_t k = 0; k < usph_shape_size(shape); k++) {
        const double noise = room->v[k] + h * walker->grad[k];
        there += noise * noise;
    }
    usph_sphere_tangent(shape, room->y, room->v);
    for (size_t k = 0; k < usph_shape_size(shape); k++) {
        const double noise = h * room->grad[k] - room->v[k];
        back += noise * noise;
    }
    return (there - back) / (4 * h * temperature);
}

static void propose(usph_run *run, const usph_walker *walker, double temperature,
                    const usph_walk_room *room)
{
    const double noise = sqrt(2 * walker->h * temperature);
    usph_rng_normal(run->rng, usph_shape_size(run->shape), room->v);
    usph_sphere_tangent(run->shape, walker->x, room->v);
    for (size_t k = 0; k < usph_shape_size(run->shape); k++)
        room->v[k] = noise * room->v[k] - walker->h * walker->grad[k];
    usph_sphere_retract(run->shape, walker->x, 1, room->v, room->y, room->lengths);
}

usph_status usph_walk(usph_run *run, usph_walker *walker, double temperature,
                      const usph_walk_room *room)
{
    const size_t bytes = usph_shape_size(run->shape) * sizeof *run->x;
    double value = 0;
    bool taken = false;
    propose(run, walker, temperature, room);
    const usph_status status = usph_objective_eval(run->f, room->y, &value, room->grad);
    if (status != USPH_ERR_DOMAIN)
        USPH_TRY(status);
    if (status == USPH_OK && isfinite(value)) {
        usph_sphere_tangent(run->shape, room->y, room->grad);
        const double log_chance = (walker->value - value) / temperature +
                                  log_ratio(walker, temperature, room, run->shape);
        taken = usph_rng_uniform(run->rng) < exp(fmin(0, log_chance));
    }
    walker->h *= exp(ADAPT * ((taken ? 1 : 0) - TAKEN));
    if (!taken)
        return USPH_OK;
    memcpy(walker->x, room->y, bytes);
    memcpy(walker->grad, room->grad, bytes);
    walker->value = value;
    return USPH_OK;
}

void usph_walk_keep_best(usph_run *run, const usph_walker *walker)
{
    const size_t bytes = usph_shape_size(run->shape) * sizeof *run->x;
    if (!(walker->value < run->value))
        return;
    memcpy(run->x, walker->x, bytes);
    memcpy(run->grad, walker->grad, bytes);
    run->value = walker->value;
}

static usph_spec descent(void)
{
    return usph_spec_default(usph_registry_find(&usph_solvers, "lbfgs", 5));
}

size_t usph_quench_scratch(usph_shape shape)
{
    const usph_spec spec = descent();
    return usph_minimize_scratch(&spec, shape);
}

usph_status usph_quench(usph_run *run, double *scratch)
{
    const usph_spec spec = descent();
    usph_workspace ws = { .data = scratch,
                          .capacity = usph_quench_scratch(run->shape) };
    usph_stop stop = *run->stop;
    usph_result result;
    stop.max_steps = 0;
    stop.trace = NULL;
    const usph_status status =
        usph_minimize(&spec, run->f, &stop, run->rng, &ws, run->x, &result, NULL);
    if (status != USPH_ERR_DOMAIN)
        USPH_TRY(status);
    run->finished = true;
    const usph_status again =
        usph_objective_eval(run->f, run->x, &run->value, run->grad);
    if (again == USPH_OK)
        usph_sphere_tangent(run->shape, run->x, run->grad);
    return again == USPH_ERR_DOMAIN ? USPH_OK : again;
}
