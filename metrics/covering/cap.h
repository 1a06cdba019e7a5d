#ifndef USPH_METRICS_COVERING_CAP_H
#define USPH_METRICS_COVERING_CAP_H

#include <stddef.h>

/**
 * Share of S^(d-1) that a cap of an angular radius in [0, pi] covers, to about 1e-14
 * of it.
 *
 *     F(a) = c int_0^a sin^(d-2),  int_0^a sin^m = s^(m+1)/(m+1) 2F1(1/2, (m+1)/2;
 *     (m+3)/2; s^2)
 *
 * with s = sin a, or the complement. Source: DLMF 15.8.1.
 */
double usph_cap_share(size_t d, double radius);

/** The radius of a cap with that share, in (0, 1/2]. */
double usph_cap_radius(size_t d, double share);

#endif
