#ifndef USPH_BENCH_SUITE_SCORE_H
#define USPH_BENCH_SUITE_SCORE_H

#include "bench/known/known.h"
#include "bench/suite/baseline.h"
#include "metrics/bounds/bound.h"

/** What the best value in the score is: the words of the field `best`. */
#define USPH_BEST_TIGHT "tight" /* proved, and attained by some set */
#define USPH_BEST_KNOWN "known" /* the best value known */
#define USPH_BEST_BOUND \
    "bound" /* proved, not necessarily attained: Q is a lower estimate */

/** How to score: what may be spent. */
typedef struct usph_scoring {
    unsigned threads;
    usph_bounds_effort bounds;
} usph_scoring;

/** What a value of a metric means. */
typedef struct usph_score {
    usph_baseline iid;       /* M_iid */
    usph_bound bound;        /* proved; value NAN if none */
    double gap;              /* to the bound, as usph_bound_gap */
    const usph_known *known; /* NULL if none */
    double known_value;      /* as a value of the metric; NAN if none */
    double best;             /* M_best; NAN if none */
    const char *best_kind;   /* one of the words above, or NULL */
    double q;                /* (M_iid - M)/(M_iid - M_best); NAN if not defined */
    bool record;     /* better than the best known value by more than its precision */
    bool impossible; /* better than a proved bound: an error of ours */
} usph_score;

/**
 * Whether a value is better than a proved bound by more than rounding: then the program
 * is wrong, in the metric or in the bound.
 */
bool usph_is_impossible(const usph_bound *bound, usph_better better, double value);

/**
 * Score Q of a value: 0 for i.i.d. uniform points, 1 for the best possible or known.
 *
 * Errors: as usph_baseline_of.
 */
usph_status usph_score_of(usph_baselines *baselines, const usph_metric_spec *m,
                          usph_shape shape, double value, usph_scoring how,
                          usph_score *out, usph_error *err) USPH_MUST_CHECK;

#endif
