#ifndef USPH_CORE_SPECIAL_H
#define USPH_CORE_SPECIAL_H

#include <stddef.h>

/**
 * log(Gamma(x + a) / Gamma(x)) for x > 0 and x + a > 0, to about 1e-15 max(1, |result|)
 * also where the two logarithms are huge and nearly equal (Stirling's series with the
 * leading terms combined).
 * Source: DLMF 5.11.1.
 */
double usph_log_gamma_ratio(double x, double a);

/** Digamma function psi(x) for x > 0, to about 1e-15. Source: DLMF 5.5.2, 5.11.2. */
double usph_digamma(double x);

/**
 * log E exp(-t |x - y|^2) for independent uniform x, y on S^(d-1), t >= 0, d >= 2.
 *
 *     E exp(-t r^2) = exp(-4t) 1F1((d-1)/2; d-1; 4t)
 *
 * summed as a Poisson mean of positive terms around its largest one, so that nothing
 * cancels or overflows. Cost: O(sqrt t) terms.
 * Source: DLMF 13.2.2, 13.4.1; derivation in docs/method.md.
 */
double usph_log_mean_gauss(double t, double d);

/**
 * Share of the sphere S^(d-1) within an angle of a point: the area of a cap.
 *
 *     F_d(theta) = I(sin^2 theta; (d-1)/2, 1/2)/2 for theta <= pi/2, F(pi - theta) = 1
 * - F
 *
 * @param theta  [rad], clamped to [0, pi]
 *
 * To some 1e-14 relative for small caps. Source: DLMF 8.17.22.
 */
double usph_cap_area(size_t d, double theta);

/** Angle of the cap of that area, 0 <= area <= 1; the inverse of usph_cap_area. */
double usph_cap_angle(size_t d, double area);

/**
 * Mean of f over the angle theta between two independent uniform points of S^(d-1),
 *
 *     integral of f(theta) sin^(d-2) theta / integral of sin^(d-2) theta over [0, pi]
 *
 * by the double exponential rule, to about 1e-14 where f is smooth inside (0, pi); an
 * integrable singularity at the ends costs a few digits more.
 *
 * Source: TakahasiMori1974.
 */
double usph_sphere_mean(double (*f)(double theta, const void *ctx), const void *ctx,
                        size_t d);

/**
 * Integral of f over [a, b] by the same rule. `from_a` and `to_b` are x - a and b - x
 * without cancellation, for f that is singular at an end.
 */
double usph_integrate(double (*f)(double x, double from_a, double to_b,
                                  const void *ctx),
                      const void *ctx, double a, double b);

#endif
