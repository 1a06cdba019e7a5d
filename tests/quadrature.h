#ifndef USPH_TESTS_QUADRATURE_H
#define USPH_TESTS_QUADRATURE_H

#include <stddef.h>

/**
 * Definite integral of f over [a, b] by tanh-sinh quadrature: spectral for smooth f,
 * also with integrable singularities at the ends. f gets the distances of the node from
 * both ends beside the node, so that it can be exact there. Source: TakahasiMori1974.
 */
double usph_test_integrate(double (*f)(double x, double from_a, double to_b,
                                       const void *ctx),
                           const void *ctx, double a, double b);

/** E f(r2) for independent uniform x, y on S^(d-1), by that quadrature. */
double usph_test_sphere_mean(double (*f)(double r2, const void *ctx), const void *ctx,
                             size_t d);

#endif
