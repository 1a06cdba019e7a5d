#include "core/special.h"

#include <math.h>

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
