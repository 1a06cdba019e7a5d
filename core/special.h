#ifndef USPH_CORE_SPECIAL_H
#define USPH_CORE_SPECIAL_H

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

#endif
