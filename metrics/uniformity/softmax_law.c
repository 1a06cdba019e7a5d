#include "metrics/uniformity/softmax_law.h"

#include <math.h>

#include "core/special.h"

void usph_softmax_coefficients(double kappa, size_t d, size_t count, double *c)
{
    const double nu = 0.5 * (double)d - 1;
    /* start where ratios are small: I_(v+1)/I_v ~ kappa/(2v + 2) */
    const size_t start = count + 40 + (size_t)(2 * kappa);
    double ratio = 0;
    for (size_t k = start; k > 0; k--) { /* ratio: I_(nu+k) / I_(nu+k-1) */
        ratio = kappa / (2 * (nu + (double)k) + kappa * ratio);
        if (k < count)
            c[k] = ratio;
    }
    c[0] = exp(usph_log_mean_gauss(0.5 * kappa, (double)d));
    for (size_t k = 1; k < count; k++)
        c[k] *= c[k - 1];
}
