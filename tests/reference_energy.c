#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "metrics/kernel.h"
#include "tests/quadrature.h"
#include "tests/reference.h"

/* Mean of a kernel over the pairs of long double rows; with half, of them and their
   antipodes. */
static long double mean_energy(const usph_spec *kernel, size_t n, size_t k,
                               const long double *z, bool half)
{
    const size_t rows = half ? 2 * n : n;
    long double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i + 1; j < rows; j++) {
            const int sign = (i < n) == (j < n) ? 1 : -1;
            long double r2 = 0;
            long double q2 = 0;
            for (size_t c = 0; c < k; c++) {
                const long double a = z[i % n * k + c];
                const long double b = sign * z[j % n * k + c];
                r2 += (a - b) * (a - b);
                q2 += (a + b) * (a + b);
            }
            sum += usph_reference_kernel(kernel, k, r2, q2);
        }
    }
    return sum / (0.5L * rows * (rows - 1));
}

/* The published recipe: draw, make orthonormal, project, normalize, sum. */
static long double projected(const usph_metric_spec *m, usph_shape shape,
                             const double *x)
{
    const double *v = m->metric.values;
    const size_t k = (size_t)v[0];
    const size_t count = (size_t)v[1];
    double *p = malloc(k * shape.d * sizeof *p);
    long double *q = malloc(k * shape.d * sizeof *q);
    long double *z = malloc(shape.n * k * sizeof *z);
    long double sum = 0;
    for (size_t c = 0; c < count; c++) {
        usph_rng rng;
        usph_rng_init(&rng, (uint64_t)v[4], c, USPH_FOR_METRIC);
        usph_rng_normal(&rng, k * shape.d, p);
        for (size_t e = 0; e < k * shape.d; e++)
            q[e] = p[e];
        for (size_t i = 0; i < k && v[2] == 0; i++) {
            for (size_t j = 0; j < i; j++) {
                long double along = 0;
                for (size_t e = 0; e < shape.d; e++)
                    along += q[i * shape.d + e] * q[j * shape.d + e];
                for (size_t e = 0; e < shape.d; e++)
                    q[i * shape.d + e] -= along * q[j * shape.d + e];
            }
            long double norm = 0;
            for (size_t e = 0; e < shape.d; e++)
                norm += q[i * shape.d + e] * q[i * shape.d + e];
            for (size_t e = 0; e < shape.d; e++)
                q[i * shape.d + e] /= sqrtl(norm);
        }
        for (size_t i = 0; i < shape.n; i++) {
            long double norm = 0;
            for (size_t l = 0; l < k; l++) {
                z[i * k + l] = 0;
                for (size_t e = 0; e < shape.d; e++)
                    z[i * k + l] += q[l * shape.d + e] * x[i * shape.d + e];
                norm += z[i * k + l] * z[i * k + l];
            }
            for (size_t l = 0; l < k; l++)
                z[i * k + l] /= sqrtl(norm);
        }
        sum += mean_energy(&m->kernel, shape.n, k, z, v[3] != 0);
    }
    free(p);
    free(q);
    free(z);
    return sum / count;
}

typedef struct kernel_in {
    const usph_spec *kernel;
    size_t d;
} kernel_in;

static double of_r2(double r2, const void *ctx)
{
    const kernel_in *in = ctx;
    return (double)usph_reference_kernel(in->kernel, in->d, r2, 4 - (long double)r2);
}

static long double mmd(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    const size_t d = shape.d;
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < shape.n; j++) {
            long double r2 = 0;
            long double q2 = 0;
            for (size_t c = 0; c < d; c++) {
                r2 += powl((long double)x[i * d + c] - x[j * d + c], 2);
                q2 += powl((long double)x[i * d + c] + x[j * d + c], 2);
            }
            sum +=
                usph_reference_kernel(&m->kernel, d, i == j ? 0 : r2, i == j ? 4 : q2);
        }
    }
    /* the kernel's own mean, which other tests hold against this quadrature */
    const double mean = usph_kernel_mean(&m->kernel, d);
    const double check = usph_test_sphere_mean(of_r2, &(kernel_in){ &m->kernel, d }, d);
    if (!(fabs(mean - check) <= 1e-9 * fabs(check) + 1e-12))
        return nanl("");
    return sum / ((long double)shape.n * shape.n) - mean;
}

static long double p_frame(usph_shape shape, const double *x, long double p)
{
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < shape.n; j++) {
            long double t = 0;
            for (size_t c = 0; c < shape.d; c++)
                t += (long double)x[i * shape.d + c] * x[j * shape.d + c];
            sum += i == j ? 1 : powl(fabsl(t), p);
        }
    }
    return sum;
}

static long double separation_riesz(usph_shape shape, const double *x, long double s)
{
    long double least = 5;
    long double sum = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < shape.n; i++) {
            for (size_t j = 0; j < i; j++) {
                long double r2 = 0;
                for (size_t c = 0; c < shape.d; c++)
                    r2 += powl((long double)x[i * shape.d + c] - x[j * shape.d + c], 2);
                if (pass == 0)
                    least = fminl(least, r2);
                else
                    sum += powl(r2 / least, -s / 2);
            }
        }
    }
    return (logl(sum) - logl(0.5L * shape.n * (shape.n - 1))) / s - logl(least) / 2;
}

long double usph_reference_energy(const usph_metric_spec *m, usph_shape shape,
                                  const double *x)
{
    const char *name = m->metric.entry->name;
    if (strcmp(name, "energy_projected") == 0)
        return projected(m, shape, x);
    if (strcmp(name, "mmd") == 0)
        return mmd(m, shape, x);
    if (strcmp(name, "p_frame") == 0)
        return p_frame(shape, x, m->metric.values[0]);
    if (strcmp(name, "separation_riesz") == 0)
        return separation_riesz(shape, x, m->metric.values[0]);
    return nanl("");
}
