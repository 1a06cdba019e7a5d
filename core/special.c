#include "core/special.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* Stirling's correction lgamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), x >= 10. */
static double stirling_rest(double x)
{
    const double q = 1 / (x * x);
    const double series =
        1.0 / 12 -
        q * (1.0 / 360 - q * (1.0 / 1260 -
                              q * (1.0 / 1680 -
                                   q * (1.0 / 1188 - q * (691.0 / 360360 - q / 156)))));
    return series / x;
}

double usph_log_gamma_ratio(double x, double a)
{
    double climbed = 1;
    /* Gamma(x + a) / Gamma(x): climb with the recurrence until Stirling is exact */
    while (x < 20 || x + a < 20) {
        climbed *= x / (x + a);
        x += 1;
    }
    const double y = x + a;
    return log(climbed) + (x - 0.5) * log1p(a / x) + a * log(y) - a + stirling_rest(y) -
           stirling_rest(x);
}

double usph_digamma(double x)
{
    double shift = 0;
    while (x < 15) {
        shift -= 1 / x;
        x += 1;
    }
    const double q = 1 / (x * x);
    const double series =
        q *
        (1.0 / 12 -
         q * (1.0 / 120 -
              q * (1.0 / 252 - q * (1.0 / 240 - q * (1.0 / 132 - q * 691 / 32760)))));
    return shift + log(x) - 0.5 / x - series;
}

/* k log(k / z) - k + z without cancellation where k is near z (Loader's deviance). */
static double deviance(double k, double z)
{
    const double v = (k - z) / (k + z);
    if (fabs(v) > 0.1)
        return k * log(k / z) + z - k;
    double sum = (k - z) * v;
    double term = 2 * k * v;
    for (int j = 1; j < 100; j++) {
        term *= v * v;
        const double next = sum + term / (2 * j + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

/* log of the Poisson weight exp(-z) z^k / k!  Source: Loader2000. */
static double log_poisson(double k, double z)
{
    static const double LOG_TWO_PI = 1.8378770664093454836;
    if (k == 0)
        return -z;
    const double rest =
        k < 10 ? lgamma(k + 1) - ((k + 0.5) * log(k) - k + 0.5 * LOG_TWO_PI)
               : stirling_rest(k);
    return -rest - deviance(k, z) - 0.5 * (LOG_TWO_PI + log(k));
}

double usph_log_mean_gauss(double t, double d)
{
    const double a = 0.5 * (d - 1);
    const double z = 4 * t;
    /* term ratio (a + k) z / ((2a + k)(k + 1)) is 1 at the root of k^2 + b k - c */
    const double b = 2 * a + 1 - z;
    const double c = a * (z - 2);
    const double root = sqrt(fmax(0, 0.25 * b * b + c));
    /* either form of the root, whichever does not cancel */
    const double mode = b > 0 ? c / (root + 0.5 * b) : root - 0.5 * b;
    const double k0 = fmax(0, floor(mode));
    double sum = 1;
    double term = 1;
    for (double k = k0; term > 1e-18 * sum; k += 1) {
        term *= (a + k) * z / ((2 * a + k) * (k + 1));
        sum += term;
    }
    term = 1;
    for (double k = k0; k > 0 && term > 1e-18 * sum; k -= 1) {
        term *= (2 * a + k - 1) * k / ((a + k - 1) * z);
        sum += term;
    }
    /* (a)_k / (2a)_k at the largest term, in the form whose logarithms are smaller */
    const double ratio =
        k0 < a ? usph_log_gamma_ratio(a, k0) - usph_log_gamma_ratio(2 * a, k0)
               : usph_log_gamma_ratio(a, a) - usph_log_gamma_ratio(a + k0, a);
    return log_poisson(k0, z) + ratio + log(sum);
}

/* Lentz's evaluation of the continued fraction of the incomplete beta function. */
static double beta_fraction(double a, double b, double x)
{
    static const double TINY = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int m = 1; m < 10000; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        h *= d * c;
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        const double change = d * c;
        h *= change;
        if (fabs(change - 1) < 1e-16)
            break;
    }
    return h;
}

/* The area for theta <= pi/2, from sine and cosine. */
static double small_cap(size_t d, double sine, double cosine)
{
    const double a = 0.5 * ((double)d - 1);
    const double x = sine * sine;
    if (sine == 0)
        return 0;
    /* x^a (1 - x)^(1/2) / B(a, 1/2), with B(a, 1/2) = G(a) sqrt(pi) / G(a + 1/2) */
    const double front =
        exp(usph_log_gamma_ratio(a, 0.5) + 2 * a * log(sine)) * cosine / sqrt(PI);
    if (x < (a + 1) / (a + 2.5))
        return 0.5 * front * beta_fraction(a, 0.5, x) / a;
    return 0.5 * (1 - front * beta_fraction(0.5, a, cosine * cosine) / 0.5);
}

double usph_cap_area(size_t d, double theta)
{
    theta = fmin(fmax(theta, 0), PI);
    if (theta <= 0.5 * PI)
        return small_cap(d, sin(theta), cos(theta));
    return 1 - small_cap(d, sin(theta), -cos(theta));
}

double usph_cap_angle(size_t d, double area)
{
    if (area > 0.5)
        return PI - usph_cap_angle(d, 1 - area);
    double lo = 0;
    double hi = 0.5 * PI;
    /* halving first, in relative steps where the angle is small; then to rounding */
    for (int k = 0; k < 200 && hi - lo > 2e-16 * hi; k++) {
        const double mid = 0.5 * (lo + hi);
        if (usph_cap_area(d, mid) < area)
            lo = mid;
        else
            hi = mid;
    }
    return 0.5 * (lo + hi);
}

double usph_integrate(double (*f)(double x, double from_a, double to_b,
                                  const void *ctx),
                      const void *ctx, double a, double b)
{
    enum {
        LEVELS = 11
    };
    const double width = b - a;
    double step = 2;
    double sum = 0.25 * PI * f(a + 0.5 * width, 0.5 * width, 0.5 * width, ctx);
    double result = width * step * sum;
    for (int level = 0; level < LEVELS; level++) {
        step *= 0.5;
        for (int i = 1; step * i<6.2; i += level> 0 ? 2 : 1) {
            const double u = 0.5 * PI * sinh(step * i);
            const double small =
                1 / (1 + exp(2 * u)); /* share of the width at an end */
            const double weight = 0.5 * PI * cosh(step * i) * 2 * small * (1 - small);
            const double near = width * small;
            const double far = width - near;
            if (near == 0)
                break;
            sum += weight * (f(a + near, near, far, ctx) + f(b - near, far, near, ctx));
        }
        const double finer = width * step * sum;
        if (level > 3 && fabs(finer - result) <= 1e-15 * fabs(finer))
            return finer;
        result = finer;
    }
    return result;
}

/* A mean over angles: f, and how far from pi/2 there is any weight. */
typedef struct angle_mean {
    double (*f)(double theta, const void *ctx);
    const void *ctx;
    double power; /* of the sine */
} angle_mean;

static double angle_weight(const angle_mean *mean, double from, double to)
{
    return pow(sin(fmin(from, to)), mean->power);
}

static double angle_term(double x, double from_a, double to_b, const void *ctx)
{
    const angle_mean *mean = ctx;
    const double value = mean->f(x, mean->ctx);
    /* overflow next to an integrable singularity, where the weight is far below */
    return isfinite(value) ? value * angle_weight(mean, from_a, to_b) : 0;
}

/* The same where the sine at the ends of the interval is below rounding. */
static double middle_term(double x, double from_a, double to_b, const void *ctx)
{
    const angle_mean *mean = ctx;
    (void)from_a;
    (void)to_b;
    return mean->f(x, mean->ctx) * exp(mean->power * log(sin(x)));
}

static double one(double theta, const void *ctx)
{
    (void)theta;
    (void)ctx;
    return 1;
}

double usph_sphere_mean(double (*f)(double theta, const void *ctx), const void *ctx,
                        size_t d)
{
    const angle_mean mean = { f, ctx, (double)d - 2 };
    const angle_mean unit = { one, NULL, (double)d - 2 };
    const double half = 12 / sqrt((double)d); /* sin^(d-2) < e^-72 beyond */
    if (half >= 0.5 * PI)
        return usph_integrate(angle_term, &mean, 0, PI) /
               usph_integrate(angle_term, &unit, 0, PI);
    const double lo = 0.5 * PI - half;
    const double hi = 0.5 * PI + half;
    return usph_integrate(middle_term, &mean, lo, hi) /
           usph_integrate(middle_term, &unit, lo, hi);
}
