#ifndef USPH_METRICS_PASS_H
#define USPH_METRICS_PASS_H

#include "metrics/metric.h"

/**
 * One pass over all pairs for every metric of a list that can be computed so. Behind
 * usph_metric_eval and usph_metrics_eval; metrics without a pass are left alone.
 */

/** Doubles of workspace that the pass itself takes; the metrics' `end` needs its own.
 */
size_t usph_pass_scratch(const usph_metric_spec *m, size_t count, usph_shape shape);

/**
 * @param out     count, initialized; those of metrics with a pass are filled
 * @param status  count; a metric whose status is not USPH_OK is left out
 * @param grad    n x d, for a single metric; NULL to skip
 */
void usph_pass_run(const usph_metric_spec *m, size_t count, usph_shape shape,
                   const double *x, usph_workspace *ws, usph_measure *out,
                   usph_status *status, double *grad);

#endif
