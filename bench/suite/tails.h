#ifndef USPH_BENCH_SUITE_TAILS_H
#define USPH_BENCH_SUITE_TAILS_H

#include "bench/suite/record.h"

/** How tails were found: the words of the field `p_method`. */
#define USPH_P_ASYMPTOTIC  "asymptotic"  /* law in the limit of many points */
#define USPH_P_MONTE_CARLO "monte_carlo" /* frequencies over draws of a fixed seed */

/**
 * Replace the tails of the records of tests of uniformity by frequencies over `draws`
 * sets of i.i.d. uniform points, the same sets that baselines are drawn from:
 *
 *     p_lower = (1 + number of draws with a value <= ours) / (draws + 1)
 *
 * and p_upper with >=; p_value is twice the smaller. Such p-values are exact for every
 * n: under uniformity P(p <= a) <= a. All tests share the draws. Records without a
 * value are left alone.
 *
 * Cost: draws evaluations of the tests in the list; threads take draws.
 * Errors: USPH_ERR_NOMEM, USPH_ERR_LAPACK.
 */
usph_status usph_records_draw(usph_record *records, const usph_metric_spec *m,
                              size_t count, usph_shape shape, size_t draws,
                              unsigned threads, usph_error *err) USPH_MUST_CHECK;

#endif
