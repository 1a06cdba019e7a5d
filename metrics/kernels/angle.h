#ifndef USPH_METRICS_KERNELS_ANGLE_H
#define USPH_METRICS_KERNELS_ANGLE_H

#include <math.h>

#include "metrics/kernel.h"

/** What kernels of the angle theta share. */

/** Value and derivatives by theta of a kernel at one angle. */
typedef struct usph_angle_values {
    double k, k1, k2;
} usph_angle_values;

/** Angle between x and y from |x - y|^2 and |x + y|^2, accurate at both ends. */
static inline double usph_angle_between(double r2, double q2)
{
    return 2 * atan2(sqrt(r2), sqrt(q2));
}

/**
 * Fill in values and derivatives by r2 from those by the angle. With |x - y| |x + y| =
 * 2 sin theta = s: d theta / d r2 = 1/s, and d s / d r2 = (2 - r2)/s. At theta = 0 the
 * derivative is infinite (a kink), at theta = pi, where no direction is, it is 0.
 */
static inline void usph_angle_eval(const usph_kernel_pairs *at,
                                   usph_angle_values (*f)(const double *values,
                                                          double theta),
                                   const usph_kernel_values *out)
{
    for (size_t p = 0; p < at->m; p++) {
        const double r2 = at->r2[p];
        const double q2 = at->q2[p];
        const usph_angle_values v = f(at->values, usph_angle_between(r2, q2));
        const double s = sqrt(r2) * sqrt(q2);
        out->k[p] = v.k;
        if (out->dk != NULL)
            out->dk[p] = q2 == 0 ? 0 : v.k1 / s;
        if (out->d2k != NULL)
            out->d2k[p] = q2 == 0 ? 0 : (v.k2 - v.k1 * (2 - r2) / s) / (s * s);
    }
}

#endif
