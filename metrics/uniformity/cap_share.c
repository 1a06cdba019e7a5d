#include "metrics/uniformity/cap_share.h"

#include <math.h>

#include "core/special.h"

usph_cap_law usph_cap_law_of(size_t d)
{
    static const double LOG_PI = 1.1447298858494001741;
    const double dd = (double)d;
    return (usph_cap_law){ dd,
                           usph_log_gamma_ratio(0.5 * (dd - 1), 0.5) - 0.5 * LOG_PI };
}

/* Continued fraction of the incomplete beta function, by Lentz's recurrence. */
static double beta_fraction(double x, double a, double b)
{
    double c = 1;
    double g = 1 / (1 - (a + b) * x / (a + 1));
    double value = g;
    for (int k = 1; k < 10000; k++) {
        const double m = k;
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        g = 1 / (1 + even * g);
        c = 1 + even / c;
        value *= g * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        g = 1 / (1 + odd * g);
        c = 1 + odd / c;
        value *= g * c;
        if (fabs(g * c - 1) < 3e-16)
            break;
    }
    return value;
}

double usph_cap_density(usph_cap_law law, double sine2)
{
    return exp(law.log_constant + 0.5 * (law.d - 3) * log(sine2));
}

double usph_cap_share(usph_cap_law law, double cosine, double sine2)
{
    const double a = 0.5 * (law.d - 1);
    if (sine2 <= 0)
        return 0;
    if (law.d == 3)
        return 0.5 * sine2 / (1 + cosine);
    const double front = exp(law.log_constant + a * log(sine2)) * cosine;
    if (sine2 < (a + 1) / (a + 2.5))
        return front / (law.d - 1) * beta_fraction(sine2, a, 0.5);
    return 0.5 - front * beta_fraction(cosine * cosine, 0.5, a);
}

double usph_cap_level(usph_cap_law law, double t)
{
    double low = 0;
    double high = 1;
    for (int step = 0; step < 60; step++) {
        const double mid = 0.5 * (low + high);
        const double share = usph_cap_share(law, mid, (1 - mid) * (1 + mid));
        *(share > t ? &low : &high) = mid;
    }
    return 0.5 * (low + high);
}
