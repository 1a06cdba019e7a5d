#include "core/blas.h"

#include <assert.h>
#include <limits.h>

#include <cblas.h>
#include <lapacke.h>

enum {
    QR_BLOCK = 64,    /* columns that LAPACK's QR handles together */
    EIGEN_BLOCK = 32, /* columns that the tridiagonal reduction handles at once */
};

void usph_blas_init(void)
{
    openblas_set_num_threads(1);
}

const char *usph_blas_config(void)
{
    return openblas_get_config();
}

const char *usph_blas_core(void)
{
    return openblas_get_corename();
}

bool usph_blas_threadsafe(void)
{
    return openblas_get_parallel() != 0;
}

static bool fits(size_t size)
{
    return size <= INT_MAX;
}

usph_status usph_blas_gram(size_t m, size_t d, const double *a, double *c)
{
    if (!fits(m) || !fits(d))
        return USPH_ERR_SHAPE;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)d, (int)m, 1, a, (int)d, 0,
                c, (int)d);
    for (size_t i = 0; i < d; i++)
        for (size_t j = i + 1; j < d; j++)
            c[i * d + j] = c[j * d + i];
    return USPH_OK;
}

usph_status usph_blas_multiply(size_t m, size_t n, size_t k, double alpha,
                               const double *a, const double *b, double *c)
{
    if (!fits(m) || !fits(n) || !fits(k))
        return USPH_ERR_SHAPE;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)n, (int)k,
                alpha, a, (int)k, b, (int)n, 0, c, (int)n);
    return USPH_OK;
}

static int block(size_t size)
{
    assert(fits(size));
    return (int)size;
}

static CBLAS_TRANSPOSE turned(bool transpose)
{
    return transpose ? CblasTrans : CblasNoTrans;
}

void usph_blas_inner(size_t m, size_t n, size_t k, usph_block a, usph_block b,
                     double *c, size_t ldc)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, block(m), block(n), block(k),
                1, a.at, block(a.stride), b.at, block(b.stride), 0, c, block(ldc));
}

void usph_blas_inner_upper(size_t m, size_t k, usph_block a, double *c, size_t ldc)
{
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, block(m), block(k), 1, a.at,
                block(a.stride), 0, c, block(ldc));
}

void usph_blas_subtract_product(size_t m, size_t n, size_t k, bool transpose,
                                usph_block a, usph_block b, double *c, size_t ldc)
{
    cblas_dgemm(CblasRowMajor, turned(transpose), CblasNoTrans, block(m), block(n),
                block(k), -1, a.at, block(a.stride), b.at, block(b.stride), 1, c,
                block(ldc));
}

void usph_blas_inner_single(size_t m, size_t n, size_t k, usph_block_single a,
                            usph_block_single b, float *c, size_t ldc)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, block(m), block(n), block(k),
                1, a.at, block(a.stride), b.at, block(b.stride), 0, c, block(ldc));
}

void usph_blas_product_single(size_t m, size_t n, size_t k, bool transpose,
                              usph_block_single a, usph_block_single b, float *c,
                              size_t ldc)
{
    cblas_sgemm(CblasRowMajor, turned(transpose), CblasNoTrans, block(m), block(n),
                block(k), 1, a.at, block(a.stride), b.at, block(b.stride), 0, c,
                block(ldc));
}

usph_status usph_cholesky(size_t m, double *a, size_t *pivot)
{
    *pivot = 0;
    if (!fits(m))
        return USPH_ERR_SHAPE;
    /* row-major lower is column-major upper: no transposed copy inside LAPACKE */
    const lapack_int info =
        LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', (int)m, a, (int)m);
    if (info > 0) {
        *pivot = (size_t)info;
        return USPH_ERR_DOMAIN;
    }
    return info == 0 ? USPH_OK : USPH_ERR_LAPACK;
}

usph_status usph_cholesky_inverse(size_t m, double *a)
{
    if (!fits(m))
        return USPH_ERR_SHAPE;
    const lapack_int info =
        LAPACKE_dpotri_work(LAPACK_COL_MAJOR, 'U', (int)m, a, (int)m);
    return info == 0 ? USPH_OK : USPH_ERR_LAPACK;
}

size_t usph_eigen_work(size_t m)
{
    return (EIGEN_BLOCK + 2) * m;
}

usph_status usph_eigen(size_t m, bool vectors, double *a, double *values, double *work)
{
    if (!fits(m) || !fits(usph_eigen_work(m)) || !fits(m * m))
        return USPH_ERR_SHAPE;
    /* symmetric, so the order of the axes does not matter; columns become rows */
    const lapack_int info =
        LAPACKE_dsyev_work(LAPACK_COL_MAJOR, vectors ? 'V' : 'N', 'L', (int)m, a,
                           (int)m, values, work, (int)usph_eigen_work(m));
    return info == 0 ? USPH_OK : USPH_ERR_LAPACK;
}

size_t usph_qr_work(size_t d)
{
    return d + QR_BLOCK * d;
}

usph_status usph_orthogonalize(size_t d, double *q, double *signs, double *work)
{
    if (!fits(usph_qr_work(d)))
        return USPH_ERR_SHAPE;
    const int m = (int)d;
    double *tau = work;
    double *rest = work + d;
    /* the matrix is square and its rows are as good as its columns: no need to
     * transpose */
    if (LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, m, m, q, m, tau, rest, QR_BLOCK * m) != 0)
        return USPH_ERR_LAPACK;
    for (size_t i = 0; i < d; i++)
        signs[i] = q[i * d + i] < 0 ? -1 : 1;
    if (LAPACKE_dorgqr_work(LAPACK_COL_MAJOR, m, m, m, q, m, tau, rest, QR_BLOCK * m) !=
        0)
        return USPH_ERR_LAPACK;
    return USPH_OK;
}
