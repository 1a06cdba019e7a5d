#ifndef USPH_METRICS_PAIRS_PAIRS_H
#define USPH_METRICS_PAIRS_PAIRS_H

#include <stdbool.h>

#include "core/cpu.h"
#include "core/entry.h"
#include "core/shape.h"
#include "core/workspace.h"

/** Doubles of workspace that sums, walks and nearest points need on so many threads. */
size_t usph_pairs_scratch(usph_shape shape, unsigned threads);

/** A sum of many doubles to within a rounding of the exact sum of its terms' size. */
typedef struct usph_sum {
    double high; /* running sum */
    double low;  /* what its roundings lost */
} usph_sum;

void usph_sum_add(usph_sum *sum, double term);
double usph_sum_value(const usph_sum *sum);

/** A sum over pairs: which kernel, in which form. */
typedef struct usph_pairs_form {
    const usph_spec *kernel;
    bool half; /* add K(|x_i + x_j|^2) for each pair */
    double
        origin; /* gauss only: K is taken at r2 - origin, so that it cannot underflow */
} usph_pairs_form;

typedef struct usph_pairs_energy {
    double sum;        /* over unordered pairs, [unit of K] */
    double least;      /* smallest r2 (with half: r2 or q2) of all pairs; 4 for none */
    double accuracy;   /* relative, of the gradient; 0: to rounding */
    size_t coincident; /* pairs at distance 0; with half, antipodal pairs too */
} usph_pairs_energy;

/** The ways to form a sum; all give the same to the accuracy they state. */
typedef enum usph_pairs_path {
    USPH_PATH_REFERENCE, /* two loops in long double: what the others are tested against
                          */
    USPH_PATH_WALK,      /* differences in plain C, any kernel value, any distance */
    USPH_PATH_SMALL,     /* d <= 16: differences in vectors */
    USPH_PATH_LARGE,     /* tiles of inner products by BLAS */
    USPH_PATH_MULTIPOLE, /* d = 3, many points: far pairs by interpolation, O(n) */
    USPH_PATH_SINGLE,    /* as LARGE, with single-precision products */
} usph_pairs_path;

/**
 * Sum of a kernel over the n(n-1)/2 unordered pairs of points, and its gradient.
 *
 *     sum = sum_{i < j} K(|x_i - x_j|^2)             half = false
 *     sum = sum_{i < j} K(|x_i - x_j|^2) + K(|x_i + x_j|^2)    half = true
 *
 * The path is chosen by shape, kernel and what the workspace says of accuracy; threads
 * as the workspace says, with the same bits for any number of them.
 *
 * @param shape   n >= 1, d >= 2
 * @param x       n x d, rows of norm 1
 * @param grad    n x d, Euclidean, overwritten; NULL to skip
 *
 * Cost: about n^2 d flops without gradient, 3 n^2 d with; O(n d) memory. Many points on
 * S^2: O(n).
 * Errors: USPH_ERR_DOMAIN if grad is asked, two points coincide (or are antipodal, with
 *         half) and K has no finite derivative there, or the gradient overflows;
 * without grad a singular sum is +inf and the status is OK.
 */
usph_status usph_pairs_energy_sum(const usph_pairs_form *form, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_pairs_energy *out, double *grad) USPH_MUST_CHECK;

/**
 * The same on a path and for an instruction set that the caller chooses, for tests and
 * benchmarks.
 *
 * Errors: also USPH_ERR_UNSUPPORTED if the path cannot take this form and shape.
 */
usph_status usph_pairs_energy_by(usph_pairs_path path, usph_level level,
                                 const usph_pairs_form *form, usph_shape shape,
                                 const double *x, usph_workspace *ws,
                                 usph_pairs_energy *out, double *grad) USPH_MUST_CHECK;

/**
 * Change of usph_pairs_energy_sum when point i moves to xi (d numbers, norm 1).
 *
 * Cost: O(n d).
 */
double usph_pairs_energy_move(const usph_spec *kernel, bool half, usph_shape shape,
                              const double *x, size_t i, const double *xi);

/** Doubles of workspace for usph_pairs_hessian. */
size_t usph_pairs_hessian_scratch(usph_shape shape);

/**
 * Product of the Euclidean Hessian of usph_pairs_energy_sum with v.
 *
 *     (H v)_i = sum_j [ 2 K' (v_i - v_j) + 4 K'' <x_i - x_j, v_i - v_j> (x_i - x_j) ]
 *
 * and the same with sums for K(q2).
 *
 * @param v, hv  n x d; hv overwritten
 *
 * Cost: about 5 n^2 d flops. Errors: USPH_ERR_DOMAIN as above.
 */
usph_status usph_pairs_hessian(const usph_pairs_form *form, usph_shape shape,
                               const double *x, const double *v, usph_workspace *ws,
                               double *hv) USPH_MUST_CHECK;

/** Doubles of workspace for usph_pairs_potential. */
size_t usph_pairs_potential_scratch(size_t n, size_t m, size_t d, unsigned threads);

/**
 * Potential of n sources at m targets, and its gradients there.
 *
 *     u_j = sum_i K(|x_i - y_j|^2)
 *
 * @param x, y  sources and targets (m x d), rows of norm 1
 * @param u     m
 * @param grad  m x d, Euclidean in y_j; NULL to skip
 *
 * Cost: as n m / (n^2/2) of usph_pairs_energy_sum. A target on a source gives the
 * kernel's value there, +inf if it is singular; its gradient is then not finite.
 */
usph_status usph_pairs_potential(const usph_spec *kernel, usph_shape sources,
                                 const double *x, size_t m, const double *y,
                                 usph_workspace *ws, double *u,
                                 double *grad) USPH_MUST_CHECK;

/** Nearest of the other points, the first of several. */
typedef struct usph_neighbour {
    double r2;    /* squared distance; INFINITY if there is no other point */
    size_t index; /* which point */
} usph_neighbour;

/** The closest and the farthest pair, and how many pairs coincide. */
typedef struct usph_pairs_extremes {
    size_t i, j;   /* a closest pair, i < j */
    double least;  /* its r2; INFINITY for n = 1 */
    size_t fi, fj; /* a farthest pair */
    double most;   /* its r2; -INFINITY for n = 1 */
    size_t coincident;
} usph_pairs_extremes;

/**
 * Nearest neighbour of each point (nearest: n, or NULL) and the extreme pairs. Squared
 * distances of near pairs are of differences, to full relative accuracy.
 *
 * Cost: about n^2 d flops.
 */
usph_status usph_pairs_nearest(usph_shape shape, const double *x, usph_workspace *ws,
                               usph_neighbour *nearest,
                               usph_pairs_extremes *out) USPH_MUST_CHECK;

/**
 * A run of pairs (i, j), (i, j + 1), ... with i < j, as a visitor of usph_pairs_walk
 * sees it.
 */
typedef struct usph_pairs_run {
    size_t i, j;         /* the first pair */
    size_t count;        /* pairs in the run */
    const double *r2;    /* count squared distances |x_i - x_j|^2 */
    const double *q2;    /* count squared sums |x_i + x_j|^2; NULL unless asked for */
    const double *theta; /* count angles [rad]; NULL unless asked for */
    double *w;  /* to be filled with dF/dr2 of each pair; NULL without gradient */
    double *w2; /* the same for dF/dq2; NULL unless both are asked for */
} usph_pairs_run;

typedef void usph_pairs_visit(void *ctx, const usph_pairs_run *run);

/** What a walk forms of each pair beside r2. */
typedef enum usph_pairs_with {
    USPH_WITH_SUMS = 1 << 0,   /* q2 */
    USPH_WITH_ANGLES = 1 << 1, /* theta, and q2 */
} usph_pairs_with;

/**
 * Show every unordered pair once, in a fixed order, to `visit`, and collect the
 * gradient
 *
 *     dF/dx_i = 2 sum_j [ w_ij (x_i - x_j) + w2_ij (x_i + x_j) ]
 *
 * from the weights that it fills in. For what is no plain sum of a kernel; one thread.
 * Distances are formed from differences, never from 2 - 2 <x, y>, which loses all
 * digits of near pairs (docs/method.md, "near pairs").
 *
 * @param with  of usph_pairs_with: what else to form. Angles are accurate at both ends
 * @param grad  n x d, overwritten; NULL to skip
 *
 * Cost: about 1.5 n^2 d flops without gradient, 3.5 n^2 d with, twice that with sums;
 * O(n d) memory.
 */
void usph_pairs_walk(usph_shape shape, const double *x, unsigned with,
                     usph_workspace *ws, usph_pairs_visit *visit, void *ctx,
                     double *grad);

#endif
