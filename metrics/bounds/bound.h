#ifndef USPH_METRICS_BOUNDS_BOUND_H
#define USPH_METRICS_BOUNDS_BOUND_H

#include "metrics/metric.h"

/** How much may be spent on a bound. */
typedef enum usph_bounds_effort {
    USPH_BOUNDS_FAST, /* milliseconds: closed forms and quadratures */
    USPH_BOUNDS_OFF,
    USPH_BOUNDS_LP, /* up to seconds: linear programs too */
} usph_bounds_effort;

/** What a bound says of one metric. Value NAN: nothing for these parameters, n and d.
 */
typedef struct usph_bound_case {
    const char *metric; /* by name, so that it need not exist */
    usph_better better; /* that of the metric: which side is excluded */
    usph_bound (*of)(const usph_metric_spec *m, usph_shape shape);
} usph_bound_case;

/** A theorem that bounds metrics over all sets of n points: one file, one list line. */
typedef struct usph_bounder {
    usph_entry entry;             /* its name is the method in reports */
    bool slow;                    /* only with USPH_BOUNDS_LP */
    const usph_bound_case *cases; /* ends at metric NULL */
} usph_bounder;

extern const usph_registry usph_bounds;

static inline const usph_bounder *usph_bounder_of(const usph_entry *entry)
{
    return (const usph_bounder *)entry; /* entry is the first member */
}

/** What one entry says of a metric; value NAN: nothing. */
usph_bound usph_bound_by(const usph_bounder *bounder, const usph_metric_spec *m,
                         usph_shape shape);

/** The metric's own closed form, method "closed_form"; value NAN: it has none. */
usph_bound usph_bound_own(const usph_metric_spec *m, usph_shape shape);

/**
 * The best of the metric's own closed form and all entries that the effort allows: a
 * tight one, else the one that excludes most. Value NAN: none.
 *
 * Cost: fast, under 0.1 ms for n = 100 and 20 ms for n = 100000 on S^2; with linear
 * programs up to a second.
 */
usph_bound usph_bound_best(const usph_metric_spec *m, usph_shape shape,
                           usph_bounds_effort effort);

/** Whether a says more than b: it is tight, or excludes more; a NAN says nothing. */
bool usph_bound_better(const usph_bound *a, const usph_bound *b, usph_better better);

/** "tight" or "proved"; NULL: no bound. */
const char *usph_bound_status(const usph_bound *bound);

/**
 * How far a value lies from the bound, relative to the bound and 0 where it is
 * attained: negative would be beyond it. NAN: no bound.
 */
double usph_bound_gap(const usph_bound *bound, usph_better better, double value);

/** A value of a parameter of the metric by its name, or `otherwise`. */
double usph_bound_parameter(const usph_metric_spec *m, const char *name,
                            double otherwise);

#endif
