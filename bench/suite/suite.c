#include "bench/suite/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/threads.h"
#include "points/generator.h"

size_t usph_suite_count(const usph_suite *suite)
{
    const size_t solvers = suite->solvers.count > 0 ? suite->solvers.count : 1;
    return suite->objectives.count * solvers * suite->d.count * suite->n.count *
           suite->seeds;
}

usph_item usph_suite_item(const usph_suite *suite, size_t i)
{
    const size_t solvers = suite->solvers.count > 0 ? suite->solvers.count : 1;
    usph_item item = { .seed = suite->seed + i % suite->seeds };
    i /= suite->seeds;
    const size_t solver = i % solvers;
    if (suite->solvers.count > 0)
        item.solver = suite->solvers.items[solver];
    i /= solvers;
    item.objective = &suite->objectives.items[i % suite->objectives.count];
    i /= suite->objectives.count;
    const usph_size n = suite->n.items[i % suite->n.count];
    i /= suite->n.count;
    item.shape.d = usph_size_at(suite->d.items[i], 0);
    item.shape.n = usph_size_at(n, item.shape.d);
    return item;
}

typedef struct suite_run {
    const usph_suite *suite;
    usph_record *records;
    void (*progress)(void *ctx, size_t done);
    void *progress_ctx;
    size_t done;
    usph_error error; /* of the first failed item, by number */
    size_t failed;    /* its number */
} suite_run;

/* What the run itself says goes into every record of the item. */
static void fill_identity(usph_record *record, const usph_suite *suite,
                          const usph_item *item, const usph_start *outcome)
{
    usph_metric_print(item->objective, record->objective, sizeof record->objective);
    usph_spec_print(&item->solver, record->solver, sizeof record->solver);
    usph_spec_print(&suite->points, record->points, sizeof record->points);
    record->seed = item->seed;
    if (outcome->status != USPH_OK)
        return;
    record->reason = usph_reason_text(outcome->result.reason);
    record->grad_norm = outcome->result.grad_norm;
    record->evals = outcome->result.evals;
}

/* Solvers differ by whether the objective has a gradient; ask one. */
static usph_status complete_item(const usph_suite *suite, usph_item *item,
                                 usph_error *err)
{
    usph_metric_objective mo;
    usph_objective f;
    USPH_TRY(usph_generator_shape(&suite->points, &item->shape, err));
    if (item->solver.entry != NULL)
        return USPH_OK;
    USPH_TRY(usph_metric_objective_init(&mo, item->objective, item->shape,
                                        (usph_effort){ 0 }, &f, err));
    item->solver = usph_solver_default(&f);
    usph_metric_objective_free(&mo);
    return USPH_OK;
}

static usph_status measure_all(const usph_suite *suite, const usph_item *item,
                               const usph_start *outcome, const double *x,
                               const usph_error *why, usph_record *records,
                               usph_error *err)
{
    const usph_metric_list *metrics = &suite->metrics;
    usph_status undefined[USPH_MAX_SPECS];
    usph_workspace ws = { 0 };
    for (size_t k = 0; k < metrics->count; k++) {
        records[k] = usph_record_new(&metrics->items[k], item->shape);
        fill_identity(&records[k], suite, item, outcome);
        if (outcome->status != USPH_OK)
            snprintf(records[k].note, sizeof records[k].note, "%.150s", why->text);
    }
    if (outcome->status != USPH_OK)
        return USPH_OK;
    const usph_status status = usph_records_measure(
        records, metrics->items, metrics->count, item->shape, x, &ws, undefined, err);
    usph_workspace_free(&ws);
    return status;
}

static usph_status run_item(const suite_run *run, size_t i, usph_error *err)
{
    const usph_suite *suite = run->suite;
    usph_item item = usph_suite_item(suite, i);
    USPH_TRY(complete_item(suite, &item, err));
    usph_metric_problem mp = {
        .objective = item.objective,
        .points = &suite->points,
        .shape = item.shape,
        .seed = item.seed,
    };
    const usph_problem problem = usph_metric_problem_of(&mp);
    const usph_multistart ms = {
        .solver = item.solver,
        .stop = suite->stop,
        .seed = item.seed,
        .starts = 1,
        .threads = 1,
    };
    usph_points points = { 0 };
    usph_start outcome;
    usph_error why = { "" };
    size_t best = 0;
    USPH_TRY(usph_points_alloc(item.shape, &points, err));
    usph_status status =
        usph_multistart_run(&ms, &problem, points.x, &best, &outcome, &why);
    if (status != USPH_ERR_NOMEM)
        status = measure_all(suite, &item, &outcome, points.x, &why,
                             run->records + i * suite->metrics.count, err);
    usph_points_free(&points);
    return status;
}

static usph_status run_body(void *ctx, size_t i, unsigned thread)
{
    suite_run *run = ctx;
    usph_error err = { "" };
    (void)thread;
    const usph_status status = run_item(run, i, &err);
#pragma omp critical(usph_suite_run)
    {
        run->done++;
        if (status != USPH_OK && i < run->failed) {
            run->failed = i;
            run->error = err;
        }
        if (run->progress != NULL)
            run->progress(run->progress_ctx, run->done);
    }
    return status;
}

static usph_status score_all(const usph_suite *suite, usph_record *records,
                             size_t count, usph_error *err)
{
    usph_baselines baselines = { 0 };
    usph_status status = USPH_OK;
    for (size_t i = 0; i < count && status == USPH_OK; i++)
        for (size_t k = 0; k < suite->metrics.count && status == USPH_OK; k++)
            status = usph_record_score(
                &records[i * suite->metrics.count + k], &suite->metrics.items[k],
                &baselines, (usph_scoring){ suite->threads, suite->bounds }, err);
    usph_baselines_free(&baselines);
    return status;
}

usph_status usph_suite_run(const usph_suite *suite, usph_record *records,
                           void (*progress)(void *ctx, size_t done), void *progress_ctx,
                           usph_error *err)
{
    const size_t count = usph_suite_count(suite);
    suite_run run = {
        .suite = suite,
        .records = records,
        .progress = progress,
        .progress_ctx = progress_ctx,
        .failed = count,
    };
    USPH_TRY(usph_threads_check(suite->threads, err));
    const usph_status status = usph_parallel_for(suite->threads, count, run_body, &run);
    if (status != USPH_OK)
        return usph_fail(err, status, "%s",
                         run.error.text[0] != '\0' ? run.error.text
                                                   : usph_status_text(status));
    return score_all(suite, records, count, err);
}
