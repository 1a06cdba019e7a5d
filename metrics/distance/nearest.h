#ifndef USPH_METRICS_DISTANCE_NEAREST_H
#define USPH_METRICS_DISTANCE_NEAREST_H

#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

/** What metrics of each point's nearest neighbour share. */

/** `scratch` of them: neighbours, and what finding them takes. */
size_t usph_nearest_scratch(const usph_metric_spec *m, usph_shape shape,
                            unsigned threads);

/** Room for the neighbours of all points, from the workspace. */
usph_neighbour *usph_nearest_take(usph_shape shape, usph_workspace *ws);

/**
 * Neighbours of all points, taken from the workspace and left there; out->coincident is
 * set.
 *
 * Cost: O(n^2 d). Errors: as usph_pairs_nearest.
 */
usph_status usph_nearest_of(usph_shape shape, const double *x, usph_workspace *ws,
                            usph_measure *out,
                            usph_neighbour **nearest) USPH_MUST_CHECK;

/** Angle to a neighbour, accurate at both ends. */
double usph_nearest_angle(usph_shape shape, const double *x, size_t i,
                          const usph_neighbour *nearest);

/**
 * Mean over i.i.d. uniform points of g(theta), theta the angle from a point to the
 * nearest of n - 1 others: g(pi) - integral of g'(theta) (1 - (1 - F_d(theta))^(n-1)).
 *
 * @param slope  g' at an angle
 * @param end    g(pi)
 */
double usph_nearest_expected(usph_shape shape, double (*slope)(double theta),
                             double end);

#endif
