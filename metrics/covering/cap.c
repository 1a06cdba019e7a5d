#include "metrics/covering/cap.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

/* s^(m+1) cos(a)/(m+1) 2F1(1, (m+2)/2; (m+3)/2; s^2): all terms are positive. */
static double log_integral_from_pole(double m, double sine, double cosine)
{
    double term = 1;
    double sum = 1;
    for (double k = 0; term > 1e-17 * sum; k++) {
        term *= sine * sine * (0.5 * m + 1 + k) / (0.5 * m + 1.5 + k);
        sum += term;
    }
    return (m + 1) * log(sine) + log(cosine * sum / (m + 1));
}

/* int_0^c (1 - u^2)^((m-1)/2) du = c s^(m+1) 2F1(1, (m+2)/2; 3/2; c^2), positive too.
 */
static double integral_from_equator(double m, double sine, double cosine)
{
    double term = 1;
    double sum = 1;
    for (double k = 0; term > 1e-17 * sum; k++) {
        term *= cosine * cosine * (0.5 * m + 1 + k) / (1.5 + k);
        sum += term;
    }
    return exp((m + 1) * log(sine)) * cosine * sum;
}

double usph_cap_share(size_t d, double radius)
{
    const double m = (double)d - 2;
    const double sine = sin(radius);
    const double cosine = cos(radius);
    const double scale = lgamma(0.5 * (double)d) - lgamma(0.5 * (double)d - 0.5);
    if (radius <= 0)
        return 0;
    if (radius > 0.5 * PI)
        return 1 - usph_cap_share(d, PI - radius);
    if (d == 2)
        return radius / PI;
    if (cosine < 0.5)
        return 0.5 - exp(scale) / sqrt(PI) * integral_from_equator(m, sine, cosine);
    return exp(scale - 0.5 * log(PI) + log_integral_from_pole(m, sine, cosine));
}

double usph_cap_radius(size_t d, double share)
{
    double lo = 0;
    double hi = 0.5 * PI;
    for (int step = 0; step < 60; step++) {
        const double mid = 0.5 * (lo + hi);
        if (usph_cap_share(d, mid) < share)
            lo = mid;
        else
            hi = mid;
    }
    return lo; /* from below: it serves as a lower bound */
}
