#ifndef USPH_BENCH_SUITE_SUITE_H
#define USPH_BENCH_SUITE_SUITE_H

#include "bench/suite/record.h"
#include "bench/suite/sizes.h"
#include "solvers/multistart.h"

enum {
    USPH_MAX_SPECS = 128, /* specs in one list */
};

typedef struct usph_metric_list {
    usph_metric_spec items[USPH_MAX_SPECS];
    size_t count;
} usph_metric_list;

typedef struct usph_spec_list {
    usph_spec items[USPH_MAX_SPECS];
    size_t count;
} usph_spec_list;

/**
 * Everything that is run for a table: the product of objectives, solvers, d, n and
 * seeds, each measured by every metric.
 */
typedef struct usph_suite {
    usph_metric_list objectives;
    usph_metric_list metrics;
    usph_spec_list solvers; /* empty: chosen by objective */
    usph_spec points;       /* generator of the starts */
    usph_sizes n, d;
    size_t seeds; /* seed .. seed + seeds - 1 */
    uint64_t seed;
    usph_stop stop;
    unsigned threads;
    usph_bounds_effort bounds;
} usph_suite;

/** One run of a suite. */
typedef struct usph_item {
    const usph_metric_spec *objective;
    usph_spec solver; /* entry NULL: chosen by objective */
    usph_shape shape;
    uint64_t seed;
} usph_item;

/** Number of runs, and the i-th: no hidden position. */
size_t usph_suite_count(const usph_suite *suite);
usph_item usph_suite_item(const usph_suite *suite, size_t i);

/**
 * Run every item and score every metric of its result.
 *
 * @param records   usph_suite_count x metrics.count, in the order of items; a run that
 *                  failed leaves records with a note
 * @param progress  called after each run, by one thread at a time; NULL: none
 *
 * Errors: USPH_ERR_SHAPE and the like if an item cannot be started at all;
 *         USPH_ERR_NOMEM.
 */
usph_status usph_suite_run(const usph_suite *suite, usph_record *records,
                           void (*progress)(void *ctx, size_t done), void *progress_ctx,
                           usph_error *err) USPH_MUST_CHECK;

/** The problem of minimizing a metric from a generator's points. */
typedef struct usph_metric_problem {
    const usph_metric_spec *objective;
    const usph_spec *points; /* generator; used unless x is given */
    const double *x;         /* n x d start of start 0, or NULL; borrowed */
    usph_shape shape;
    uint64_t seed;
    usph_effort effort;
} usph_metric_problem;

/** As usph_multistart_run wants it; borrows mp. */
usph_problem usph_metric_problem_of(usph_metric_problem *mp);

#endif
