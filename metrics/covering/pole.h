#ifndef USPH_METRICS_COVERING_POLE_H
#define USPH_METRICS_COVERING_POLE_H

#include "metrics/metric.h"

/** The least mean potential on the sphere, and what is proved of it. */
typedef struct usph_pole {
    double value; /* at the pole: never below the minimum */
    double lower; /* proved, but for rounding: no place is below. -INFINITY: nothing */
    double witnesses; /* polished starts that ended there, to 1e-10 */
    bool closed;      /* lower and value agree to 1e-9 */
} usph_pole;

/** Doubles of workspace that usph_pole_find takes. */
size_t usph_pole_scratch(usph_shape shape);

/**
 * Minimum over v of the mean potential U(v) = (1/n) sum_i K(|v - x_i|^2).
 *
 * Candidates are the antipodes of the points, the normals of the hull's facets (d = 3)
 * and random places (seed 0); the best 32 are polished by damped Newton steps.
 * For kernels that are convex in <v, x> and d <= 3, a branch and bound over arcs or
 * spherical triangles then looks for a lower place, and encloses the minimum.
 * Derivation in docs/method.md.
 *
 * @param work  kernel values for the certificate, d <= 3; 0: none
 * @param pole  d, where the value is
 */
void usph_pole_find(const usph_spec *kernel, double work, usph_shape shape,
                    const double *x, usph_workspace *ws, usph_pole *out, double *pole);

#endif
