#include "metrics/pairs/job.h"

size_t usph_soa_stride(size_t n)
{
    /* whole vectors behind the last point, whichever row of a block reads them */
    return usph_workspace_cost(n) + USPH_PAD;
}

void usph_soa_fill(size_t n, size_t d, const double *x, double *soa)
{
    const size_t stride = usph_soa_stride(n);
    for (size_t k = 0; k < d; k++) {
        for (size_t i = 0; i < n; i++)
            soa[k * stride + i] = x[i * d + k];
        for (size_t i = n; i < stride; i++)
            soa[k * stride + i] = 3;
    }
}

void usph_transpose(size_t rows, size_t cols, const double *a, double *out)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++)
            out[k * rows + i] = a[i * cols + k];
}

double usph_square(size_t d, const double *x, const double *y, double sign)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += (x[k] - sign * y[k]) * (x[k] - sign * y[k]);
    return sum;
}
