#include "solvers/best.h"

#include <math.h>
#include <string.h>

size_t usph_best_scratch(usph_shape shape)
{
    return 2 * usph_workspace_cost(usph_shape_size(shape));
}

usph_best usph_best_take(usph_shape shape, double *scratch, double *value)
{
    return (usph_best){
        .x = scratch,
        .grad = scratch + usph_workspace_cost(usph_shape_size(shape)),
        .value = value,
    };
}

void usph_best_set(const usph_run *run, const usph_best *best)
{
    const size_t bytes = usph_shape_size(run->shape) * sizeof *best->x;
    memcpy(best->x, run->x, bytes);
    memcpy(best->grad, run->grad, bytes);
    *best->value = run->value;
}

void usph_best_keep(const usph_run *run, const usph_best *best)
{
    if (run->value < *best->value)
        usph_best_set(run, best);
}

void usph_best_return(usph_run *run, const usph_best *best)
{
    static const double ROUNDING = 1e-15; /* relative; the last gradient is smaller */
    const size_t bytes = usph_shape_size(run->shape) * sizeof *best->x;
    if (run->value <= *best->value + ROUNDING * fabs(*best->value))
        return;
    memcpy(run->x, best->x, bytes);
    memcpy(run->grad, best->grad, bytes);
    run->value = *best->value;
}
