#ifndef USPH_METRICS_PAIRS_PRODUCT_H
#define USPH_METRICS_PAIRS_PRODUCT_H

#include <stddef.h>

#include "core/cpu.h"

/**
 * A product of small matrices as the tiles of the pair engine need it:
 *
 *     c (m x n) += sign a b,    a m x k, b k x n, sign 1 or -1
 *
 * Row p of b begins at b + p ldb; element (i, p) of a is a[i row + p step], so that a
 * may be a transposed matrix. Nothing is packed: b must be contiguous along its rows,
 * n a multiple of 8, and k at most a few hundred, so that a panel of b stays in cache.
 */
typedef struct usph_product {
    size_t m, n, k;
    const double *a;
    size_t row, step;
    const double *b;
    size_t ldb;
    double *c;
    size_t ldc;
    double sign;
} usph_product;

/** The product's loops for an instruction set; NULL: BLAS is faster there. */
typedef void usph_product_loop(const usph_product *product);
usph_product_loop *usph_product_loops(usph_level level);

#endif
