#include "tests/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/reference_covering.h"
#include "tests/reference_uniformity.h"

static const long double PI = 3.14159265358979323846264338327950288L;

static long double dot(usph_shape shape, const double *x, size_t i, size_t j)
{
    long double sum = 0;
    for (size_t k = 0; k < shape.d; k++)
        sum += (long double)x[i * shape.d + k] * x[j * shape.d + k];
    return sum;
}

static long double distance2(usph_shape shape, const double *x, size_t i, size_t j,
                             long double sign)
{
    long double sum = 0;
    for (size_t k = 0; k < shape.d; k++) {
        const long double t =
            (long double)x[i * shape.d + k] - sign * x[j * shape.d + k];
        sum += t * t;
    }
    return sum;
}

/* sum over 1 <= l <= degree of a_l dim H_l P_l(t), by the recurrence of P_l. */
static long double heat(long double tau, size_t degree, size_t dim, long double t)
{
    const long double d = dim;
    long double before = 1;
    long double now = t;
    long double harmonics = d;
    long double sum = 0;
    for (size_t l = 1; l <= degree; l++) {
        sum += expl(-tau * l * (l + d - 2)) * harmonics * now;
        const long double next = ((2 * l + d - 2) * t * now - l * before) / (l + d - 2);
        before = now;
        now = next;
        harmonics *= (2 * l + d) * (l + d - 2) / ((2 * l + d - 2) * (l + 1));
    }
    return sum;
}

/* The kernels of published code, numbered as there. */
static long double compat(int form, long double r2, long double theta)
{
    const long double chord = (r2 + 2e-4L) / 1.0001L; /* 2 - 2t/1.0001 */
    const long double angle = theta / PI + 1e-4L;
    const long double values[] = {
        -logl(chord), 1 / sqrtl(chord), 1 / chord,
        -logl(angle), 1 / angle,        1 / (angle * angle)
    };
    return values[form];
}

long double usph_reference_kernel(const usph_spec *kernel, size_t d, long double r2,
                                  long double q2)
{
    const char *name = kernel->entry->name;
    const long double a = kernel->values[0];
    const long double b = kernel->values[1];
    const long double theta = 2 * atan2l(sqrtl(r2), sqrtl(q2));
    if (strcmp(name, "riesz") == 0)
        return (a > 0 ? 1 : -1) * powl(sqrtl(r2), -a);
    if (strcmp(name, "log") == 0)
        return -logl(sqrtl(r2));
    if (strcmp(name, "gauss") == 0)
        return expl(-a * r2);
    if (strcmp(name, "riesz_angle") == 0)
        return (a > 0 ? 1 : -1) * powl(theta, -a);
    if (strcmp(name, "log_angle") == 0)
        return -logl(theta);
    if (strcmp(name, "laplace") == 0)
        return expl(-a * sqrtl(r2));
    if (strcmp(name, "laplace_angle") == 0)
        return expl(-a * theta);
    if (strcmp(name, "multiquadric") == 0)
        return powl(a * a + r2, -b);
    if (strcmp(name, "poisson") == 0)
        return (1 - a * a) * powl((1 - a) * (1 - a) + a * r2, -0.5L * d);
    if (strcmp(name, "heat") == 0)
        return heat(a, (size_t)b, d, 1 - r2 / 2);
    if (strcmp(name, "compat") == 0)
        return compat((int)a, r2, theta);
    return nanl("");
}

/* With half=1, over the pairs of the doubled set, one by one. */
static long double energy(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    const bool half = m->metric.values[0] != 0;
    const size_t n = half ? 2 * shape.n : shape.n;
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            const long double sign = (i < shape.n) == (j < shape.n) ? 1 : -1;
            const size_t a = i < shape.n ? i : i - shape.n;
            const size_t b = j < shape.n ? j : j - shape.n;
            sum += usph_reference_kernel(&m->kernel, shape.d,
                                         distance2(shape, x, a, b, sign),
                                         distance2(shape, x, a, b, -sign));
        }
    }
    const long double pairs = 0.5L * n * (n - 1);
    return sum / pairs;
}

static long double separation(usph_shape shape, const double *x)
{
    long double least = PI;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = i + 1; j < shape.n; j++) {
            const long double angle = 2 * atan2l(sqrtl(distance2(shape, x, i, j, 1)),
                                                 sqrtl(distance2(shape, x, i, j, -1)));
            least = angle < least ? angle : least;
        }
    }
    return least;
}

/* log of the mean over pairs of exp(a <x, y> + b r2) */
static long double log_mean(usph_shape shape, const double *x, long double a,
                            long double b)
{
    long double most = -1e4900L;
    long double sum = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < shape.n; i++) {
            for (size_t j = i + 1; j < shape.n; j++) {
                const long double e =
                    a * dot(shape, x, i, j) + b * distance2(shape, x, i, j, 1);
                if (pass == 1)
                    sum += expl(e - most);
                else if (e > most)
                    most = e;
            }
        }
    }
    return most + logl(sum / ((long double)shape.n * (shape.n - 1) / 2));
}

/* Cholesky by its definition, in place; the logarithm of the determinant. */
static long double log_determinant(size_t n, long double *a)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            long double lost = 0;
            for (size_t k = 0; k < j; k++)
                lost += a[i * n + k] * a[j * n + k];
            const long double v = a[i * n + j] - lost;
            if (i == j) /* of a pivot near 1 the part beyond 1 has more digits */
                sum += log1pl((a[i * n + j] - 1) - lost);
            a[i * n + j] = i == j ? sqrtl(v) : v / a[j * n + j];
        }
    }
    return sum;
}

static long double gram_logdet(const usph_metric_spec *m, usph_shape shape,
                               const double *x)
{
    const double *values = m->metric.values;
    const bool half = values[3] != 0;
    const size_t n = half ? 2 * shape.n : shape.n;
    const long double scale = values[1] != 0 ? powl(n, 2.0L / (shape.d - 1)) : 1;
    long double *a = malloc(n * n * sizeof *a);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            const int sign = (i < shape.n) == (j < shape.n) ? 1 : -1;
            a[i * n + j] = expl(-values[0] * scale *
                                distance2(shape, x, i % shape.n, j % shape.n, sign)) +
                           (i == j ? values[2] : 0);
        }
    }
    const long double result = log_determinant(n, a);
    free(a);
    return result;
}

/* The kernel is 1 plus that of all degrees alike, over the area 2 pi^(d/2)/Gamma(d/2).
 */
static long double gram_logdet_harmonic(const usph_metric_spec *m, usph_shape shape,
                                        const double *x)
{
    const size_t n = shape.n;
    const long double h = shape.d / 2.0L;
    const long double area = 2 * powl(PI, h) / tgammal(h);
    long double *a = malloc(n * n * sizeof *a);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            a[i * n + j] = (1 + heat(0, (size_t)m->metric.values[0], shape.d,
                                     i == j ? 1 : dot(shape, x, i, j))) /
                           area;
    const long double result = log_determinant(n, a);
    free(a);
    return result;
}

/* E|x - y| by the recurrence in d from the circle (4/pi) and the sphere (4/3). */
static long double mean_distance(size_t d)
{
    long double mean = d % 2 == 0 ? 4 / PI : 4.0L / 3;
    for (size_t k = d % 2 == 0 ? 2 : 3; k < d; k += 2) {
        const long double m = k;
        /* W(d) = 2^(d-1) G(d/2)^2 / (sqrt(pi) G(d - 1/2)), so W(d+2)/W(d) is */
        mean *= m * m / ((m - 0.5L) * (m + 0.5L));
    }
    return mean;
}

static long double cap_discrepancy(usph_shape shape, const double *x)
{
    const long double d = shape.d;
    const long double n = shape.n;
    const long double c =
        expl(lgammal(d / 2) - lgammal((d - 1) / 2)) / ((d - 1) * sqrtl(PI));
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++)
        for (size_t j = 0; j < shape.n; j++)
            sum += sqrtl(distance2(shape, x, i, j, 1));
    return c * (mean_distance(shape.d) - sum / (n * n));
}

static long double frame_potential(usph_shape shape, const double *x)
{
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++)
        for (size_t j = 0; j < shape.n; j++)
            sum += dot(shape, x, i, j) * dot(shape, x, i, j);
    return sum;
}

static long double basic(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    const char *name = m->metric.entry->name;
    const long double a = m->metric.values[0];
    long double value = nanl("");
    if (strcmp(name, "energy") == 0)
        value = energy(m, shape, x);
    if (strcmp(name, "separation") == 0)
        value = separation(shape, x);
    if (strcmp(name, "separation_soft") == 0)
        value = log_mean(shape, x, a, 0) / a;
    if (strcmp(name, "gaussian_uniformity") == 0)
        value = log_mean(shape, x, 0, -a);
    if (strcmp(name, "gram_logdet") == 0)
        value = gram_logdet(m, shape, x);
    if (strcmp(name, "gram_logdet_harmonic") == 0)
        value = gram_logdet_harmonic(m, shape, x);
    if (strcmp(name, "cap_discrepancy") == 0)
        value = cap_discrepancy(shape, x);
    if (strcmp(name, "frame_potential") == 0)
        value = frame_potential(shape, x);
    return value;
}

static usph_reference_room *const ROOMS[] = {
    basic,
    usph_reference_distance,
    usph_reference_energy,
    usph_reference_spectral,
    usph_reference_uniformity,
    usph_reference_discrepancy,
    usph_reference_covering,
};

double usph_reference(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    for (size_t r = 0; r < sizeof ROOMS / sizeof *ROOMS; r++) {
        const long double value = ROOMS[r](m, shape, x);
        if (!isnan(value))
            return (double)value;
    }
    return NAN;
}
