#include "metrics/kernel.h"

#include <math.h>

double usph_kernel_at(const usph_spec *kernel, size_t d, double r2)
{
    const double q2 = 4 - r2;
    double k = 0;
    usph_kernel_of(kernel->entry)
        ->eval(&(usph_kernel_pairs){ kernel->values, d, 1, &r2, &q2 },
               &(usph_kernel_values){ .k = &k });
    return k;
}

double usph_kernel_mean(const usph_spec *kernel, size_t d)
{
    return usph_kernel_of(kernel->entry)->mean(kernel->values, d);
}

bool usph_kernel_smooth_at_zero(const usph_spec *kernel, size_t d)
{
    const double zero = 0;
    const double four = 4;
    double k = 0;
    double dk = 0;
    usph_kernel_of(kernel->entry)
        ->eval(&(usph_kernel_pairs){ kernel->values, d, 1, &zero, &four },
               &(usph_kernel_values){ .k = &k, .dk = &dk });
    return isfinite(dk);
}
