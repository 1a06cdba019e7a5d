#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/special.h"
#include "tests/reference.h"

static long double square(usph_shape shape, const double *x, size_t i, size_t j,
                          int sign)
{
    long double sum = 0;
    for (size_t k = 0; k < shape.d; k++) {
        const long double t =
            (long double)x[i * shape.d + k] - sign * (long double)x[j * shape.d + k];
        sum += t * t;
    }
    return sum;
}

static long double angle(usph_shape shape, const double *x, size_t i, size_t j)
{
    return 2 *
           atan2l(sqrtl(square(shape, x, i, j, 1)), sqrtl(square(shape, x, i, j, -1)));
}

/* A mean over points of a function of the nearest angle and squared distance. */
static long double nearest(usph_shape shape, const double *x,
                           long double (*f)(long double theta, long double r2))
{
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        long double theta = 4;
        long double r2 = 5;
        for (size_t j = 0; j < shape.n; j++) {
            if (j == i)
                continue;
            theta = fminl(theta, angle(shape, x, i, j));
            r2 = fminl(r2, square(shape, x, i, j, 1));
        }
        sum += f(theta, r2);
    }
    return sum / shape.n;
}

static long double the_angle(long double theta, long double r2)
{
    (void)r2;
    return theta;
}

static long double its_square(long double theta, long double r2)
{
    (void)r2;
    return theta * theta;
}

static long double the_cosine(long double theta, long double r2)
{
    (void)theta;
    return 1 - r2 / 2;
}

static long double minus_log(long double theta, long double r2)
{
    (void)theta;
    return -logl(r2) / 2;
}

/* Angles sorted into bins by their cap's area. */
static long double histogram(usph_shape shape, const double *x, size_t bins)
{
    long double *counts = calloc(bins, sizeof *counts);
    const long double pairs = 0.5L * shape.n * (shape.n - 1);
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double area = usph_cap_area(shape.d, (double)angle(shape, x, i, j));
            const size_t b = (size_t)ceil(area * (double)bins);
            counts[b > bins ? bins - 1 : b > 0 ? b - 1 : 0] += 1;
        }
    }
    for (size_t b = 0; b < bins; b++)
        sum += (counts[b] / pairs - 1.0L / bins) * (counts[b] / pairs - 1.0L / bins) *
               bins;
    free(counts);
    return sum;
}

long double usph_reference_distance(const usph_metric_spec *m, usph_shape shape,
                                    const double *x)
{
    const char *name = m->metric.entry->name;
    if (strcmp(name, "nearest_angle") == 0)
        return nearest(shape, x, the_angle);
    if (strcmp(name, "nearest_cosine") == 0)
        return nearest(shape, x, the_cosine);
    if (strcmp(name, "koleo") == 0)
        return nearest(shape, x, minus_log);
    if (strcmp(name, "nearest_dispersion") == 0) {
        const long double mean = nearest(shape, x, the_angle);
        return sqrtl(fmaxl(0, nearest(shape, x, its_square) - mean * mean)) / mean;
    }
    if (strcmp(name, "angle_histogram") == 0)
        return histogram(shape, x, (size_t)m->metric.values[0]);
    return nanl("");
}
