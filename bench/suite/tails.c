#include "bench/suite/tails.h"

#include <math.h>
#include <stdlib.h>

#include "bench/suite/baseline.h"
#include "core/points.h"
#include "core/threads.h"

/* The tests among the metrics of a list, and what they were for each draw. */
typedef struct drawing {
    usph_metric_spec *m;
    size_t count;
    usph_shape shape;
    double *values; /* draws x count; NAN: not computable there */
} drawing;

static usph_status evaluate(const drawing *dr, const double *x, double *values)
{
    usph_workspace ws = { 0 };
    usph_measure *measures = calloc(dr->count, sizeof *measures);
    usph_status *status = calloc(dr->count, sizeof *status);
    usph_status result = measures != NULL && status != NULL ? USPH_OK : USPH_ERR_NOMEM;
    if (result == USPH_OK)
        result =
            usph_metrics_eval(dr->m, dr->count, dr->shape, x, &ws, measures, status);
    for (size_t k = 0; k < dr->count && result == USPH_OK; k++)
        values[k] = status[k] == USPH_OK ? measures[k].value : (double)NAN;
    usph_workspace_free(&ws);
    free(measures);
    free(status);
    return result;
}

static usph_status draw(void *ctx, size_t k, unsigned thread)
{
    const drawing *dr = ctx;
    usph_points points = { 0 };
    (void)thread;
    USPH_TRY(usph_baseline_points(dr->shape, k, &points));
    const usph_status status = evaluate(dr, points.x, dr->values + k * dr->count);
    usph_points_free(&points);
    return status;
}

static bool has_tails(const usph_record *record, const usph_metric_spec *m)
{
    return (usph_metric_of(m)->flags & USPH_METRIC_TEST) != 0 && !isnan(record->value);
}

/* Frequencies of test number `place`. */
static void set_tails(usph_record *record, const drawing *dr, size_t place,
                      size_t draws)
{
    size_t below = 0;
    size_t above = 0;
    for (size_t k = 0; k < draws; k++) {
        const double value = dr->values[k * dr->count + place];
        below += value <= record->value ? 1 : 0;
        above += value >= record->value ? 1 : 0;
    }
    record->p_lower = (1 + (double)below) / (1 + (double)draws);
    record->p_upper = (1 + (double)above) / (1 + (double)draws);
    record->p_value = fmin(1, 2 * fmin(record->p_lower, record->p_upper));
    record->p_method = USPH_P_MONTE_CARLO;
}

usph_status usph_records_draw(usph_record *records, const usph_metric_spec *m,
                              size_t count, usph_shape shape, size_t draws,
                              unsigned threads, usph_error *err)
{
    drawing dr = { .m = calloc(count, sizeof *m), .shape = shape };
    for (size_t k = 0; k < count && dr.m != NULL; k++)
        if (has_tails(&records[k], &m[k]))
            dr.m[dr.count++] = m[k];
    dr.values = calloc(draws, (dr.count + 1) * sizeof *dr.values);
    usph_status status = dr.m != NULL && dr.values != NULL ? USPH_OK : USPH_ERR_NOMEM;
    if (status == USPH_OK && dr.count > 0)
        status = usph_parallel_for(threads, draws, draw, &dr);
    size_t place = 0;
    for (size_t k = 0; k < count && status == USPH_OK; k++)
        if (has_tails(&records[k], &m[k]))
            set_tails(&records[k], &dr, place++, draws);
    free(dr.values);
    free(dr.m);
    if (status != USPH_OK)
        return usph_fail(err, status, "%zu draws for p-values: %s", draws,
                         usph_status_text(status));
    return USPH_OK;
}
