#include <math.h>

#include "core/blas.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

static const double PI = 3.14159265358979323846;

/* Dimension of the polynomials of degree at most t on S^(d-1). */
static double polynomials(size_t d, size_t t)
{
    double harmonics = (double)d;
    double sum = 1;
    for (size_t l = 1; l <= t; l++) {
        const double k = (double)l;
        const double m = (double)d;
        sum += harmonics;
        harmonics *= (2 * k + m) * (k + m - 2) / ((2 * k + m - 2) * (k + 1));
    }
    return sum;
}

/* log of the area of S^(d-1): 2 pi^(d/2) / Gamma(d/2). */
static double log_area(size_t d)
{
    const double h = 0.5 * (double)d;
    int sign = 0;
    return log(2) + h * log(PI) - lgamma_r(h, &sign);
}

static size_t degree_of(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[0];
}

static size_t gram_logdet_harmonic_scratch(const usph_metric_spec *m, usph_shape shape,
                                           unsigned threads)
{
    (void)m;
    return usph_pairs_scratch(shape, threads) +
           2 * usph_workspace_cost(shape.n * shape.n);
}

static usph_status gram_logdet_harmonic_check(const usph_metric_spec *m,
                                              usph_shape shape, usph_error *err)
{
    const double most = polynomials(shape.d, degree_of(m));
    if ((double)shape.n > most)
        return usph_fail(
            err, USPH_ERR_SHAPE,
            "gram_logdet_harmonic:t=%zu has rank %.0f in dimension %zu: the "
            "matrix of n = %zu points is singular",
            degree_of(m), most, shape.d, shape.n);
    if (shape.n > 46340)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "gram_logdet_harmonic needs an n x n matrix; n = %zu is above "
                         "46340",
                         shape.n);
    return USPH_OK;
}

typedef struct harmonic {
    size_t n, d, degree;
    double *matrix; /* n x n: lower triangle the kernel, later the inverse */
    double *slopes; /* n x n: lower triangle dK/dr2 */
    size_t coincident;
} harmonic;

/* K = sum_l dim H_l P_l(t) and its derivative, by the recurrence of P_l. */
static double kernel_at(const harmonic *h, double t, double *slope)
{
    const double d = (double)h->d;
    double before = 1;
    double before1 = 0;
    double now = t;
    double now1 = 1;
    double harmonics = d;
    double k = 1;
    double k1 = 0;
    for (size_t i = 1; i <= h->degree; i++) {
        const double l = (double)i;
        const double a = (2 * l + d - 2) / (l + d - 2);
        const double b = l / (l + d - 2);
        k += harmonics * now;
        k1 += harmonics * now1;
        const double next = a * t * now - b * before;
        const double next1 = a * (now + t * now1) - b * before1;
        before = now;
        before1 = now1;
        now = next;
        now1 = next1;
        harmonics *= (2 * l + d) * (l + d - 2) / ((2 * l + d - 2) * (l + 1));
    }
    *slope = k1;
    return k;
}

static void fill_visit(void *ctx, const usph_pairs_run *run)
{
    harmonic *h = ctx;
    for (size_t p = 0; p < run->count; p++) {
        const size_t at = (run->j + p) * h->n + run->i;
        double slope = 0;
        h->matrix[at] = kernel_at(h, 1 - 0.5 * run->r2[p], &slope);
        h->slopes[at] = -0.5 * slope;
        h->coincident += run->r2[p] == 0;
    }
}

static void gradient_visit(void *ctx, const usph_pairs_run *run)
{
    const harmonic *h = ctx;
    for (size_t p = 0; p < run->count; p++) {
        const size_t at = (run->j + p) * h->n + run->i;
        run->w[p] = 2 * h->matrix[at] * h->slopes[at];
    }
}

/* Half the determinant's digits are those of the smallest pivot over the largest. */
static double log_pivots(const harmonic *h, double *smallest)
{
    usph_sum sum = { 0 };
    *smallest = INFINITY;
    for (size_t i = 0; i < h->n; i++) {
        const double pivot = h->matrix[i * h->n + i];
        usph_sum_add(&sum, 2 * log(pivot));
        *smallest = fmin(*smallest, pivot * pivot);
    }
    return usph_sum_value(&sum);
}

static usph_status factor(harmonic *h, double area, usph_measure *out)
{
    size_t pivot = 0;
    double smallest = 0;
    USPH_TRY(usph_cholesky(h->n, h->matrix, &pivot));
    out->value = log_pivots(h, &smallest) - (double)h->n * area;
    out->extra[out->extras++] = (usph_extra){ "smallest_pivot", smallest };
    return USPH_OK;
}

static usph_status gram_logdet_harmonic_eval(const usph_metric_spec *m,
                                             usph_shape shape, const double *x,
                                             usph_workspace *ws, usph_measure *out,
                                             double *grad)
{
    const size_t n = shape.n;
    const size_t mark = usph_workspace_mark(ws);
    harmonic h = {
        .n = n,
        .d = shape.d,
        .degree = degree_of(m),
        .matrix = usph_workspace_take(ws, n * n),
        .slopes = usph_workspace_take(ws, n * n),
    };
    usph_pairs_walk(shape, x, 0, ws, fill_visit, &h, NULL);
    for (size_t i = 0; i < n; i++)
        h.matrix[i * n + i] = polynomials(shape.d, h.degree);
    usph_status status = USPH_OK;
    if (h.coincident > 0) {
        out->value = -INFINITY;
        status = grad == NULL ? USPH_OK : USPH_ERR_DOMAIN;
    } else {
        status = factor(&h, log_area(shape.d), out);
        if (status == USPH_OK && grad != NULL)
            status = usph_cholesky_inverse(n, h.matrix);
        if (status == USPH_OK && grad != NULL)
            usph_pairs_walk(shape, x, 0, ws, gradient_visit, &h, grad);
    }
    out->coincident = h.coincident;
    usph_workspace_release(ws, mark);
    return status;
}

/* Hadamard: a determinant is at most the product of the diagonal; simplices attain it
   for t = 1, regular polygons of 2t + 1 points on the circle. */
static usph_bound gram_logdet_harmonic_bound(const usph_metric_spec *m,
                                             usph_shape shape)
{
    const double most = polynomials(shape.d, degree_of(m));
    const bool full = (double)shape.n == most;
    return (usph_bound){
        .value = (double)shape.n * (log(most) - log_area(shape.d)),
        .tight = shape.n == 1 || (full && (degree_of(m) == 1 || shape.d == 2)),
    };
}

static double gram_logdet_harmonic_work(const usph_metric_spec *m, usph_shape shape)
{
    const double rows = (double)shape.n;
    (void)m;
    return rows * rows * (rows / 3 + (double)shape.d);
}

/**
 * Log-determinant of the reproducing kernel of polynomials of degree at most t: maximal
 * for good interpolation points.
 *
 * Definition: log det K, K_ij = sum_{l <= t} dim H_l P_l(<x_i, x_j>) / area(S^(d-1)).
 * Shapes: n at most the dimension of the polynomials; usually equal to it.
 * Cost: O(n^2 (d + t) + n^3/3), 2 n^2 doubles.
 * Coincident points: -inf; sets on an algebraic surface of degree t, singular to
 * rounding: USPH_ERR_DOMAIN.
 * Source: SloanWomersley2004.
 */
const usph_metric usph_metric_gram_logdet_harmonic = {
    .entry = {
        .name = "gram_logdet_harmonic",
        .title = "harmonic log-determinant",
        .formula = "log det of sum_{l<=t} dim H_l P_l(<x_i, x_j>) / area",
        .source = "SloanWomersley2004",
        .note = "for n equal to the dimension of the polynomials: the problem of maximum "
                "determinant points",
        .params = { { .name = "t",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 1,
                      .hi = 200,
                      .always = true,
                      .doc = "degree" } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_HIGHER,
    .unit = "nat",
    .cost = "n^2 (d + t) + n^3/3",
    .reading = "the squared volume that interpolation at the points spans: large for good "
               "interpolation nodes",
    .degenerate = "coincident points: -inf; points on a surface of degree t have no "
                  "value; more points than polynomials are refused",
    .check = gram_logdet_harmonic_check,
    .work = gram_logdet_harmonic_work,
    .scratch = gram_logdet_harmonic_scratch,
    .eval = gram_logdet_harmonic_eval,
    .bound = gram_logdet_harmonic_bound,
};
