#ifndef USPH_METRICS_PAIRS_BODY_H
#define USPH_METRICS_PAIRS_BODY_H

#include <math.h>

#include "core/simd.h"
#include "metrics/pairs/loops.h"

/* What the templates of loops share. */

#define USPH_UNROLL      _Pragma("GCC unroll 8")
#define USPH_UNROLL_DIMS _Pragma("GCC unroll 4")

enum {
    BODY_ROWS = USPH_LANES == 8 ? 4 : 3, /* vectors of pairs at once: as many as fit
                                            the registers */
};

/*
 * A kernel on `rows` vectors of pairs: from r2 to K and dK/dr2 over the kernel's
 * scales. For a kernel by products, k is a factor whose logarithm is summed. Several
 * vectors at once, so that their chains of operations overlap. Valid for r2 >=
 * USPH_PAIRS_TINY.
 */
typedef void usph_pair_body(usph_pair_params params, size_t rows, const usph_v *r2,
                            usph_v *k, usph_v *dk);

_Static_assert((int)BODY_ROWS <= (int)USPH_PAD,
               "a block of rows reads into the padding");
_Static_assert(BODY_ROWS <= USPH_MAX_ROWS, "as many as the vector functions take");

/* An instance of a template: constants once it is inlined. */
typedef struct body_instance {
    usph_pair_body *body;
    size_t d;     /* 0: as the tile says */
    bool half;    /* also K(q2) with the pulls of the sums */
    bool grad;    /* form the weights */
    bool product; /* the kernel is a logarithm: sum it by products */
} body_instance;

/* A running sum of K, or of log K by mantissa and exponent. */
typedef struct body_sum {
    usph_v sum;
    usph_v product; /* mantissas, at most BODY_ROWS factors ahead of the exponents */
    usph_vi exponents;
} body_sum;

USPH_INLINE body_sum body_sum_zero(void)
{
    return (body_sum){
        .sum = usph_v_set(0),
        .product = usph_v_set(1),
        .exponents = usph_vi_set(0),
    };
}

USPH_INLINE void body_sum_add(bool product, body_sum *s, usph_v k)
{
    if (product)
        s->product *= k;
    else
        s->sum += k;
}

/* Move the exponents out of the product. Factors lie in [1e-36, 4]: up to eight of them
   cannot underflow. */
USPH_INLINE void body_sum_renormalize(bool product, body_sum *s)
{
    if (!product)
        return;
    const usph_vi bits = (usph_vi)s->product;
    s->exponents += (bits >> 52) - usph_vi_set(1023);
    s->product = (usph_v)((bits & usph_vi_set(0x000fffffffffffff)) |
                          usph_vi_set(0x3ff0000000000000));
}

USPH_INLINE double body_sum_lane(bool product, const body_sum *s, size_t lane)
{
    static const double LOG_2 = 0.69314718055994530942;
    return product ? (double)s->exponents[lane] * LOG_2 + log(s->product[lane])
                   : s->sum[lane];
}

USPH_INLINE double body_sum_value(bool product, const body_sum *s)
{
    if (!product)
        return usph_v_sum(s->sum);
    double sum = 0;
    for (size_t lane = 0; lane < USPH_LANES; lane++)
        sum += body_sum_lane(product, s, lane);
    return sum;
}

/* K of a masked lane counts nothing: 0 in a sum, 1 in a product. */
USPH_INLINE usph_v body_mask_k(bool product, usph_vi mask, usph_v k)
{
    return usph_v_select(mask, k, usph_v_set(product ? 1 : 0));
}

/* Lanes that stand for j, j + 1, ... below `end`. */
USPH_INLINE usph_vi body_below(size_t j, size_t end)
{
    return usph_vi_iota() + usph_vi_set((int64_t)j) < usph_vi_set((int64_t)end);
}

#endif
