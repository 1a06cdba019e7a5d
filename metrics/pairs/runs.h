#ifndef USPH_METRICS_PAIRS_RUNS_H
#define USPH_METRICS_PAIRS_RUNS_H

#include <stddef.h>

/**
 * Functions of all pairs of a run, for visitors of usph_pairs_walk; built for every
 * instruction set. Arrays have room for whole vectors: count rounded up to a multiple
 * of 8.
 */
typedef struct usph_runs {
    /* Chebyshev series sum_{k < terms} c_k T_k(2u - 1) at u in [0, 1] */
    void (*chebyshev)(size_t terms, const double *c, size_t count, const double *u,
                      double *out);
    /*
     * Gegenbauer series sum_{k=1}^{degree} a_k P_k(t) of dimension d, a_1 first, and,
     * unless dh is NULL, its derivative in r2, at t = 1 - r2/2
     */
    void (*gegenbauer)(size_t d, size_t degree, const double *a, size_t count,
                       const double *r2, double *h, double *dh);
    void (*log)(size_t count, const double *x, double *out);                /* x >= 0 */
    void (*exp)(double factor, size_t count, const double *x, double *out); /* of the
                                                                     product */
    /* atan2(sqrt(y2), sqrt(x2)), y2, x2 >= 0 */
    void (*angle)(size_t count, const double *y2, const double *x2, double *out);
} usph_runs;

/** Those of the instruction set in use. */
const usph_runs *usph_runs_now(void);

#endif
