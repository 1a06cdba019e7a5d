#ifndef USPH_METRICS_DISCREPANCY_CIRCLE_TRANSPORT_H
#define USPH_METRICS_DISCREPANCY_CIRCLE_TRANSPORT_H

#include "metrics/metric.h"

/** Doubles of workspace for usph_circle_transport. */
size_t usph_circle_transport_scratch(usph_shape shape);

/**
 * Mean over `planes` planes of the variance of y_i = u_(i) - (i - 1/2)/n, u_(1) <= ...
 * <= u_(n) the angles of the points in the plane in turns, and its gradient times
 * `scale`.
 *
 * The squared Wasserstein distance of the angles to the uniform law of the circle is
 * that variance + 1/(12 n^2): the cost of moving each sorted angle to its place on a
 * regular n-gon turned as well as can be, and of spreading the n-gon. It does not
 * depend on where the circle is cut. Points orthogonal to a plane have the angle 0
 * there, and add nothing to the gradient.
 *
 * Source: BonetEtAl2023.
 */
double usph_circle_transport(uint64_t seed, size_t planes, usph_shape shape,
                             const double *x, usph_workspace *ws, double scale,
                             double *grad);

#endif
