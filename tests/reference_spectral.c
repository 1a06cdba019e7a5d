#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/reference.h"

/* Eigenvalues of a symmetric matrix by Jacobi's rotations, in place. */
static void jacobi(size_t m, long double *a)
{
    for (int sweep = 0; sweep < 60; sweep++) {
        long double off = 0;
        for (size_t p = 0; p < m; p++) {
            for (size_t q = p + 1; q < m; q++) {
                const long double apq = a[p * m + q];
                off += apq * apq;
                if (apq == 0)
                    continue;
                const long double h = (a[q * m + q] - a[p * m + p]) / (2 * apq);
                const long double t = (h >= 0 ? 1 : -1) / (fabsl(h) + sqrtl(h * h + 1));
                const long double c = 1 / sqrtl(t * t + 1);
                const long double s = t * c;
                for (size_t k = 0; k < m; k++) {
                    const long double x = a[k * m + p];
                    const long double y = a[k * m + q];
                    a[k * m + p] = c * x - s * y;
                    a[k * m + q] = s * x + c * y;
                }
                for (size_t k = 0; k < m; k++) {
                    const long double x = a[p * m + k];
                    const long double y = a[q * m + k];
                    a[p * m + k] = c * x - s * y;
                    a[q * m + k] = s * x + c * y;
                }
            }
        }
        if (off < 1e-38L)
            return;
    }
}

/* Eigenvalues of X'X, or of XX' if n < d, into `values`; returns how many. */
static size_t spectrum(usph_shape shape, const long double *x, long double *values)
{
    const bool points = shape.n < shape.d;
    const size_t m = points ? shape.n : shape.d;
    long double *a = calloc(m * m, sizeof *a);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            for (size_t k = 0; k < (points ? shape.d : shape.n); k++)
                a[i * m + j] += points ? x[i * shape.d + k] * x[j * shape.d + k]
                                       : x[k * shape.d + i] * x[k * shape.d + j];
    jacobi(m, a);
    for (size_t i = 0; i < m; i++)
        values[i] = fmaxl(0, a[i * m + i]);
    free(a);
    return m;
}

static void centre(usph_shape shape, long double *x)
{
    for (size_t k = 0; k < shape.d; k++) {
        long double mean = 0;
        for (size_t i = 0; i < shape.n; i++)
            mean += x[i * shape.d + k] / shape.n;
        for (size_t i = 0; i < shape.n; i++)
            x[i * shape.d + k] -= mean;
    }
}

static long double vicreg(usph_shape shape, const long double *x)
{
    const size_t d = shape.d;
    long double sum = 0;
    for (size_t k = 0; k < d; k++) {
        for (size_t l = 0; l < d; l++) {
            long double c = 0;
            for (size_t i = 0; i < shape.n; i++)
                c += d * x[i * d + k] * x[i * d + l] / shape.n;
            sum += k == l ? fmaxl(0, 1 - sqrtl(c)) : c * c;
        }
    }
    return sum / d;
}

static long double frame_defect(usph_shape shape, const long double *x)
{
    const size_t d = shape.d;
    long double sum = 0;
    for (size_t k = 0; k < d; k++) {
        for (size_t l = 0; l < d; l++) {
            long double c = k == l ? -(long double)shape.n / d : 0;
            for (size_t i = 0; i < shape.n; i++)
                c += x[i * d + k] * x[i * d + l];
            sum += c * c;
        }
    }
    return sum * d / ((long double)shape.n * shape.n);
}

static long double coherence(usph_shape shape, const long double *x)
{
    long double most = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            long double t = 0;
            for (size_t k = 0; k < shape.d; k++)
                t += x[i * shape.d + k] * x[j * shape.d + k];
            most = fmaxl(most, fabsl(t));
        }
    }
    return most;
}

/* What is a function of the eigenvalues. */
static long double of_spectrum(const usph_metric_spec *m, usph_shape shape,
                               const long double *v, size_t count)
{
    const char *name = m->metric.entry->name;
    const long double n = shape.n;
    const long double d = shape.d;
    const long double eps = m->metric.values[0];
    long double low = v[0];
    long double top = v[0];
    long double entropy = 0;
    long double roots = 0;
    long double rate = 0;
    for (size_t i = 0; i < count; i++) {
        low = fminl(low, v[i]);
        top = fmaxl(top, v[i]);
        roots += sqrtl(v[i]);
        rate += 0.5L * log1pl(d / (n * eps * eps) * v[i]);
        entropy -= v[i] > 0 ? v[i] / n * logl(v[i] / n) : 0;
    }
    if (strcmp(name, "effective_rank") == 0)
        return expl(entropy);
    if (strcmp(name, "nuclear_norm") == 0)
        return roots;
    if (strcmp(name, "coding_rate") == 0)
        return rate;
    if (strcmp(name, "condition") == 0)
        return low > 1e-14L * top ? top / low : (long double)INFINITY;
    if (strcmp(name, "spectral_norm") == 0)
        return fmaxl(fmaxl(fabsl(top - 1), fabsl(1 - low)), shape.n > shape.d ? 1 : 0);
    if (strcmp(name, "wasserstein") == 0)
        return 2 - 2 / sqrtl(d * n) * roots;
    return nanl("");
}

long double usph_reference_spectral(const usph_metric_spec *m, usph_shape shape,
                                    const double *x)
{
    const char *name = m->metric.entry->name;
    const size_t size = usph_shape_size(shape);
    long double *y = calloc(size, sizeof *y);
    long double *values = calloc(shape.d, sizeof *values);
    long double result = nanl("");
    for (size_t p = 0; p < size; p++)
        y[p] = x[p];
    if (strcmp(name, "wasserstein") == 0 || strcmp(name, "vicreg") == 0)
        centre(shape, y);
    if (strcmp(name, "vicreg") == 0)
        result = vicreg(shape, y);
    else if (strcmp(name, "frame_defect") == 0)
        result = frame_defect(shape, y);
    else if (strcmp(name, "coherence") == 0)
        result = coherence(shape, y);
    else if (strcmp(name, "effective_rank") == 0 || strcmp(name, "nuclear_norm") == 0 ||
             strcmp(name, "coding_rate") == 0 || strcmp(name, "condition") == 0 ||
             strcmp(name, "spectral_norm") == 0 || strcmp(name, "wasserstein") == 0)
        result = of_spectrum(m, shape, values, spectrum(shape, y, values));
    free(values);
    free(y);
    return result;
}
