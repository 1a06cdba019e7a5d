#include "tests/reference_uniformity.h"

#include <math.h>
#include <string.h>

static const long double PI = 3.14159265358979323846264338327950288L;

/* int_0^p cos^m, given s = sin p */
static long double cosine_power(size_t m, long double s)
{
    const long double c2 = (1 - s) * (1 + s);
    long double value = m % 2 == 0 ? asinl(s) : s;
    long double power = m % 2 == 0 ? sqrtl(c2) : c2; /* cos^(k-1) */
    for (size_t k = m % 2 == 0 ? 2 : 3; k <= m; k += 2) {
        value = power * s / k + (long double)(k - 1) / k * value;
        power *= c2;
    }
    return value;
}

long double usph_reference_share(size_t d, long double s)
{
    const long double cut = fminl(1, fmaxl(-1, s));
    return 0.5L + 0.5L * cosine_power(d - 2, cut) / cosine_power(d - 2, 1);
}

long double usph_reference_density(size_t d, long double s)
{
    const long double power = 0.5L * d - 1.5L;
    const long double c2 = (1 - s) * (1 + s);
    return (power == 0 ? 1 : powl(c2, power)) / (2 * cosine_power(d - 2, 1));
}

static long double squares(usph_shape shape, const double *x, size_t i, size_t j,
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

long double usph_reference_angle(usph_shape shape, const double *x, size_t i, size_t j)
{
    return 2 * atan2l(sqrtl(squares(shape, x, i, j, 1)),
                      sqrtl(squares(shape, x, i, j, -1)));
}

/* f(t) for an integral over t, in dimension d, at tangent = tan(theta/2) */
typedef long double integrand(long double t, size_t d, long double tangent);

enum {
    NODES = 117
};

/* Places on [0, 1] and weights of tanh-sinh quadrature, found once. */
static const long double (*nodes(void))[2]
{
    static const long double STEP = 0.0625L;
    static long double table[NODES][2];
    for (int k = 0; k < NODES && table[NODES - 1][1] == 0; k++) {
        const int middle = NODES / 2;
        const long double u = (k - middle) * STEP;
        const long double e = expl(-PI * sinhl(u));
        table[k][0] = 1 / (1 + e);
        table[k][1] = STEP * PI * coshl(u) * e / ((1 + e) * (1 + e));
    }
    return (const long double(*)[2])table;
}

static long double integral(integrand *f, long double end, size_t d, long double theta)
{
    const long double(*node)[2] = nodes();
    const long double tangent = tanl(theta / 2);
    long double sum = 0;
    for (size_t k = 0; k < NODES; k++) {
        const long double value = f(end * node[k][0], d, tangent);
        if (isfinite(value))
            sum += node[k][1] * value;
    }
    return sum * end;
}

/* P(a direction g with <g, x> = t has <g, y> on the near side), as in the source */
static long double side(long double t, size_t d, long double tangent)
{
    const long double z = tangent * t / sqrtl(1 - t * t);
    return usph_reference_share(d - 1, z);
}

static long double cvm_integrand(long double t, size_t d, long double tangent)
{
    return usph_reference_density(d, t) * usph_reference_share(d, t) *
           side(t, d, tangent);
}

static long double ad_integrand(long double t, size_t d, long double tangent)
{
    const long double share = usph_reference_share(d, -t);
    return usph_reference_density(d, t) * logl((1 - share) / share) *
           (1 - side(t, d, tangent));
}

static long double rothman_integrand(long double t, size_t d, long double tangent)
{
    return usph_reference_density(d, t) * side(t, d, tangent);
}

/* The formulas of GarciaNavarroCuesta2023, Propositions on psi, less their means. */
static long double pcvm(size_t d, long double theta)
{
    const long double c = cosl(theta / 2);
    if (d == 2)
        return 1.0L / 6 + theta * (theta - 2 * PI) / (4 * PI * PI);
    const long double share = usph_reference_share(d, c);
    return theta / (2 * PI) + 2 * share * share -
           4 * integral(cvm_integrand, c, d, theta) - 13.0L / 12;
}

static long double entropy(long double p)
{
    return p > 0 ? p * logl(p) : 0;
}

static long double pad(size_t d, long double theta)
{
    if (d == 2)
        return 1 + 2 * (entropy(theta / (2 * PI)) + entropy(1 - theta / (2 * PI)));
    return 1 - 2 * logl(2) + 4 * integral(ad_integrand, cosl(theta / 2), d, theta);
}

static long double level(size_t d, long double t)
{
    long double low = 0;
    long double high = 1;
    for (int k = 0; k < 80; k++) {
        const long double mid = (low + high) / 2;
        *(usph_reference_share(d, -mid) > t ? &low : &high) = mid;
    }
    return (low + high) / 2;
}

static long double prt(size_t d, long double theta, long double t, long double s)
{
    const long double part = fminl(t, 1 - t);
    const long double limit = 2 * acosl(s);
    if (d == 2)
        return part * (1 - part) - fminl(theta, limit) / (2 * PI);
    const long double value =
        theta < limit
            ? part - theta / (2 * PI) + 2 * integral(rothman_integrand, s, d, theta)
            : 0.5L - part;
    return value - 0.5L + part * (1 - part);
}

/* E r^-s by the ratio of Gamma functions, E log r from its closed forms */
static long double mean_power(size_t d, long double s)
{
    const long double h = 0.5L * d;
    return expl((2 * h - 2 - s) * logl(2) + lgammal(h) + lgammal(h - 0.5L - 0.5L * s) -
                lgammal(2 * h - 1 - 0.5L * s)) /
           sqrtl(PI);
}

static long double mean_log(size_t d)
{
    /* log 2 - (psi(d-1) - psi((d-1)/2))/2: from the circle (0) and S^2 by recurrence */
    long double value = d % 2 == 0 ? 0 : logl(2) - 0.5L;
    for (size_t k = d % 2 == 0 ? 2 : 3; k < d; k += 2) {
        const long double m = k;
        value += 1 / (m - 1) - 0.5L / (m - 1) - 0.5L / m;
    }
    return value;
}

/* E exp(kappa (t - 1)) by its power series in kappa, and the coefficient at degree k */
static long double softmax_coefficient(size_t d, long double kappa, size_t k)
{
    const long double h = 0.5L * d;
    long double term = 1;
    for (size_t j = 1; j <= k; j++)
        term *= 0.5L * kappa / (h + j - 1);
    long double sum = 0;
    for (size_t j = 0; term > 1e-25L * sum; j++) {
        sum += term;
        term *= 0.25L * kappa * kappa / ((j + 1.0L) * (h + k + j));
    }
    return expl(-kappa) * sum;
}

static long double polynomial(size_t d, size_t k, long double t)
{
    long double before = 1;
    long double here = t;
    if (k == 0)
        return 1;
    for (size_t j = 1; j < k; j++) {
        const long double next =
            ((2.0L * j + d - 2) * t * here - j * before) / (j + d - 2.0L);
        before = here;
        here = next;
    }
    return here;
}

/* C(k+d-1, d-1) - C(k+d-3, d-1) */
static long double dimension(size_t d, size_t k)
{
    const long double whole =
        expl(lgammal(k + d) - lgammal(k + 1.0L) - lgammal((long double)d));
    const long double less =
        k < 2
            ? 0
            : expl(lgammal(k + d - 2.0L) - lgammal(k - 1.0L) - lgammal((long double)d));
    return roundl(whole - less) > 1e15L ? whole - less : roundl(whole - less);
}

static long double harmonics(const usph_metric_spec *m, size_t d, long double t)
{
    const bool stein = strcmp(m->metric.entry->name, "stein") == 0;
    const size_t degree = stein ? (size_t)m->metric.values[0] : 8;
    long double sum = 0;
    for (size_t k = 1; k <= degree; k++) {
        const long double v =
            k * (k + d - 2.0L) * expl(1) * softmax_coefficient(d, 1, k);
        const long double weight = stein ? v * v : m->metric.values[k - 1];
        if (weight > 0)
            sum += weight * dimension(d, k) * polynomial(d, k, t);
    }
    return sum;
}

/* What the tests ask of a pair, without the mean of T and its scale. */
typedef struct pair {
    long double r2, q2, theta, t;
} pair;

static long double gine(size_t d, const pair *p)
{
    const long double g = expl(lgammal(0.5L * d - 0.5L) - lgammal(0.5L * d));
    return 0.5L - (d - 1) / 4.0L * g * g * sinl(p->theta);
}

static long double moments(const char *name, size_t d, const pair *p)
{
    if (strcmp(name, "rayleigh") == 0)
        return d * p->t;
    if (strcmp(name, "bingham") == 0)
        return d * (d + 2.0L) / 2 * (p->t * p->t - 1.0L / d);
    if (strcmp(name, "ajne") == 0)
        return 0.25L - p->theta / (2 * PI);
    if (strcmp(name, "gine_gn") == 0)
        return gine(d, p);
    if (strcmp(name, "gine_fn") == 0)
        return 1 - 2 * p->theta / PI + gine(d, p);
    return nanl("");
}

static long double kernel(const usph_metric_spec *m, size_t d, const pair *p)
{
    const char *name = m->metric.entry->name;
    const long double a = m->metric.values[0];
    if (strcmp(name, "bakshaev") == 0)
        return mean_power(d, -1) - sqrtl(p->r2);
    if (strcmp(name, "riesz_test") == 0 && a != 0)
        return (a > 0 ? 1 : -1) * (powl(p->r2, -a / 2) - mean_power(d, a));
    if (strcmp(name, "riesz_test") == 0 || strcmp(name, "pycke") == 0)
        return mean_log(d) - logl(p->r2) / 2;
    if (strcmp(name, "poisson_test") == 0)
        return powl(1 - a, d) *
               (powl((1 - a) * (1 - a) + a * p->r2, -0.5L * d) - 1 / (1 - a * a));
    if (strcmp(name, "softmax_test") == 0)
        return expl(-a * p->r2 / 2) - softmax_coefficient(d, a, 0);
    if (strcmp(name, "stereo") == 0)
        return sqrtl(p->q2 / p->r2) + a * sqrtl(p->r2 / p->q2) -
               (1 + a) * (d - 2) / 2.0L *
                   expl(2 * (lgammal(0.5L * d - 1) - lgammal(0.5L * d - 0.5L)));
    return nanl("");
}

static long double of_pair(const usph_metric_spec *m, size_t d, const pair *p,
                           long double s)
{
    const char *name = m->metric.entry->name;
    if (strcmp(name, "pcvm") == 0)
        return pcvm(d, p->theta);
    if (strcmp(name, "pad") == 0)
        return pad(d, p->theta);
    if (strcmp(name, "prt") == 0)
        return prt(d, p->theta, m->metric.values[0], s);
    if (strcmp(name, "stein") == 0 || strcmp(name, "sobolev") == 0)
        return harmonics(m, d, p->t);
    const long double value = moments(name, d, p);
    return isnan(value) ? kernel(m, d, p) : value;
}

/* E T */
static long double mean(const usph_metric_spec *m, size_t d)
{
    static const char *const PAIRS_ONLY[] = { "poisson_test", "softmax_test",
                                              "stereo" };
    const pair coincident = { 0, 4, 0, 1 };
    const char *name = m->metric.entry->name;
    for (size_t k = 0; k < 3; k++)
        if (strcmp(name, PAIRS_ONLY[k]) == 0)
            return 0;
    if (strcmp(name, "pycke") == 0)
        return d > 3 ? mean_log(d) : 0;
    if (strcmp(name, "riesz_test") == 0 && m->metric.values[0] >= 0)
        return m->metric.values[0] > 0 ? 0 : mean_log(d);
    const long double s =
        strcmp(name, "prt") == 0
            ? level(d, fmin(m->metric.values[0], 1 - m->metric.values[0]))
            : 0;
    return of_pair(m, d, &coincident, s);
}

static long double scale(const char *name, usph_shape shape)
{
    const long double n = shape.n;
    if (strcmp(name, "pycke") == 0 && shape.d <= 3)
        return shape.d == 2 ? 4 / (n - 1) : 1 / (PI * (n - 1));
    return 2 / n;
}

static long double cai_jiang(usph_shape shape, const double *x)
{
    const long double d = shape.d;
    long double least = 1;
    for (size_t i = 0; i < shape.n; i++)
        for (size_t j = 0; j < i; j++)
            least = fminl(least,
                          squares(shape, x, i, j, 1) * squares(shape, x, i, j, -1) / 4);
    return d * logl(least) + 4 * d / (d - 2) * logl(shape.n) - logl(d);
}

long double usph_reference_uniformity(const usph_metric_spec *m, usph_shape shape,
                                      const double *x)
{
    const char *name = m->metric.entry->name;
    const size_t d = shape.d;
    if (strcmp(name, "cai_jiang") == 0)
        return cai_jiang(shape, x);
    const double t = m->metric.values[0];
    const long double s = strcmp(name, "prt") == 0 ? level(d, fmin(t, 1 - t)) : 0;
    long double sum = 0;
    const pair first = { 2, 2, PI / 2, 0 };
    if (isnan(of_pair(m, d, &first, s)))
        return nanl("");
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            const long double r2 = squares(shape, x, i, j, 1);
            const pair p = { r2, squares(shape, x, i, j, -1),
                             usph_reference_angle(shape, x, i, j), 1 - r2 / 2 };
            sum += of_pair(m, d, &p, s);
        }
    }
    const long double value = mean(m, d) + scale(name, shape) * sum;
    if (strcmp(name, "rayleigh") == 0 && t != 0)
        return (value - d) / sqrtl(2.0L * d);
    return value;
}
