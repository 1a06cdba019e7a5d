#include "metrics/uniformity/gine.h"

#include <math.h>

#include "core/special.h"

static const double PI = 3.14159265358979323846;

double usph_gine_constant(size_t d)
{
    const double h = 0.5 * ((double)d - 1);
    return 0.5 * h * exp(-2 * usph_log_gamma_ratio(h, 0.5));
}

/* v_(2j)^2 = (d-1)(2j-1) / (8 pi (2j+d-1)) (G((d-1)/2) G(j-1/2) / G(j+(d-1)/2))^2 */
void usph_gine_weights(size_t d, size_t count, double *v2)
{
    const double h = 0.5 * ((double)d - 1);
    double ratio = sqrt(PI) / h; /* G(h) G(1/2) / G(h + 1): j = 1 */
    for (size_t k = 2; k <= count; k += 2) {
        const double j = 0.5 * (double)k;
        v2[k - 1] = h * (2 * j - 1) / (8 * PI * (j + h)) * ratio * ratio;
        ratio *= (j - 0.5) / (j + h);
    }
}
