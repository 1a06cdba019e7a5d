#ifndef USPH_METRICS_PAIRS_PAIRS_H
#define USPH_METRICS_PAIRS_PAIRS_H

#include <stdbool.h>

#include "core/entry.h"
#include "core/shape.h"
#include "core/workspace.h"

/**
 * A run of pairs (i, j), (i, j + 1), ... with i < j, as a visitor of usph_pairs_walk
 * sees it.
 */
typedef struct usph_pairs_run {
    size_t i, j;      /* the first pair */
    size_t count;     /* pairs in the run */
    const double *r2; /* count squared distances |x_i - x_j|^2 */
    const double *q2; /* count squared sums |x_i + x_j|^2; NULL unless asked for */
    double *w;        /* to be filled with dF/dr2 of each pair; NULL without gradient */
    double *w2;       /* the same for dF/dq2; NULL unless both are asked for */
} usph_pairs_run;

typedef void usph_pairs_visit(void *ctx, const usph_pairs_run *run);

/** Doubles that usph_pairs_walk takes from the workspace. */
size_t usph_pairs_scratch(usph_shape shape);

/**
 * Show every unordered pair once, in a fixed order, to `visit`, and collect the
 * gradient
 *
 *     dF/dx_i = 2 sum_j [ w_ij (x_i - x_j) + w2_ij (x_i + x_j) ]
 *
 * from the weights that it fills in. Distances are formed from differences, never from
 * 2 - 2 <x, y>, which loses all digits of near pairs (docs/method.md, "near pairs").
 *
 * @param sums  also form q2 (half-space forms)
 * @param grad  n x d, overwritten; NULL to skip
 *
 * Cost: about 1.5 n^2 d flops without gradient, 3.5 n^2 d with, twice that with sums;
 * O(n d) memory.
 */
void usph_pairs_walk(usph_shape shape, const double *x, bool sums, usph_workspace *ws,
                     usph_pairs_visit *visit, void *ctx, double *grad);

/** A sum of many doubles to within a rounding of the exact sum of its terms' size. */
typedef struct usph_sum {
    double high; /* running sum */
    double low;  /* what its roundings lost */
} usph_sum;

void usph_sum_add(usph_sum *sum, double term);
double usph_sum_value(const usph_sum *sum);

typedef struct usph_pairs_energy {
    double sum;        /* over unordered pairs, [unit of K] */
    size_t coincident; /* pairs at distance 0; with half, antipodal pairs too */
} usph_pairs_energy;

/**
 * Sum of a kernel over the n(n-1)/2 unordered pairs of points, and its gradient.
 *
 *     sum = sum_{i < j} K(|x_i - x_j|^2)             half = false
 *     sum = sum_{i < j} K(|x_i - x_j|^2) + K(|x_i + x_j|^2)    half = true
 *
 * @param shape   n >= 1, d >= 2
 * @param x       n x d, rows of norm 1
 * @param grad    n x d, Euclidean, overwritten; NULL to skip
 *
 * Errors: USPH_ERR_DOMAIN if grad is asked, two points coincide (or are antipodal, with
 *         half) and K has no finite derivative there; without grad a singular sum is
 * +inf and the status is OK.
 */
usph_status usph_pairs_energy_sum(const usph_spec *kernel, bool half, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_pairs_energy *out, double *grad) USPH_MUST_CHECK;

/**
 * Change of usph_pairs_energy_sum when point i moves to xi (d numbers, norm 1).
 *
 * Cost: O(n d).
 */
double usph_pairs_energy_move(const usph_spec *kernel, bool half, usph_shape shape,
                              const double *x, size_t i, const double *xi);

#endif
