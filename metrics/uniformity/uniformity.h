#ifndef USPH_METRICS_UNIFORMITY_UNIFORMITY_H
#define USPH_METRICS_UNIFORMITY_UNIFORMITY_H

#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

/**
 * Sobolev tests of uniformity: all are one sum over pairs,
 *
 *     T = E T + s_n sum_{i < j} h(theta_ij),    s_n = 2/n unless stated,
 *
 * of a function h with mean 0 over the sphere, whose coefficients v_k^2 >= 0 on the
 * Gegenbauer polynomials, h = sum_{k >= 1} v_k^2 dim_k P_k(cos theta), give the law of
 * T under uniformity (chisquares.h). E T is h(0) for statistics that count the pairs
 * i = j, and 0 for those that do not. Derivation: docs/method.md, "tests of
 * uniformity".
 */

enum {
    USPH_RUN = 256, /* the most pairs in a run of a walk */
};

/** What makes a test; stands behind the `pass` of the metric. */
typedef struct usph_uniformity {
    usph_metric_pass pass; /* first member: the way from the metric back to here */
    bool square;           /* T is a sum of squares: not below its bound */
    size_t table;          /* doubles that `prepare` fills; 0: none */
    void (*prepare)(const usph_metric_spec *m, size_t d, double *table);
    /* h of each pair of a run and, if dh is not NULL, dh/dr2 */
    void (*pair)(const usph_metric_spec *m, size_t d, const double *table,
                 const usph_pairs_run *run, double *h, double *dh);
    double (*scale)(const usph_metric_spec *m, usph_shape shape); /* s_n; NULL: 2/n */
    /* v_1^2 .. v_count^2; false: no law is known */
    bool (*weights)(const usph_metric_spec *m, size_t d, size_t count, double *v2);
} usph_uniformity;

size_t usph_uniformity_state(const usph_metric_spec *m, usph_shape shape);
void usph_uniformity_begin(const usph_metric_spec *m, usph_shape shape, double *state);
void usph_uniformity_visit(const usph_metric_spec *m, usph_shape shape,
                           const usph_pairs_run *run, double *state);
usph_status usph_uniformity_end(const usph_metric_spec *m, usph_shape shape,
                                const double *x, usph_workspace *ws,
                                const double *state, usph_measure *out);

/** The `pass` of all tests; with_angles: `pair` reads theta or q2. */
#define USPH_UNIFORMITY_PASS(with_angles)                               \
    {                                                                   \
        .angles = (with_angles), .state = usph_uniformity_state,        \
        .begin = usph_uniformity_begin, .visit = usph_uniformity_visit, \
        .end = usph_uniformity_end,                                     \
    }

/** `expected` of statistics that leave the pairs i = j out: 0. */
double usph_uniformity_zero(const usph_metric_spec *m, usph_shape shape);

/** `bound` 0 of statistics that are sums of squares; not known to be attained. */
usph_bound usph_uniformity_square(const usph_metric_spec *m, usph_shape shape);

/**
 * `bound` where h is completely monotone in r2 up to a constant: that of the
 * universally optimal set or, where none is known, of the simplex.
 */
usph_bound usph_uniformity_monotone(const usph_metric_spec *m, usph_shape shape);

/** `check` of statistics that are not defined for n = 1. */
usph_status usph_uniformity_two(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err);

#endif
