#ifndef USPH_METRICS_SPECTRAL_SPECTRUM_H
#define USPH_METRICS_SPECTRAL_SPECTRUM_H

#include "metrics/metric.h"

/**
 * The common eigenvalues of X'X and XX', from the smaller of the two matrices. A metric
 * that is a sum of f over them has the gradient 2 X f'(X'X).
 */
typedef struct usph_spectrum {
    size_t m;        /* min(n, d) */
    double *values;  /* m, ascending, not below 0 */
    double *vectors; /* m x m, one a row; garbage unless asked for */
} usph_spectrum;

/** `scratch` of the metrics that use it. */
size_t usph_spectrum_scratch(const usph_metric_spec *m, usph_shape shape,
                             unsigned threads);

/** `check` of them: the matrix must fit LAPACK's integers. */
usph_status usph_spectrum_check(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err) USPH_MUST_CHECK;

/**
 * Eigenvalues for rows x of any length; what it takes stays taken from the workspace.
 * Values differ by roundings with and without vectors: a metric with a gradient always
 * asks for them, so that its value does not depend on whether the gradient is wanted.
 *
 * Cost: n d min(n, d) + O(min(n, d)^3). Errors: USPH_ERR_LAPACK.
 */
usph_status usph_spectrum_of(usph_shape shape, const double *x, bool vectors,
                             usph_workspace *ws, usph_spectrum *out) USPH_MUST_CHECK;

/**
 * grad = 2 X f'(X'X) from the m slopes f'(lambda_i).
 *
 * @param grad  n x d
 */
usph_status usph_spectrum_gradient(usph_shape shape, const double *x,
                                   const usph_spectrum *spectrum, const double *slopes,
                                   usph_workspace *ws, double *grad) USPH_MUST_CHECK;

/** Share of the largest eigenvalue below which one counts as 0. */
#define USPH_SPECTRUM_ZERO 1e-14

#endif
