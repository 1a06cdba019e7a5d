#ifndef USPH_METRICS_UNIFORMITY_CAP_SHARE_H
#define USPH_METRICS_UNIFORMITY_CAP_SHARE_H

#include <stddef.h>

/** The law of <x, y> for fixed x and uniform y on S^(d-1). */
typedef struct usph_cap_law {
    double d;
    double log_constant; /* of c_d = G(d/2) / (sqrt(pi) G((d-1)/2)) */
} usph_cap_law;

usph_cap_law usph_cap_law_of(size_t d);

/** Density c_d (1 - t^2)^((d-3)/2), 1 - t^2 given. */
double usph_cap_density(usph_cap_law law, double sine2);

/**
 * Share of the sphere in a cap of angular radius a <= pi/2, from the cosine and the
 * squared sine: half of the incomplete beta function I_(sin^2 a)((d-1)/2, 1/2), to full
 * relative accuracy. Source: DLMF 8.17.22 (continued fraction).
 */
double usph_cap_share(usph_cap_law law, double cosine, double sine2);

/** Cosine of the cap that has a share t <= 1/2. */
double usph_cap_level(usph_cap_law law, double t);

#endif
