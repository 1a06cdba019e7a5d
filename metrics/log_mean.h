#ifndef USPH_METRICS_LOG_MEAN_H
#define USPH_METRICS_LOG_MEAN_H

#include "core/shape.h"
#include "core/workspace.h"
#include "metrics/metric.h"

/**
 * log of the mean over pairs of exp(-t |x_i - x_j|^2), shifted by the closest pair
 * where it would underflow, and its gradient.
 *
 * @param out   value [nat], coincident pairs, accuracy
 * @param grad        n x d, Euclidean, overwritten; NULL to skip
 *
 * Cost: one pass over the pairs, two where t times the smallest r2 exceeds 600, O(n^2
 * d); workspace usph_pairs_scratch.
 */
usph_status usph_log_mean_pairs(double t, usph_shape shape, const double *x,
                                usph_workspace *ws, usph_measure *out,
                                double *grad) USPH_MUST_CHECK;

/** The same at the universally optimal set; NAN if none is known for this shape. */
double usph_log_mean_universal(double t, usph_shape shape);

#endif
