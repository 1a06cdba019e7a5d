#include "metrics/log_mean.h"

#include <math.h>

#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

typedef struct log_mean {
    double t;
    double least; /* smallest r2: the shift */
    usph_sum sum; /* of exp(-t (r2 - least)) */
    size_t coincident;
} log_mean;

static void least_visit(void *ctx, const usph_pairs_run *run)
{
    log_mean *lm = ctx;
    for (size_t p = 0; p < run->count; p++) {
        lm->coincident += run->r2[p] == 0;
        if (run->r2[p] < lm->least)
            lm->least = run->r2[p];
    }
}

static void exp_visit(void *ctx, const usph_pairs_run *run)
{
    log_mean *lm = ctx;
    double partial = 0;
    for (size_t p = 0; p < run->count; p++) {
        const double term = exp(-lm->t * (run->r2[p] - lm->least));
        partial += term;
        if (run->w != NULL)
            run->w[p] = -lm->t * term;
    }
    usph_sum_add(&lm->sum, partial);
}

void usph_log_mean_pairs(double t, usph_shape shape, const double *x,
                         usph_workspace *ws, double *value, size_t *coincident,
                         double *grad)
{
    log_mean lm = { .t = t, .least = INFINITY };
    usph_pairs_walk(shape, x, false, ws, least_visit, &lm, NULL);
    usph_pairs_walk(shape, x, false, ws, exp_visit, &lm, grad);
    const double sum = usph_sum_value(&lm.sum);
    *value = log(sum / usph_shape_pairs(shape)) - t * lm.least;
    *coincident = lm.coincident;
    const size_t size = usph_shape_size(shape);
    if (grad != NULL)
        for (size_t p = 0; p < size; p++)
            grad[p] /= sum;
}

typedef struct shifted {
    double t, least;
} shifted;

static double shifted_exp(double r2, const void *ctx)
{
    const shifted *s = ctx;
    return exp(-s->t * (r2 - s->least));
}

double usph_log_mean_universal(double t, usph_shape shape)
{
    const shifted s = { .t = t, .least = usph_universal_separation2(shape) };
    if (isnan(s.least))
        return NAN;
    return log(usph_universal_mean(shape, shifted_exp, &s)) - t * s.least;
}
