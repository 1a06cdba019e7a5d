#include <math.h>

#include "core/blas.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

static size_t gram_logdet_scratch(const usph_metric_spec *m, usph_shape shape,
                                  unsigned threads)
{
    (void)m;
    return usph_pairs_scratch(shape, threads) + usph_workspace_cost(shape.n * shape.n);
}

static usph_status gram_logdet_check(const usph_metric_spec *m, usph_shape shape,
                                     usph_error *err)
{
    (void)m;
    if (shape.n > 46340) /* n^2 must fit LAPACK's integers */
        return usph_fail(err, USPH_ERR_SHAPE,
                         "gram_logdet needs an n x n matrix; n = %zu is above 46340",
                         shape.n);
    return USPH_OK;
}

typedef struct gram {
    size_t n;
    double eps2;
    double *matrix; /* n x n: lower triangle the matrix, later the inverse */
    size_t coincident;
} gram;

static void fill_visit(void *ctx, const usph_pairs_run *run)
{
    gram *g = ctx;
    for (size_t p = 0; p < run->count; p++) {
        g->matrix[(run->j + p) * g->n + run->i] = exp(-g->eps2 * run->r2[p]);
        g->coincident += run->r2[p] == 0;
    }
}

/* d logdet = 2 sum_{i<j} A_ij dG_ij with A the inverse and dG = -eps2 G dr2. */
static void gradient_visit(void *ctx, const usph_pairs_run *run)
{
    const gram *g = ctx;
    for (size_t p = 0; p < run->count; p++)
        run->w[p] = -2 * g->eps2 * g->matrix[(run->j + p) * g->n + run->i] *
                    exp(-g->eps2 * run->r2[p]);
}

/* Smallest pivot of the factor, and logdet as the sum of the pivots' logarithms. */
static double log_pivots(const gram *g, double *smallest)
{
    usph_sum sum = { 0 };
    *smallest = INFINITY;
    for (size_t i = 0; i < g->n; i++) {
        const double pivot = g->matrix[i * g->n + i];
        usph_sum_add(&sum, 2 * log(pivot));
        *smallest = fmin(*smallest, pivot * pivot);
    }
    return usph_sum_value(&sum);
}

static usph_status gram_gradient(gram *g, usph_shape shape, const double *x,
                                 usph_workspace *ws, double *grad)
{
    USPH_TRY(usph_cholesky_inverse(g->n, g->matrix));
    usph_pairs_walk(shape, x, 0, ws, gradient_visit, g, grad);
    return USPH_OK;
}

static usph_status gram_logdet_eval(const usph_metric_spec *m, usph_shape shape,
                                    const double *x, usph_workspace *ws,
                                    usph_measure *out, double *grad)
{
    const size_t n = shape.n;
    const size_t mark = usph_workspace_mark(ws);
    gram g = {
        .n = n,
        .eps2 = m->metric.values[0],
        .matrix = usph_workspace_take(ws, n * n),
    };
    size_t pivot = 0;
    double smallest = 0;
    usph_pairs_walk(shape, x, 0, ws, fill_visit, &g, NULL);
    for (size_t i = 0; i < n; i++)
        g.matrix[i * n + i] = 1;
    usph_status status =
        g.coincident > 0 ? USPH_ERR_DOMAIN : usph_cholesky(n, g.matrix, &pivot);
    if (g.coincident > 0 && grad == NULL) {
        out->value = -INFINITY; /* two equal rows: the determinant is 0 exactly */
        status = USPH_OK;
    } else if (status == USPH_OK) {
        out->value = log_pivots(&g, &smallest);
        out->extra[out->extras++] = (usph_extra){ "smallest_pivot", smallest };
        if (grad != NULL)
            status = gram_gradient(&g, shape, x, ws, grad);
    }
    out->coincident = g.coincident;
    usph_workspace_release(ws, mark);
    return status;
}

/*
 * logdet is concave and exp convex: with sum r2 <= n^2 no set beats the matrix that has
 * 1 on and a = exp(-2 eps2 n/(n-1)) off the diagonal. Simplices attain it.
 */
static usph_bound gram_logdet_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    if (shape.n == 1)
        return (usph_bound){ .value = 0, .tight = true };
    const double a = exp(-m->metric.values[0] * usph_simplex_r2(shape.n));
    return (usph_bound){
        .value = (n - 1) * log1p(-a) + log1p((n - 1) * a),
        .tight = shape.n <= shape.d + 1,
    };
}

/**
 * Log-determinant of the Gaussian Gram matrix (MGD).
 *
 * Definition: log det G, G_ij = exp(-eps2 |x_i - x_j|^2), at most 0.
 * Shapes: n <= 46340, d >= 2; 0 for n = 1. Cost: O(n^2 d + n^3/3), n^2 doubles.
 * Coincident points: -inf, with their number; no gradient. A matrix that is singular to
 * rounding without coincident points is USPH_ERR_DOMAIN: no digit would be right.
 * Source: LiuEtAl2021; bound derived in docs/method.md.
 */
const usph_metric usph_metric_gram_logdet = {
    .entry = {
        .name = "gram_logdet",
        .title = "Gram log-determinant",
        .formula = "log det of exp(-eps2 |x_i - x_j|^2)",
        .source = "LiuEtAl2021",
        .note = "singular to rounding when eps2 is small against n^(2/(d-1)): "
                "then take a larger eps2",
        .params = { { .name = "eps2",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "inverse squared width" } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_HIGHER,
    .unit = "nat",
    .cost = "n^2 d + n^3/3",
    .reading = "0 for points infinitely far apart on the scale 1/eps; very negative where points are close on that scale",
    .degenerate = "coincident points: -inf and no gradient; n = 1: 0; a matrix singular to rounding has no value",
    .check = gram_logdet_check,
    .scratch = gram_logdet_scratch,
    .eval = gram_logdet_eval,
    .bound = gram_logdet_bound,
};
