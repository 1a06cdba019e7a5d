#ifndef USPH_METRICS_UNIFORMITY_PROJECTED_H
#define USPH_METRICS_UNIFORMITY_PROJECTED_H

#include <stdbool.h>

#include "metrics/pairs/pairs.h"

/**
 * Projected tests: n times the mean, over directions g, of the squared distance between
 * the distribution function of the <g, x_i> and its law F under uniformity, weighted by
 * some measure W of F. Their h has the derivative
 *
 *     dh/dtheta = -1/(2 pi) int (1 - s^2 / cos^2(theta/2))_+^((d-2)/2) dW(F(s))
 *
 * in every dimension, and h(0) = int F (1 - F) dW (docs/method.md).
 */

enum {
    USPH_SERIES = 128,                          /* terms of a series, at most */
    USPH_PROJECTED_TABLE = 2 * USPH_SERIES + 4, /* doubles of a table */
};

/** The measure W. */
typedef enum usph_projected {
    USPH_CRAMER_VON_MISES, /* dF */
    USPH_ANDERSON_DARLING, /* dF / (F (1 - F)); d > 2 */
} usph_projected;

/** Chebyshev series of h in sqrt(theta / pi), good to 1e-13; USPH_PROJECTED_TABLE. */
void usph_projected_table(usph_projected measure, size_t d, double *table);

/** The same for the measure at the one level F = t (Rothman). */
void usph_projected_table_at(double t, size_t d, double *table);

/** h and dh/dr2 (NULL to skip) of a run from a table. */
void usph_projected_pair(const double *table, const usph_pairs_run *run, double *h,
                         double *dh);

/** v_1^2 .. v_count^2, to about 1e-6 (in few dimensions). */
void usph_projected_weights(usph_projected measure, size_t d, size_t count, double *v2);

/** The same at the one level F = t, to rounding. */
void usph_projected_weights_at(double t, size_t d, size_t count, double *v2);

#endif
