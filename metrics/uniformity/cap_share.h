#ifndef USPH_METRICS_UNIFORMITY_CAP_SHARE_H
#define USPH_METRICS_UNIFORMITY_CAP_SHARE_H

/**
 * Share of S^(d-1) in a cap of angular radius a <= pi/2, from its sine: half of the
 * incomplete beta function I_(sin^2 a)((d-1)/2, 1/2), to full relative accuracy.
 * Source: DLMF 8.17.22 (continued fraction).
 */
double usph_cap_share(double d, double sine);

/** The same given cosine and sine^2 apart, for angles near 0 and pi/2 alike. */
double usph_cap_share_of(double d, double cosine, double sine2);

/** Density of <x, y> for fixed x and uniform y: c_d (1 - t^2)^((d-3)/2), 1 - t^2 given.
 */
double usph_cap_density(double d, double sine2);

/** log c_d, c_d = G(d/2) / (sqrt(pi) G((d-1)/2)). */
double usph_cap_log_constant(double d);

/** Cosine of the cap that has a share t <= 1/2. */
double usph_cap_level(double d, double t);

#endif
