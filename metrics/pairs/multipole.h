#ifndef USPH_METRICS_PAIRS_MULTIPOLE_H
#define USPH_METRICS_PAIRS_MULTIPOLE_H

#include <stdbool.h>

#include "core/workspace.h"
#include "metrics/pairs/multipole_level.h"

/*
 * Energies of many points on S^2 in time proportional to their number, by a fast
 * multipole method (docs/method.md, "fast multipole method"). Sources: FongDarve2009.
 */

/** Kernels of the squared distance r2 that can be summed. */
typedef enum usph_multipole_kind {
    USPH_MULTIPOLE_RIESZ, /* sign(s) r^-s, -2 < s <= 2, s not 0 */
    USPH_MULTIPOLE_LOG,   /* -log r */
    USPH_MULTIPOLE_GAUSS, /* exp(-t r2), 0.01 <= t <= 1e6 */
} usph_multipole_kind;

typedef struct usph_multipole_kernel {
    usph_multipole_kind kind;
    double parameter; /* s or t; 0 for the logarithm */
} usph_multipole_kernel;

/** How accurate a sum is, and what it takes. */
typedef struct usph_multipole_setting {
    double gradient;  /* error of the gradient over its 2-norm */
    double value;     /* error of the value over the sum of |K| */
    double tolerance; /* of an interpolation of K */
    size_t order;     /* largest order of interpolation, even */
    size_t leaf;      /* points of a cell that is not divided */
} usph_multipole_setting;

/**
 * The cheapest setting whose gradient is as accurate as wanted, or the finest if none
 * is.
 */
usph_multipole_setting usph_multipole_accuracy(double gradient);

typedef struct usph_multipole_result {
    double sum;        /* of K over unordered pairs that do not coincide */
    double least;      /* smallest squared distance of all pairs; 8 if there is none */
    size_t coincident; /* pairs at distance 0 */
} usph_multipole_result;

/** Doubles that usph_multipole_sum takes from the workspace at most. */
size_t usph_multipole_scratch(usph_multipole_kernel kernel,
                              const usph_multipole_setting *setting, size_t n,
                              bool grad);

/**
 * Sum of a kernel over the unordered pairs of points of S^2, and its gradient
 *
 *     dF/dx_i = 2 sum_j K'(|x_i - x_j|^2) (x_i - x_j)
 *
 * without the pairs that coincide. The same input gives the same bits.
 *
 * @param loops  for an instruction set that the machine has
 * @param n      1 <= n < 2^32
 * @param x      n x 3, rows of norm 1
 * @param grad   n x 3, Euclidean, overwritten; NULL to skip
 *
 * Cost: O(n), for clusters down to a width of about 1e-6 also; the pairs of narrower
 * ones, and of equal points, are visited one by one.
 *
 * Errors: as the setting says; besides, the gradient has roundings of 1e-16 sum |K|
 * over the distance of neighbours, which show if it is tiny beside that (Gaussians of t
 * << 1 and points in clusters).
 */
void usph_multipole_sum(const usph_multipole_loops *loops, usph_multipole_kernel kernel,
                        const usph_multipole_setting *setting, size_t n,
                        const double *x, usph_workspace *ws, usph_multipole_result *out,
                        double *grad);

#endif
