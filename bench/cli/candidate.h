#ifndef USPH_BENCH_CLI_CANDIDATE_H
#define USPH_BENCH_CLI_CANDIDATE_H

#include "bench/suite/suite.h"

/**
 * Descend to a gradient of 1e-12, or as far as rounding allows, from points that seem
 * to beat a known value; by newton where there is one.
 *
 * @param x    n x d, in and out; never worse than before
 * @param out  value and gradient of the polished points, counts of the descent
 */
usph_status usph_candidate_polish(usph_metric_problem *mp, double *x, usph_result *out,
                                  usph_error *err) USPH_MUST_CHECK;

/**
 * The energy of points once more, by a path of its own: the kernel pair by pair, summed
 * in long double. NAN if the metric is no plain energy.
 */
double usph_candidate_sum(const usph_metric_spec *metric, usph_shape shape,
                          const double *x);

#endif
