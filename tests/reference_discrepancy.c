#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/slices.h"
#include "tests/reference_uniformity.h"

static const long double TWO_PI = 6.28318530717958647692528676655900577L;

static long double dot(size_t d, const double *x, const double *y)
{
    long double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += (long double)x[k] * y[k];
    return sum;
}

static int ascending(const void *a, const void *b)
{
    const long double x = *(const long double *)a;
    const long double y = *(const long double *)b;
    return (x > y) - (x < y);
}

/* mean(u^2) - mean(u)^2 + n^-2 sum (n + 1 - 2i) u_(i) + 1/12, u in turns */
static long double circle_w2(size_t n, long double *u)
{
    long double mean = 0;
    long double square = 0;
    long double order = 0;
    qsort(u, n, sizeof *u, ascending);
    for (size_t i = 0; i < n; i++) {
        mean += u[i] / n;
        square += u[i] * u[i] / n;
        order += (n - 1.0L - 2 * i) * u[i] / ((long double)n * n);
    }
    return square - mean * mean + order + 1.0L / 12;
}

static long double sliced_w2(const usph_metric_spec *m, usph_shape shape,
                             const double *x)
{
    const size_t n = shape.n;
    const size_t d = shape.d;
    const size_t planes = d == 2 ? 1 : (size_t)m->metric.values[0];
    double *p = calloc(d, sizeof *p);
    double *q = calloc(d, sizeof *q);
    long double *u = calloc(n, sizeof *u);
    long double sum = 0;
    for (size_t k = 0; k < planes; k++) {
        usph_slice_plane((uint64_t)m->metric.values[1], k, d, p, q);
        for (size_t i = 0; i < n; i++)
            u[i] = atan2l(dot(d, x + i * d, q), dot(d, x + i * d, p)) / TWO_PI;
        sum += circle_w2(n, u) / planes;
    }
    free(p);
    free(q);
    free(u);
    return sum;
}

/* All arcs [u_i, u_j] and ]u_i, u_j[, one by one. */
static long double arcs(usph_shape shape, const double *x)
{
    const long double n = shape.n;
    long double *u = calloc(shape.n, sizeof *u);
    long double most = 0;
    for (size_t i = 0; i < shape.n; i++) {
        u[i] = atan2l(x[2 * i + 1], x[2 * i]) / TWO_PI;
        u[i] -= floorl(u[i]);
    }
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < shape.n; j++) {
            const long double length = u[j] >= u[i] ? u[j] - u[i] : u[j] - u[i] + 1;
            size_t closed = 0;
            for (size_t k = 0; k < shape.n; k++)
                closed += (u[k] >= u[i] ? u[k] - u[i] : u[k] - u[i] + 1) <= length;
            most = fmaxl(most, closed / n - length);
        }
    }
    free(u);
    return most;
}

static long double polynomial(size_t d, size_t k, long double t)
{
    long double before = 1;
    long double here = t;
    for (size_t j = 1; j < k; j++) {
        const long double next =
            ((2.0L * j + d - 2) * t * here - j * before) / (j + d - 2.0L);
        before = here;
        here = next;
    }
    return here;
}

/* n^-2 sum_{i,j} P_k */
static long double power(usph_shape shape, const double *x, size_t k)
{
    long double sum = shape.n;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            const long double half = sinl(usph_reference_angle(shape, x, i, j) / 2);
            sum += 2 * polynomial(shape.d, k, 1 - 2 * half * half);
        }
    }
    return sum / ((long double)shape.n * shape.n);
}

static long double ccf09(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    const size_t n = shape.n;
    double *v = calloc(shape.d, sizeof *v);
    long double *u = calloc(n, sizeof *u);
    long double most = 0;
    for (size_t k = 0; k < (size_t)m->metric.values[0]; k++) {
        usph_slice_direction((uint64_t)m->metric.values[1], k, shape.d, v);
        for (size_t i = 0; i < n; i++)
            u[i] = usph_reference_share(shape.d, dot(shape.d, x + i * shape.d, v));
        qsort(u, n, sizeof *u, ascending);
        for (size_t i = 0; i < n; i++)
            most = fmaxl(most, fmaxl((i + 1.0L) / n - u[i], u[i] - (long double)i / n));
    }
    free(v);
    free(u);
    return sqrtl(n) * most;
}

long double usph_reference_discrepancy(const usph_metric_spec *m, usph_shape shape,
                                       const double *x)
{
    const char *name = m->metric.entry->name;
    const size_t t = (size_t)m->metric.values[0];
    long double sum = 0;
    if (strcmp(name, "sliced_w2") == 0)
        return sliced_w2(m, shape, x);
    if (strcmp(name, "sliced_dispersion") == 0)
        return shape.n * TWO_PI * TWO_PI / 2 *
               (sliced_w2(m, shape, x) - 1 / (12.0L * shape.n * shape.n));
    if (strcmp(name, "cap_discrepancy_sup") == 0 && shape.d == 2)
        return arcs(shape, x);
    if (strcmp(name, "ccf09") == 0)
        return ccf09(m, shape, x);
    if (strcmp(name, "design_defect") == 0) {
        for (size_t k = 1; k <= t; k++)
            sum += power(shape, x, k);
        return sum;
    }
    if (strcmp(name, "design_strength") == 0) {
        size_t k = 1;
        while (k <= t && power(shape, x, k) <= (long double)m->metric.values[1])
            k++;
        return k - 1;
    }
    return nanl("");
}
