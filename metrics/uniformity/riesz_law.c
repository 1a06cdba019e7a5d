#include "metrics/uniformity/riesz_law.h"

#include <math.h>

#include "metrics/kernel.h"

extern const usph_kernel usph_kernel_riesz;
extern const usph_kernel usph_kernel_log;

double usph_riesz_mean(double s, size_t d)
{
    const usph_spec riesz = { .entry = &usph_kernel_riesz.entry, .values = { s } };
    const usph_spec log = { .entry = &usph_kernel_log.entry };
    return usph_kernel_mean(s == 0 ? &log : &riesz, d);
}

bool usph_riesz_weights(double s, size_t d, size_t count, double *v2)
{
    const double top = (double)d - 1;
    if (2 * s >= top)
        return false;
    double value =
        s == 0 ? 0.5 / top : fabs(usph_riesz_mean(s, d) * 0.5 * s / (top - 0.5 * s));
    for (size_t k = 1; k <= count; k++) {
        const double kk = (double)k;
        v2[k - 1] = value;
        value *= (0.5 * s + kk) / (top - 0.5 * s + kk);
    }
    return true;
}
