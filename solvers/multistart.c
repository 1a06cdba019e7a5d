#include "solvers/multistart.h"

#include <string.h>

#include "core/threads.h"

typedef struct crowd {
    const usph_multistart *ms;
    const usph_problem *problem;
    usph_start *detail;
    double *x;   /* best points so far */
    size_t best; /* ms->starts while there are none */
    size_t done;
    size_t failed;    /* lowest failed start, ms->starts if none */
    usph_error error; /* of that start */
} crowd;

static usph_status minimize_start(const crowd *c, size_t k, usph_points *points,
                                  usph_result *result, usph_error *err)
{
    const usph_problem *problem = c->problem;
    usph_workspace ws = { 0 };
    usph_objective f;
    void *handle = NULL;
    usph_rng rng;
    usph_stop stop = c->ms->stop;
    if (k > 0)
        stop.trace = NULL;
    USPH_TRY(usph_points_alloc(problem->shape, points, err));
    problem->fill(problem->ctx, k, points->x);
    usph_rng_init(&rng, c->ms->seed, k, USPH_FOR_SOLVER);
    USPH_TRY(problem->open(problem->ctx, &f, &handle, err));
    const usph_status status =
        usph_minimize(&c->ms->solver, &f, &stop, &rng, &ws, points->x, result, err);
    problem->close(problem->ctx, handle);
    usph_workspace_free(&ws);
    return status;
}

static bool is_better(const crowd *c, size_t k)
{
    if (c->detail[k].status != USPH_OK || c->detail[k].skipped)
        return false;
    if (c->best == c->ms->starts)
        return true;
    const double value = c->detail[k].result.value;
    const double best = c->detail[c->best].result.value;
    return value < best || (value == best && k < c->best);
}

/* Called by one thread at a time. */
static void take_in(crowd *c, size_t k, const usph_points *points,
                    const usph_error *err)
{
    if (is_better(c, k)) {
        c->best = k;
        memcpy(c->x, points->x, usph_shape_size(points->shape) * sizeof *c->x);
    }
    if (c->detail[k].status != USPH_OK && k < c->failed) {
        c->failed = k;
        c->error = *err;
    }
    c->done++;
    if (c->ms->progress != NULL)
        c->ms->progress(c->ms->progress_ctx, c->done);
}

static bool too_late(const usph_stop *stop)
{
    return (stop->deadline > 0 && usph_now() >= stop->deadline) ||
           (stop->interrupted != NULL && *stop->interrupted != 0);
}

static usph_status run_start(void *ctx, size_t k, unsigned thread)
{
    crowd *c = ctx;
    usph_points points = { 0 };
    usph_error err = { "" };
    (void)thread;
    c->detail[k].skipped = k > 0 && too_late(&c->ms->stop);
    if (c->detail[k].skipped)
        return USPH_OK;
    c->detail[k].status = minimize_start(c, k, &points, &c->detail[k].result, &err);
#pragma omp critical(usph_multistart_take_in)
    take_in(c, k, &points, &err);
    usph_points_free(&points);
    return USPH_OK;
}

usph_status usph_multistart_run(const usph_multistart *ms, const usph_problem *problem,
                                double *x, size_t *best, usph_start *detail,
                                usph_error *err)
{
    crowd c = {
        .ms = ms,
        .problem = problem,
        .detail = detail,
        .x = x,
        .best = ms->starts,
        .failed = ms->starts,
    };
    memset(detail, 0, ms->starts * sizeof *detail);
    USPH_TRY(usph_threads_check(ms->threads, err));
    USPH_TRY(usph_parallel_for(ms->threads, ms->starts, run_start, &c));
    if (c.best == ms->starts)
        return usph_fail(err, detail[c.failed].status, "%s",
                         c.error.text[0] != '\0'
                             ? c.error.text
                             : usph_status_text(detail[c.failed].status));
    *best = c.best;
    return USPH_OK;
}
