#ifndef USPH_METRICS_GEGENBAUER_H
#define USPH_METRICS_GEGENBAUER_H

#include <stddef.h>

/**
 * Gegenbauer polynomials P_k of dimension d, P_k(1) = 1: the zonal harmonics of degree
 * k on S^(d-1). By the three-term recurrence, stable on [-1, 1]. Source: DLMF 18.9.1.
 */

enum {
    USPH_MAX_DEGREE = 64, /* of the series and sums below */
};

/** Dimension of the space of harmonics of degree k on S^(d-1). */
double usph_harmonics(size_t d, size_t k);

/** sums[k - 1] += sum over the pairs of P_k(t), k = 1 .. degree. */
void usph_gegenbauer_sums(size_t d, size_t degree, size_t count, const double *r2,
                          double *sums);

#endif
