#ifndef USPH_METRICS_LOG_MEAN_H
#define USPH_METRICS_LOG_MEAN_H

#include "core/shape.h"
#include "core/workspace.h"
#include "metrics/metric.h"

/**
 * log of the mean over pairs of exp(-t |x_i - x_j|^2), shifted by the closest pair so
 * that nothing underflows for any t, and its gradient.
 *
 * @param value       [nat]
 * @param coincident  pairs at distance 0
 * @param grad        n x d, Euclidean, overwritten; NULL to skip
 *
 * Cost: two passes over the pairs, O(n^2 d); workspace usph_pairs_scratch.
 */
void usph_log_mean_pairs(double t, usph_shape shape, const double *x,
                         usph_workspace *ws, double *value, size_t *coincident,
                         double *grad);

/** The same at the universally optimal set; NAN if none is known for this shape. */
double usph_log_mean_universal(double t, usph_shape shape);

#endif
