#ifndef USPH_METRICS_BOUNDS_PROPOSE_H
#define USPH_METRICS_BOUNDS_PROPOSE_H

#include "metrics/bounds/certify.h"

/** Which polynomial is wanted: max (n-1) f_0 - sum_(k>=1) f_k below a ceiling. */
typedef struct usph_program {
    double n;
    bool even;       /* even degrees only: for lines */
    bool normalized; /* f_0 = 1: for codes */
    const usph_ceiling *ceiling;
} usph_program;

/**
 * Coefficients by a linear program on a grid of angles, with points added where the
 * polynomial comes near the ceiling. They are a proposal: only usph_certify makes a
 * bound of them.
 *
 * @param p  d and degree given, f filled in
 *
 * @return false if the solver found none
 */
bool usph_propose(const usph_program *program, usph_polynomial *p);

#endif
