#ifndef USPH_BENCH_SUITE_BASELINE_H
#define USPH_BENCH_SUITE_BASELINE_H

#include "core/points.h"
#include "metrics/bounds/bound.h"

/** How a baseline was found: the words of the field `iid`. */
#define USPH_IID_EXACT       "exact"       /* closed form of the mean */
#define USPH_IID_QUADRATURE  "quadrature"  /* numerical integral for the mean */
#define USPH_IID_MONTE_CARLO "monte_carlo" /* mean over draws of a fixed seed */
#define USPH_IID_MEDIAN      "median"      /* the mean diverges: median of such draws */

/** What i.i.d. uniform points give: the zero of the score. */
typedef struct usph_baseline {
    double value;     /* NAN if it could not be found */
    const char *kind; /* one of the words above; NULL if value is NAN */
    size_t draws;     /* 0 if exact */
} usph_baseline;

/** Baselines already found, so that each (metric, n, d) is sampled once. Zero it. */
typedef struct usph_baselines {
    struct usph_baseline_entry *items; /* owned */
    size_t count, capacity;
} usph_baselines;

/**
 * Baseline of a metric for n i.i.d. uniform points in dimension d, found or remembered.
 *
 * Draws are 1000, or fewer (never under 32) where 1000 would form more than 4e9
 * multiplications, and none at all where the least number would take minutes; the
 * streams are (fixed seed, draw), so results depend neither on the thread count nor on
 * what was asked before.
 *
 * Errors: USPH_ERR_NOMEM; what the metric reports other than USPH_ERR_DOMAIN, which
 *         makes the value NAN.
 */
usph_status usph_baseline_of(usph_baselines *known, const usph_metric_spec *m,
                             usph_shape shape, unsigned threads, usph_baseline *out,
                             usph_error *err) USPH_MUST_CHECK;

/** Best proved bound of a metric, remembered where a baseline is. */
usph_bound usph_baseline_bound(usph_baselines *known, const usph_metric_spec *m,
                               usph_shape shape, usph_bounds_effort effort);

void usph_baselines_free(usph_baselines *known);

/** Draw number k of the i.i.d. uniform sets of a shape; the caller frees. */
usph_status usph_baseline_points(usph_shape shape, size_t k,
                                 usph_points *out) USPH_MUST_CHECK;

#endif
