#ifndef USPH_METRICS_UNIFORMITY_RIESZ_LAW_H
#define USPH_METRICS_UNIFORMITY_RIESZ_LAW_H

#include <stdbool.h>
#include <stddef.h>

/** E |x - y|^-s over the sphere (with its sign for s < 0); E log(1/|x - y|) for s = 0.
 */
double usph_riesz_mean(double s, size_t d);

/**
 * Coefficients of |x - y|^-s (with sign), or of log(1/|x - y|) for s = 0, on the
 * Gegenbauer polynomials of degrees 1 .. count. False where 2s >= d - 1: the variance
 * is infinite and there is no limit law.
 *
 *     |W_s| (s/2)_k / (d - 1 - s/2)_k,    s = 0: (k-1)! / (2 (d-1)_k)
 *
 * Source: BrauchartDick2013 for s = -1; Funk-Hecke formula, docs/method.md.
 */
bool usph_riesz_weights(double s, size_t d, size_t count, double *v2);

#endif
