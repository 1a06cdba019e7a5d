#ifndef USPH_METRICS_UNIFORMITY_SOFTMAX_LAW_H
#define USPH_METRICS_UNIFORMITY_SOFTMAX_LAW_H

#include <stddef.h>

/**
 * Coefficients of exp(kappa (t - 1)) on the Gegenbauer polynomials of degrees 0 ..
 * count - 1: G(d/2) (2/kappa)^(d/2-1) exp(-kappa) I_(d/2-1+k)(kappa).
 *
 * Ratios of neighbouring Bessel functions by backward recurrence, from the known mean.
 * Source: DLMF 10.35.3 (expansion), 10.33.1 (continued fraction).
 */
void usph_softmax_coefficients(double kappa, size_t d, size_t count, double *c);

#endif
