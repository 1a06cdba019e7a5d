#ifndef USPH_METRICS_BOUNDS_ULB_H
#define USPH_METRICS_BOUNDS_ULB_H

#include "metrics/metric.h"

/** Lower bound of log of the mean of exp(-t r2) over the pairs of n points. */
usph_bound usph_ulb_log_mean(double t, usph_shape shape);

/**
 * Whether a known set has exactly the nodes as inner products, so that it attains the
 * bound: all of Cohn and Kumar's but the 600-cell, which a polynomial of degree 17
 * proves optimal.
 */
bool usph_ulb_attained(usph_shape shape);

#endif
