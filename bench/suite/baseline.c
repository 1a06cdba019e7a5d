#include "bench/suite/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/suite/median.h"
#include "core/points.h"
#include "core/sphere.h"
#include "core/threads.h"

enum {
    MAX_DRAWS = 1000,
    MIN_DRAWS = 32,
};

static const double MAX_WORK = 4e9; /* n^2 d times draws: a few seconds of one core */
static const double LONGEST = 1e11; /* more than a minute of one core */
static const uint64_t BASELINE_SEED = 1;

typedef struct usph_baseline_entry {
    char metric[USPH_MAX_SPEC];
    usph_shape shape;
    usph_baseline baseline;
    bool bounded; /* whether the bound was looked for */
    usph_bound bound;
} usph_baseline_entry;

typedef struct sampling {
    const usph_metric_spec *m;
    usph_shape shape;
    double *values; /* of each draw */
} sampling;

usph_status usph_baseline_points(usph_shape shape, size_t k, usph_points *out)
{
    usph_rng rng;
    USPH_TRY(usph_points_alloc(shape, out, NULL));
    usph_rng_init(&rng, BASELINE_SEED, k, USPH_FOR_BASELINE);
    usph_sphere_uniform(shape, &rng, out->x);
    return USPH_OK;
}

static usph_status draw(void *ctx, size_t k, unsigned thread)
{
    const sampling *s = ctx;
    usph_points points = { 0 };
    usph_workspace ws = { 0 };
    usph_measure measure;
    (void)thread;
    USPH_TRY(usph_baseline_points(s->shape, k, &points));
    usph_status status =
        usph_workspace_reserve(&ws, usph_metric_scratch(s->m, s->shape, 1));
    if (status == USPH_OK)
        status = usph_metric_eval(s->m, s->shape, points.x, &ws, &measure, NULL);
    if (status == USPH_OK)
        s->values[k] = measure.value;
    usph_workspace_free(&ws);
    usph_points_free(&points);
    return status;
}

static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += values[k];
    return sum / (double)count;
}

static size_t draws_for(const usph_metric_spec *m, usph_shape shape)
{
    const double draws = MAX_WORK / usph_metric_work(m, shape);
    return draws > MAX_DRAWS   ? MAX_DRAWS
           : draws < MIN_DRAWS ? MIN_DRAWS
                               : (size_t)draws;
}

static usph_status sample(const usph_metric_spec *m, usph_shape shape, unsigned threads,
                          bool diverges, usph_baseline *out, usph_error *err)
{
    const size_t draws = draws_for(m, shape);
    sampling s = { m, shape, calloc(draws, sizeof(double)) };
    if (s.values == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory: %zu draws", draws);
    const usph_status status = usph_parallel_for(threads, draws, draw, &s);
    if (status == USPH_OK)
        *out = (usph_baseline){
            .value = diverges ? usph_median(s.values, draws) : mean_of(s.values, draws),
            .kind = diverges ? USPH_IID_MEDIAN : USPH_IID_MONTE_CARLO,
            .draws = draws,
        };
    free(s.values);
    /* not computable for random points: then there is no baseline, and no error */
    if (status == USPH_ERR_DOMAIN)
        return USPH_OK;
    if (status != USPH_OK)
        return usph_fail(err, status, "%s: %s", m->metric.entry->name,
                         usph_status_text(status));
    return USPH_OK;
}

static usph_status find(const usph_metric_spec *m, usph_shape shape, unsigned threads,
                        usph_baseline *out, usph_error *err)
{
    const double expected = usph_metric_expected(m, shape);
    *out = (usph_baseline){ .value = NAN };
    if (usph_metric_check(m, shape, NULL) != USPH_OK)
        return USPH_OK;
    if (isfinite(expected)) {
        const bool sum = (usph_metric_of(m)->flags & USPH_METRIC_QUADRATURE) != 0;
        *out = (usph_baseline){
            .value = expected,
            .kind = sum ? USPH_IID_QUADRATURE : USPH_IID_EXACT,
        };
        return USPH_OK;
    }
    if (MIN_DRAWS * usph_metric_work(m, shape) > LONGEST)
        return USPH_OK; /* minutes for a baseline: then there is none */
    return sample(m, shape, threads, isinf(expected), out, err);
}

static usph_status remember(usph_baselines *known, const usph_baseline_entry *entry,
                            usph_error *err)
{
    if (known->count == known->capacity) {
        const size_t capacity = 2 * known->capacity + 16;
        usph_baseline_entry *items =
            realloc(known->items, capacity * sizeof *known->items);
        if (items == NULL)
            return usph_fail(err, USPH_ERR_NOMEM, "out of memory: %zu baselines",
                             capacity);
        known->items = items;
        known->capacity = capacity;
    }
    known->items[known->count++] = *entry;
    return USPH_OK;
}

static usph_baseline_entry *recall(const usph_baselines *known,
                                   const usph_metric_spec *m, usph_shape shape)
{
    char metric[USPH_MAX_SPEC];
    usph_metric_print(m, metric, sizeof metric);
    for (size_t i = 0; i < known->count; i++) {
        usph_baseline_entry *item = &known->items[i];
        if (item->shape.n == shape.n && item->shape.d == shape.d &&
            strcmp(item->metric, metric) == 0)
            return item;
    }
    return NULL;
}

usph_status usph_baseline_of(usph_baselines *known, const usph_metric_spec *m,
                             usph_shape shape, unsigned threads, usph_baseline *out,
                             usph_error *err)
{
    const usph_baseline_entry *item = recall(known, m, shape);
    usph_baseline_entry entry = { .shape = shape };
    if (item == NULL) {
        usph_metric_print(m, entry.metric, sizeof entry.metric);
        USPH_TRY(find(m, shape, threads, &entry.baseline, err));
        USPH_TRY(remember(known, &entry, err));
        item = &entry;
    }
    *out = item->baseline;
    return USPH_OK;
}

usph_bound usph_baseline_bound(usph_baselines *known, const usph_metric_spec *m,
                               usph_shape shape, usph_bounds_effort effort)
{
    usph_baseline_entry *item = recall(known, m, shape);
    if (item == NULL)
        return usph_bound_best(m, shape, effort);
    if (!item->bounded)
        item->bound = usph_bound_best(m, shape, effort);
    item->bounded = true;
    return item->bound;
}

void usph_baselines_free(usph_baselines *known)
{
    free(known->items);
    *known = (usph_baselines){ 0 };
}
