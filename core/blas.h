#ifndef USPH_CORE_BLAS_H
#define USPH_CORE_BLAS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

/**
 * The border to OpenBLAS and LAPACKE: sizes are size_t on this side and checked int on
 * the other. BLAS always runs one thread, since its bits depend on its thread count;
 * the project's own threads run above it.
 */

/** Pin BLAS to one thread; call once before anything else, from one thread. */
void usph_blas_init(void);

/** Configuration text of the loaded OpenBLAS, and the name of the core it runs for. */
const char *usph_blas_config(void);
const char *usph_blas_core(void);

/**
 * Whether BLAS may be called from several threads at once: the serial OpenBLAS gives
 * silently wrong results then.
 */
bool usph_blas_threadsafe(void);

/**
 * c = a' a for a row-major m x d matrix; c is d x d, both triangles.
 *
 * Cost: m d^2 flops. Errors: USPH_ERR_SHAPE if a size exceeds LAPACK's integers.
 */
usph_status usph_blas_gram(size_t m, size_t d, const double *a,
                           double *c) USPH_MUST_CHECK;

/** c = alpha a b, row-major, a m x k, b k x n. Errors: as usph_blas_gram. */
usph_status usph_blas_multiply(size_t m, size_t n, size_t k, double alpha,
                               const double *a, const double *b,
                               double *c) USPH_MUST_CHECK;

/** Rows of a row-major matrix; borrowed. */
typedef struct usph_block {
    const double *at; /* first element */
    size_t stride;    /* elements from a row to the next */
} usph_block;

/** The same in single precision. */
typedef struct usph_block_single {
    const float *at;
    size_t stride;
} usph_block_single;

/*
 * Products of blocks, for tiles; ldc is the stride of c. Sizes are those of tiles and
 * rows, below INT_MAX (asserted).
 */

/** c (m x n) = a b' with a m x k, b n x k. */
void usph_blas_inner(size_t m, size_t n, size_t k, usph_block a, usph_block b,
                     double *c, size_t ldc);

/** Upper triangle of c (m x m) = a a' with a m x k. */
void usph_blas_inner_upper(size_t m, size_t k, usph_block a, double *c, size_t ldc);

/** c (m x n) -= a b with a m x k, or, transposed, a' b with a k x m; b k x n. */
void usph_blas_subtract_product(size_t m, size_t n, size_t k, bool transpose,
                                usph_block a, usph_block b, double *c, size_t ldc);

/** c = a b' and c = a b or a' b in single precision. */
void usph_blas_inner_single(size_t m, size_t n, size_t k, usph_block_single a,
                            usph_block_single b, float *c, size_t ldc);
void usph_blas_product_single(size_t m, size_t n, size_t k, bool transpose,
                              usph_block_single a, usph_block_single b, float *c,
                              size_t ldc);

/**
 * Cholesky factor of a symmetric positive definite m x m matrix, in place: the lower
 * triangle (row-major) becomes L with a = L L'.
 *
 * @param pivot  number of the pivot (from 1) that is not positive, 0 if all are
 *
 * Errors: USPH_ERR_DOMAIN if a is not positive definite to rounding; USPH_ERR_SHAPE.
 */
usph_status usph_cholesky(size_t m, double *a, size_t *pivot) USPH_MUST_CHECK;

/** Lower triangle of the inverse from usph_cholesky's factor, in place. */
usph_status usph_cholesky_inverse(size_t m, double *a) USPH_MUST_CHECK;

/** Doubles of work that usph_eigen needs. */
size_t usph_eigen_work(size_t m);

/**
 * Eigenvalues of a symmetric m x m matrix in ascending order and, if asked, orthonormal
 * eigenvectors.
 *
 * @param a       m x m, both triangles; becomes the eigenvectors, one a row, or garbage
 * @param values  m
 * @param work    usph_eigen_work(m)
 *
 * Cost: 4/3 m^3 flops without vectors, some 9 m^3 with. Errors: USPH_ERR_LAPACK,
 * USPH_ERR_SHAPE.
 */
usph_status usph_eigen(size_t m, bool vectors, double *a, double *values,
                       double *work) USPH_MUST_CHECK;

/** Doubles of work that usph_orthogonalize needs. */
size_t usph_qr_work(size_t d);

/**
 * Replace a d x d row-major matrix by the Q of its QR factorization.
 *
 * @param signs  d, sign (+1 or -1) of each diagonal entry of R
 * @param work   usph_qr_work(d)
 *
 * Errors: USPH_ERR_LAPACK, USPH_ERR_SHAPE.
 */
usph_status usph_orthogonalize(size_t d, double *q, double *signs,
                               double *work) USPH_MUST_CHECK;

#endif
