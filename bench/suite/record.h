#ifndef USPH_BENCH_SUITE_RECORD_H
#define USPH_BENCH_SUITE_RECORD_H

#include <jansson.h>

#include "bench/suite/score.h"
#include "bench/table/table.h"

enum {
    USPH_MAX_NOTE = 160,
};

/**
 * The fields of a record: X(type, name, what it is). Columns of CSV, keys of JSON and
 * docs/reference/records.md come from these lists and nowhere else.
 */
#define USPH_RECORD_IDENTITY(X)                                     \
    X(SPEC, objective, "what was minimized")                        \
    X(SPEC, solver, "by which solver")                              \
    X(SPEC, points, "generator of the start, or the file")          \
    X(COUNT, n, "points")                                           \
    X(COUNT, d, "ambient dimension")                                \
    X(COUNT, seed, "of start and solver")                           \
    X(WORD, reason, "why the solver ended")                         \
    X(REAL, grad_norm,                                              \
      "2-norm of the Riemannian gradient of the objective; of the " \
      "sum for pair energies")                                      \
    X(COUNT, evals, "evaluations of the objective")

#define USPH_RECORD_MEASURE(X)                                                       \
    X(SPEC, metric, "what was measured")                                             \
    X(REAL, value, "the metric's value; for pair energies the mean over pairs")      \
    X(REAL, sum, "for pair energies: the sum over unordered pairs")                  \
    X(WORD, unit, "of value")                                                        \
    X(WORD, better, "lower or higher")                                               \
    X(WORD, kind, "exact, lower_bound, upper_bound or estimate")                     \
    X(REAL, expected_iid, "value for i.i.d. uniform points, found as `iid` says")    \
    X(REAL, bound, "proved: no set is better; rounding is on the safe side")         \
    X(WORD, bound_status, "tight (attained by some set) or proved")                  \
    X(WORD, bound_method, "the proof: an entry of list bounds, or closed_form")      \
    X(REAL, bound_slack, "what rounding may have been, taken off the bound already") \
    X(REAL, gap, "distance of value from bound, relative to bound; never negative")  \
    X(REAL, best_known, "best known value, as a value of the metric")                \
    X(WORD, best_known_status, "proved, best_known (published) or computed (by us)") \
    X(WORD, best_known_source, "its key in bench/known/SOURCES")                     \
    X(REAL, q, "score: 0 as i.i.d. uniform points, 1 best")                          \
    X(WORD, iid, "exact, quadrature, monte_carlo or median")                         \
    X(WORD, best, "what q = 1 is: tight, known or bound")                            \
    X(REAL, p_value, "test of uniformity, two-sided")                                \
    X(REAL, p_lower, "lower tail")                                                   \
    X(REAL, p_upper, "upper tail")                                                   \
    X(WORD, p_method, "asymptotic or monte_carlo")                                   \
    X(COUNT, coincident, "pairs of points at distance 0")                            \
    X(REAL, accuracy,                                                                \
      "relative, of gradients not summed to rounding (the value's is smaller); "     \
      "null: to rounding")                                                           \
    X(NOTE, note, "why a value is missing, or what is remarkable")

#define USPH_FIELD_SPEC(name)       char name[USPH_MAX_SPEC]; /* empty: does not apply */
#define USPH_FIELD_WORD(name)       const char *name;         /* NULL: does not apply */
#define USPH_FIELD_NOTE(name)       char name[USPH_MAX_NOTE]; /* empty: nothing to say */
#define USPH_FIELD_COUNT(name)      uint64_t name;
#define USPH_FIELD_REAL(name)       double name; /* NAN: does not apply */
#define USPH_FIELD(type, name, doc) USPH_FIELD_##type(name)

/** One measured number with its full identity; every table is made of these. */
typedef struct usph_record {
    USPH_RECORD_IDENTITY(USPH_FIELD)
    USPH_RECORD_MEASURE(USPH_FIELD)
    usph_measure measure; /* the extras are in here */
    bool impossible;      /* better than a proved bound: an error of ours */
    bool candidate;       /* better than the best known value */
} usph_record;

#undef USPH_FIELD
#undef USPH_FIELD_SPEC
#undef USPH_FIELD_WORD
#undef USPH_FIELD_NOTE
#undef USPH_FIELD_COUNT
#undef USPH_FIELD_REAL

/** A record of a metric with nothing measured yet. */
usph_record usph_record_new(const usph_metric_spec *m, usph_shape shape);

/**
 * Measure metrics of points into records; those that need a pass over the pairs share
 * one. A metric that is not defined there leaves value NAN and a note.
 *
 * @param records    count, of usph_record_new
 * @param undefined  count: why a metric is not defined there; USPH_OK if it is
 *
 * Errors: USPH_ERR_NOMEM, USPH_ERR_LAPACK, USPH_ERR_IO.
 */
usph_status usph_records_measure(usph_record *records, const usph_metric_spec *m,
                                 size_t count, usph_shape shape, const double *x,
                                 usph_workspace *ws, usph_status *undefined,
                                 usph_error *err) USPH_MUST_CHECK;

/** Fill in what the value means: baseline, bound, best known, score. */
usph_status usph_record_score(usph_record *record, const usph_metric_spec *m,
                              usph_baselines *baselines, usph_scoring how,
                              usph_error *err) USPH_MUST_CHECK;

/** JSON object of the measured fields, with the identity if asked; NULL: no memory. */
json_t *usph_record_json(const usph_record *record, bool identity);

/** Columns and rows of the long form, one record a row. */
usph_status usph_record_columns(usph_table *table, bool identity) USPH_MUST_CHECK;
usph_status usph_record_row(usph_table *table, const usph_record *record,
                            bool identity) USPH_MUST_CHECK;

/** A JSON string, with ? for the bytes of a text that is not UTF-8; NULL: no memory. */
json_t *usph_json_text(const char *text);

/** Set what a value means beside a bound: bound, its status, method, slack, the gap. */
void usph_json_bound(json_t *object, const usph_bound *bound, usph_better better,
                     double value);

/** Set a number in a JSON object: null and F_nonfinite for what JSON cannot say. */
int usph_json_real(json_t *object, const char *key, double value);

#endif
