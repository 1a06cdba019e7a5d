#ifndef USPH_METRICS_UNIFORMITY_CHISQUARES_H
#define USPH_METRICS_UNIFORMITY_CHISQUARES_H

#include <stddef.h>

enum {
    USPH_DEGREES = 256, /* degrees of harmonics that the law of a test looks at */
};

/**
 * Both tails at x of
 *
 *     sum_{k >= 1} v_k^2 (chi^2 with dim_k degrees of freedom - dim_k),
 *
 * dim_k the dimension of the harmonics of degree k on S^(d-1): the limit law of Sobolev
 * tests.
 *
 * The first 48 weights are taken as they are. The rest is one more term w (chi^2_nu -
 * nu) with the same variance and third cumulant, where sums over the degrees beyond
 * `count` are continued as a geometric series of dyadic blocks. The tail is the
 * integral of the moment generating function over a parabola through its saddle point
 * by the trapezoidal rule, which converges exponentially, so that small tails have full
 * relative accuracy.
 *
 * @param v2     count weights, >= 0; all 0 gives NAN
 * @param x      INFINITY is allowed
 *
 * Cost: about 100 evaluations of 48 complex logarithms.
 * Source: Imhof1961 for the problem; derivation in docs/method.md.
 */
void usph_chisquares_tails(const double *v2, size_t count, size_t d, double x,
                           double *lower, double *upper);

#endif
