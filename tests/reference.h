#ifndef USPH_TESTS_REFERENCE_H
#define USPH_TESTS_REFERENCE_H

#include "metrics/metric.h"

/**
 * Value of a metric in long double by its definition: two loops over the points, no
 * code shared with the library but the spec's parameters. Slow; NAN for a metric that
 * is not known here, so that the tests fail until it is.
 */
double usph_reference(const usph_metric_spec *m, usph_shape shape, const double *x);

/**
 * The metrics of a room, in a file of their own; NAN for a metric that is not of it.
 * usph_reference asks one after the other.
 */
typedef long double usph_reference_room(const usph_metric_spec *m, usph_shape shape,
                                        const double *x);

usph_reference_room usph_reference_distance;
usph_reference_room usph_reference_energy;
usph_reference_room usph_reference_spectral;

/**
 * A kernel in dimension d at the squared distance r2 and squared sum q2, in long
 * double; NAN if it is not known here.
 */
long double usph_reference_kernel(const usph_spec *kernel, size_t d, long double r2,
                                  long double q2);

#endif
