#include "metrics/kernel.h"

#include <math.h>

double usph_kernel_at(const usph_spec *kernel, double r2)
{
    double k = 0;
    usph_kernel_of(kernel->entry)
        ->eval(kernel->values, 1, &r2, &(usph_kernel_values){ .k = &k });
    return k;
}

double usph_kernel_mean(const usph_spec *kernel, size_t d)
{
    return usph_kernel_of(kernel->entry)->mean(kernel->values, d);
}

bool usph_kernel_smooth_at_zero(const usph_spec *kernel)
{
    const double zero = 0;
    double k = 0;
    double dk = 0;
    usph_kernel_of(kernel->entry)
        ->eval(kernel->values, 1, &zero, &(usph_kernel_values){ .k = &k, .dk = &dk });
    return isfinite(dk);
}
