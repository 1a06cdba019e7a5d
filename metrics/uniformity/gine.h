#ifndef USPH_METRICS_UNIFORMITY_GINE_H
#define USPH_METRICS_UNIFORMITY_GINE_H

#include <stddef.h>

/** (d-1)/4 (G((d-1)/2) / G(d/2))^2: Gine's G_n has h = 1/2 - this sin(theta). */
double usph_gine_constant(size_t d);

/** Weights of G_n at even degrees; others are left as they are. Source: Gine1975. */
void usph_gine_weights(size_t d, size_t count, double *v2);

#endif
