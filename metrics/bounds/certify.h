#ifndef USPH_METRICS_BOUNDS_CERTIFY_H
#define USPH_METRICS_BOUNDS_CERTIFY_H

#include <stdbool.h>
#include <stddef.h>

enum {
    USPH_MAX_DEGREE = 64, /* of polynomials */
};

/** A value of a ceiling at an angle. */
typedef struct usph_ceiling_value {
    double h;
    double slope; /* dh/dt with t = cos phi, or dh/dphi: where it is convex */
    double error; /* of h, absolute */
} usph_ceiling_value;

/**
 * What a polynomial has to stay below for angles in [from, to]: a function that is
 * convex in cos phi or in phi, hence above its tangents.
 */
typedef struct usph_ceiling {
    usph_ceiling_value (*at)(const void *ctx, double phi);
    const void *ctx;
    bool angular; /* convex in phi, not in cos phi */
    bool falling; /* falls with phi: once above a polynomial's maximum, always before */
    double from, to;
} usph_ceiling;

/** sum_k f[k] P_k with f[k] >= 0 for k >= 1, P_k the Gegenbauer polynomials, P_k(1)
 * = 1. */
typedef struct usph_polynomial {
    size_t d;
    size_t degree;
    double f[USPH_MAX_DEGREE + 1];
} usph_polynomial;

/** What was proved: the polynomial less `excess` is nowhere above the ceiling. */
typedef struct usph_certificate {
    long double f0;     /* its mean, excess taken off */
    long double at_one; /* its value at t = 1, excess taken off */
    double excess;
    size_t cells; /* that were looked at */
} usph_certificate;

/**
 * Turn any coefficients into a proved bound: negative f[k], k >= 1, become 0, and an
 * upper bound of the excess over the ceiling is found and taken off. Bad coefficients
 * cost digits, never correctness.
 *
 * On a cell of angles, f less a tangent of the ceiling has a second derivative of at
 * most f'(1), plus the slope where the tangent is one in cos phi; so it is at most its
 * larger end plus an eighth of that times the width squared. Cells are halved until the
 * excess is known to `tol`.
 *
 * @return false if that takes too many cells or the numbers are not finite
 *
 * Source: derived in docs/bounds.md.
 */
bool usph_certify(const usph_polynomial *p, const usph_ceiling *ceiling, double tol,
                  usph_certificate *out);

/** Then for n points the mean of h over ordered pairs is at least this. */
double usph_certified_mean(const usph_certificate *c, const usph_polynomial *p,
                           double n);

/** Value at t = cos phi: what the checker and the proposer both compute. */
long double usph_polynomial_at(const usph_polynomial *p, long double t);

#endif
