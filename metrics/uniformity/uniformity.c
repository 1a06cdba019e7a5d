#include "metrics/uniformity/uniformity.h"

#include <assert.h>
#include <math.h>

#include "metrics/uniformity/chisquares.h"
#include "metrics/universal.h"

/* The state of a test in the pass: these, and the table behind. */
enum {
    SUM,            /* usph_sum of h, two doubles */
    COINCIDENT = 2, /* pairs at distance 0 */
    INFINITE,       /* 1 if some h is +inf, else -1 if some is -inf */
    KINKS,          /* pairs where dh/dr2 is not finite */
    TABLE = SUM + 5,
};

static const usph_uniformity *test_of(const usph_metric_spec *m)
{
    return (const usph_uniformity *)usph_metric_of(m)->pass; /* its first member */
}

size_t usph_uniformity_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)shape;
    return TABLE + test_of(m)->table;
}

void usph_uniformity_begin(const usph_metric_spec *m, usph_shape shape, double *state)
{
    if (test_of(m)->prepare != NULL)
        test_of(m)->prepare(m, shape.d, state + TABLE);
}

static double scale_of(const usph_metric_spec *m, usph_shape shape)
{
    if (test_of(m)->scale != NULL)
        return test_of(m)->scale(m, shape);
    return 2 / (double)shape.n;
}

/* Sum of the finite h; counts the others. */
static double run_sum(const usph_pairs_run *run, double *h, double *state)
{
    double sum = 0;
    double zeros = 0;
#pragma omp simd reduction(+ : sum, zeros)
    for (size_t p = 0; p < run->count; p++) {
        sum += h[p];
        zeros += run->r2[p] == 0 ? 1 : 0;
    }
    state[COINCIDENT] += zeros;
    if (isfinite(sum))
        return sum;
    sum = 0;
    for (size_t p = 0; p < run->count; p++) {
        if (isfinite(h[p]))
            sum += h[p];
        else
            state[INFINITE] = h[p] > 0 || state[INFINITE] > 0 ? 1 : -1;
    }
    return sum;
}

void usph_uniformity_visit(const usph_metric_spec *m, usph_shape shape,
                           const usph_pairs_run *run, double *state)
{
    _Alignas(64) double h[USPH_RUN]; /* vectors within cache lines */
    const double scale = scale_of(m, shape);
    usph_sum sum = { state[SUM], state[SUM + 1] };
    assert(run->count <= USPH_RUN);
    test_of(m)->pair(m, shape.d, state + TABLE, run, h, run->w);
    usph_sum_add(&sum, run_sum(run, h, state));
    state[SUM] = sum.high;
    state[SUM + 1] = sum.low;
    if (run->w == NULL)
        return;
    for (size_t p = 0; p < run->count; p++) {
        state[KINKS] += isfinite(run->w[p]) ? 0 : 1;
        run->w[p] *= scale;
    }
}

/*
 * A sum of squares at its least comes out as some roundings of the terms, whose sum is
 * n E T, to either side of it.
 */
static double no_less_than_the_bound(const usph_metric_spec *m, usph_shape shape,
                                     double value)
{
    static const double ROUNDING = 2.2e-16;
    if (!test_of(m)->square)
        return value;
    const double least = usph_metric_of(m)->bound(m, shape).value;
    const double terms = (double)shape.n * usph_metric_of(m)->expected(m, shape);
    return fabs(value - least) < ROUNDING * terms ? least : fmax(value, least);
}

usph_status usph_uniformity_end(const usph_metric_spec *m, usph_shape shape,
                                const double *x, usph_workspace *ws,
                                const double *state, usph_measure *out)
{
    const double scale = scale_of(m, shape);
    const double mean = usph_metric_of(m)->expected(m, shape);
    const usph_sum sum = { state[SUM], state[SUM + 1] };
    double v2[USPH_DEGREES];
    (void)x;
    (void)ws;
    if (state[KINKS] > 0)
        return USPH_ERR_DOMAIN;
    const double deviation =
        state[INFINITE] != 0 ? state[INFINITE] * HUGE_VAL : usph_sum_value(&sum);
    out->value = no_less_than_the_bound(m, shape, mean + scale * deviation);
    out->coincident = (size_t)state[COINCIDENT];
    if (test_of(m)->weights != NULL &&
        test_of(m)->weights(m, shape.d, USPH_DEGREES, v2))
        usph_chisquares_tails(v2, USPH_DEGREES, shape.d,
                              2 * deviation / (double)shape.n, &out->p_lower,
                              &out->p_upper);
    return USPH_OK;
}

double usph_uniformity_zero(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 0;
}

usph_bound usph_uniformity_square(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return (usph_bound){ .value = 0 };
}

enum {
    VECTOR = 8, /* `pair` may read and write whole vectors */
};

/* What a mean over an optimal set needs to know of h. */
typedef struct function {
    const usph_metric_spec *m;
    size_t d;
} function;

static double function_at(double r2, const void *ctx)
{
    const function *f = ctx;
    double h[VECTOR];
    double padded[VECTOR];
    double table[1]; /* functions of r2 need no more */
    for (size_t p = 0; p < VECTOR; p++)
        padded[p] = r2;
    const usph_pairs_run run = { .count = 1, .r2 = padded };
    assert(test_of(f->m)->table <= 1);
    if (test_of(f->m)->prepare != NULL)
        test_of(f->m)->prepare(f->m, f->d, table);
    test_of(f->m)->pair(f->m, f->d, table, &run, h, NULL);
    return h[0];
}

usph_bound usph_uniformity_monotone(const usph_metric_spec *m, usph_shape shape)
{
    const function f = { m, shape.d };
    const double n = (double)shape.n;
    const double alone = usph_metric_of(m)->expected(m, shape);
    if (shape.n == 1)
        return (usph_bound){ .value = alone, .tight = true };
    const double optimum = usph_universal_mean(shape, function_at, &f);
    const bool tight = !isnan(optimum);
    const double mean = tight ? optimum : function_at(usph_simplex_r2(shape.n), &f);
    return (usph_bound){
        .value = alone + scale_of(m, shape) * mean * n * (n - 1) / 2,
        .tight = tight,
    };
}

usph_status usph_uniformity_two(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err)
{
    if (shape.n < 2)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "%s needs pairs of points; n = 1 has none",
                         m->metric.entry->name);
    return USPH_OK;
}
