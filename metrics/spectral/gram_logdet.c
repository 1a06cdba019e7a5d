#include <math.h>

#include "core/blas.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

/* The parameters, by their places. */
enum {
    EPS2,
    SCALE,
    JITTER,
    HALF,
    FIXED = 0, /* words of `scale` */
    AUTO = 1,
};

static bool is_half(const usph_metric_spec *m)
{
    return m->metric.values[HALF] != 0;
}

/* Rows of the matrix: the points, or they and their antipodes. */
static size_t order(const usph_metric_spec *m, usph_shape shape)
{
    return is_half(m) ? 2 * shape.n : shape.n;
}

/* The inverse squared width: with scale=auto in units of the points' spacing. */
static double width(const usph_metric_spec *m, usph_shape shape)
{
    const double eps2 = m->metric.values[EPS2];
    if (m->metric.values[SCALE] != AUTO)
        return eps2;
    return eps2 * pow((double)order(m, shape), 2 / ((double)shape.d - 1));
}

static size_t gram_logdet_scratch(const usph_metric_spec *m, usph_shape shape,
                                  unsigned threads)
{
    const size_t n = order(m, shape);
    return usph_pairs_scratch(shape, threads) + 2 * usph_workspace_cost(n * n) +
           usph_workspace_cost(n) + usph_workspace_cost(usph_eigen_work(n));
}

static usph_status gram_logdet_check(const usph_metric_spec *m, usph_shape shape,
                                     usph_error *err)
{
    if (order(m, shape) > 46340) /* n^2 must fit LAPACK's integers */
        return usph_fail(err, USPH_ERR_SHAPE,
                         "gram_logdet needs an n x n matrix of order %zu, above 46340",
                         order(m, shape));
    return USPH_OK;
}

typedef struct gram {
    size_t n;       /* points */
    size_t m;       /* rows of the matrix: n or 2n */
    double eps2;    /* inverse squared width */
    double jitter;  /* added to the diagonal */
    double *matrix; /* m x m: lower triangle the matrix, later the inverse */
    size_t coincident;
} gram;

static double *entry(const gram *g, size_t row, size_t col)
{
    return row >= col ? &g->matrix[row * g->m + col] : &g->matrix[col * g->m + row];
}

/* With half, points j and n + j are x_j and -x_j. */
static void fill_visit(void *ctx, const usph_pairs_run *run)
{
    gram *g = ctx;
    for (size_t p = 0; p < run->count; p++) {
        const size_t j = run->j + p;
        const double near = exp(-g->eps2 * run->r2[p]);
        *entry(g, j, run->i) = near;
        g->coincident += run->r2[p] == 0;
        if (run->q2 == NULL)
            continue;
        const double far = exp(-g->eps2 * run->q2[p]);
        *entry(g, g->n + j, g->n + run->i) = near;
        *entry(g, g->n + j, run->i) = far;
        *entry(g, g->n + run->i, j) = far;
        g->coincident += run->q2[p] == 0;
    }
}

/* d logdet = 2 sum_{i<j} A_ij dG_ij with A the inverse and dG = -eps2 G dr2. */
static void gradient_visit(void *ctx, const usph_pairs_run *run)
{
    const gram *g = ctx;
    for (size_t p = 0; p < run->count; p++) {
        const size_t j = run->j + p;
        double near = *entry(g, j, run->i);
        if (run->q2 != NULL) {
            near += *entry(g, g->n + j, g->n + run->i);
            const double far =
                *entry(g, g->n + j, run->i) + *entry(g, g->n + run->i, j);
            run->w2[p] = -2 * g->eps2 * far * exp(-g->eps2 * run->q2[p]);
        }
        run->w[p] = -2 * g->eps2 * near * exp(-g->eps2 * run->r2[p]);
    }
}

/* Smallest pivot of the factor, and logdet as the sum of the pivots' logarithms. */
static double log_pivots(const gram *g, double *smallest)
{
    usph_sum sum = { 0 };
    *smallest = INFINITY;
    for (size_t i = 0; i < g->m; i++) {
        const double pivot = g->matrix[i * g->m + i];
        usph_sum_add(&sum, 2 * log(pivot));
        *smallest = fmin(*smallest, pivot * pivot);
    }
    return usph_sum_value(&sum);
}

/* log(1 + x) - x, without cancellation near 0. */
static double log1p_rest(double x)
{
    double power = x * x;
    double sum = 0;
    if (fabs(x) > 0.1)
        return log1p(x) - x;
    for (int k = 2; k < 20; k++) {
        sum += k % 2 == 0 ? -power / k : power / k;
        power *= x;
    }
    return sum;
}

/* The largest sum of a row of |G - I|, an upper bound of the norm. */
static double distance_from_identity(const gram *g)
{
    double most = 0;
    for (size_t i = 0; i < g->m; i++) {
        double sum = 0;
        for (size_t j = 0; j < g->m; j++)
            sum += i == j ? 0 : *entry(g, i, j);
        most = fmax(most, sum);
    }
    return most;
}

/*
 * Near the identity log det = sum [log(1 + e) - e] over the eigenvalues of G - I, whose
 * sum is 0: logarithms of pivots near 1 would leave few digits.
 */
static usph_status near_identity(const gram *g, usph_workspace *ws, double *value)
{
    const size_t m = g->m;
    const size_t mark = usph_workspace_mark(ws);
    double *rest = usph_workspace_take(ws, m * m);
    double *values = usph_workspace_take(ws, m);
    double *work = usph_workspace_take(ws, usph_eigen_work(m));
    usph_sum sum = { 0 };
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            rest[i * m + j] = i == j ? 0 : *entry(g, i, j) / (1 + g->jitter);
    const usph_status status = usph_eigen(m, false, rest, values, work);
    for (size_t i = 0; i < m; i++)
        usph_sum_add(&sum, log1p_rest(values[i]));
    *value = usph_sum_value(&sum) + (double)m * log1p(g->jitter);
    usph_workspace_release(ws, mark);
    return status;
}

static void fill(gram *g, usph_shape shape, const double *x, usph_workspace *ws)
{
    const bool half = g->m > g->n;
    usph_pairs_walk(shape, x, half ? USPH_WITH_SUMS : 0, ws, fill_visit, g, NULL);
    for (size_t i = 0; i < g->m; i++)
        *entry(g, i, i) = 1 + g->jitter;
    for (size_t i = 0; i < g->n && half; i++)
        *entry(g, g->n + i, i) = exp(-4 * g->eps2);
}

/* Two equal rows: without jitter the determinant is 0 exactly. */
static bool is_singular(const gram *g)
{
    return g->coincident > 0 && g->jitter == 0;
}

static usph_status factor(gram *g, usph_workspace *ws, usph_measure *out)
{
    size_t pivot = 0;
    double smallest = 0;
    double precise = NAN;
    if (distance_from_identity(g) < 0.5)
        USPH_TRY(near_identity(g, ws, &precise));
    USPH_TRY(usph_cholesky(g->m, g->matrix, &pivot));
    out->value = log_pivots(g, &smallest);
    if (!isnan(precise))
        out->value = precise;
    out->extra[out->extras++] = (usph_extra){ "smallest_pivot", smallest };
    out->extra[out->extras++] = (usph_extra){ "eps2", g->eps2 };
    return USPH_OK;
}

static usph_status gram_logdet_eval(const usph_metric_spec *m, usph_shape shape,
                                    const double *x, usph_workspace *ws,
                                    usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    gram g = {
        .n = shape.n,
        .m = order(m, shape),
        .eps2 = width(m, shape),
        .jitter = m->metric.values[JITTER],
    };
    g.matrix = usph_workspace_take(ws, g.m * g.m);
    fill(&g, shape, x, ws);
    usph_status status = USPH_OK;
    if (is_singular(&g)) {
        out->value = -INFINITY;
        status = grad == NULL ? USPH_OK : USPH_ERR_DOMAIN;
    } else {
        status = factor(&g, ws, out);
        if (status == USPH_OK && grad != NULL)
            status = usph_cholesky_inverse(g.m, g.matrix);
        if (status == USPH_OK && grad != NULL)
            usph_pairs_walk(shape, x, g.m > g.n ? USPH_WITH_SUMS : 0, ws,
                            gradient_visit, &g, grad);
    }
    out->coincident = g.coincident;
    usph_workspace_release(ws, mark);
    return status;
}

/*
 * logdet is concave and exp convex: with sum r2 <= m^2 no set beats the matrix that has
 * 1 + jitter on and a = exp(-2 eps2 m/(m-1)) off the diagonal. Simplices attain it.
 */
static usph_bound gram_logdet_bound(const usph_metric_spec *m, usph_shape shape)
{
    const size_t rows = order(m, shape);
    const double n = (double)rows;
    const double jitter = m->metric.values[JITTER];
    if (rows == 1)
        return (usph_bound){ .value = log1p(jitter), .tight = true };
    const double a = exp(-width(m, shape) * usph_simplex_r2(rows)) / (1 + jitter);
    return (usph_bound){
        .value = n * log1p(jitter) + (n - 1) * log1p(-a) + log1p((n - 1) * a),
        .tight = !is_half(m) && shape.n <= shape.d + 1,
    };
}

static double gram_logdet_work(const usph_metric_spec *m, usph_shape shape)
{
    const double rows = (double)order(m, shape);
    return rows * rows * (rows / 3 + (double)shape.d);
}

/**
 * Log-determinant of the Gaussian Gram matrix (MGD).
 *
 * Definition: log det (G + jitter I), G_ij = exp(-eps2 |x_i - x_j|^2).
 * Shapes: n <= 46340, d >= 2; 0 for n = 1. Cost: O(n^2 d + n^3/3), 2 n^2 doubles; some
 *         4/3 n^3 more near the identity, where the eigenvalues keep the digits.
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
                      .doc = "inverse squared width, in units of `scale`" },
                    { .name = "scale",
                      .type = USPH_WORD,
                      .def = FIXED,
                      .hi = AUTO,
                      .words = "fixed|auto",
                      .doc = "auto: eps2 counts in n^(2/(d-1)), the inverse squared "
                             "spacing" },
                    { .name = "jitter",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1,
                      .doc = "added to the diagonal; published code has 1e-6" },
                    { .name = "half",
                      .type = USPH_BOOL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1,
                      .doc = "1: of the 2n points X and -X (half-space form)" } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_HIGHER,
    .unit = "nat",
    .cost = "n^2 d + n^3/3",
    .reading = "0 for points infinitely far apart on the scale 1/eps; very negative where points are close on that scale",
    .degenerate = "coincident points: -inf and no gradient; n = 1: 0; a matrix singular to rounding has no value",
    .check = gram_logdet_check,
    .work = gram_logdet_work,
    .scratch = gram_logdet_scratch,
    .eval = gram_logdet_eval,
    .bound = gram_logdet_bound,
};
