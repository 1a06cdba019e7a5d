#include <stdlib.h>
#include <string.h>

#include "bench/suite/suite.h"
#include "points/generator.h"

static usph_status problem_open(void *ctx, usph_objective *f, void **handle,
                                usph_error *err)
{
    const usph_metric_problem *mp = ctx;
    usph_metric_objective *mo = malloc(sizeof *mo);
    if (mo == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory");
    const usph_status status =
        usph_metric_objective_init(mo, mp->objective, mp->shape, mp->effort, f, err);
    if (status != USPH_OK) {
        free(mo);
        return status;
    }
    *handle = mo;
    return USPH_OK;
}

static void problem_close(void *ctx, void *handle)
{
    (void)ctx;
    usph_metric_objective_free(handle);
    free(handle);
}

static void problem_fill(void *ctx, size_t start, double *x)
{
    const usph_metric_problem *mp = ctx;
    usph_rng rng;
    if (mp->x != NULL && start == 0) {
        memcpy(x, mp->x, usph_shape_size(mp->shape) * sizeof *x);
        return;
    }
    usph_rng_init(&rng, mp->seed, start, USPH_FOR_POINTS);
    usph_generate(mp->points, mp->shape, &rng, x);
}

usph_problem usph_metric_problem_of(usph_metric_problem *mp)
{
    return (usph_problem){
        .shape = mp->shape,
        .open = problem_open,
        .close = problem_close,
        .fill = problem_fill,
        .ctx = mp,
    };
}
