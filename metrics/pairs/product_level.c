#include "metrics/pairs/product_level.h"

#include "core/simd.h"

/* Only where it beats BLAS: see product.c. */
#if USPH_LANES == 8

#define UNROLL _Pragma("GCC unroll 8")

/* The block of c that stays in registers: rows times vectors of columns. */
enum {
    BLOCK_ROWS = 6, /* with 4 vectors of b and one of a, 29 of 32 registers */
    BLOCK_VECTORS = 4,
};

/* c[0 .. rows)[0 .. vectors whole vectors) of the product; both are constants. */
USPH_INLINE void block(size_t rows, size_t vectors, const usph_product *p,
                       const double *a, const double *b, double *c)
{
    usph_v sum[BLOCK_ROWS][BLOCK_VECTORS];
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            sum[i][v] = usph_v_set(0);
    }
    for (size_t q = 0; q < p->k; q++) {
        usph_v from[BLOCK_VECTORS];
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            from[v] = usph_v_load(b + q * p->ldb + v * USPH_LANES);
        UNROLL
        for (size_t i = 0; i < rows; i++) {
            const usph_v times = usph_v_set(a[i * p->row + q * p->step]);
            UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[i][v] = usph_v_fma(times, from[v], sum[i][v]);
        }
    }
    UNROLL
    for (size_t i = 0; i < rows; i++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            double *at = c + i * p->ldc + v * USPH_LANES;
            usph_v_store(at,
                         usph_v_fma(usph_v_set(p->sign), sum[i][v], usph_v_load(at)));
        }
    }
}

/* All rows of some whole vectors of columns. */
USPH_INLINE void columns(size_t vectors, const usph_product *p, size_t j)
{
    const double *b = p->b + j;
    double *c = p->c + j;
    size_t i = 0;
    for (; i + BLOCK_ROWS <= p->m; i += BLOCK_ROWS)
        block(BLOCK_ROWS, vectors, p, p->a + i * p->row, b, c + i * p->ldc);
    for (; i + 2 <= p->m; i += 2)
        block(2, vectors, p, p->a + i * p->row, b, c + i * p->ldc);
    if (i < p->m)
        block(1, vectors, p, p->a + i * p->row, b, c + i * p->ldc);
}

void USPH_LEVEL_NAME(usph_product)(const usph_product *p)
{
    const size_t wide = (size_t)BLOCK_VECTORS * USPH_LANES;
    size_t j = 0;
    for (; j + wide <= p->n; j += wide)
        columns(BLOCK_VECTORS, p, j);
    for (; j + USPH_LANES <= p->n; j += USPH_LANES)
        columns(1, p, j);
}

#endif
