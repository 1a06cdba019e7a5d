/*
 * Makes the loops of one kernel for the instruction set that the file is built for. A
 * kernel's file defines
 *
 *     USPH_PAIR          its name: the body is NAME_pairs, the scales are NAME_scale
 *     USPH_PAIR_PRODUCT  true if its K is a logarithm, to be summed by products
 *
 * and includes this, once for each body it has. The table is usph_loops_NAME_LEVEL.
 */
#include "metrics/pairs/large_tile.h"
#include "metrics/pairs/small_d.h"

#define USPH_PAIR_JOIN2(a, b) a##_##b
#define USPH_PAIR_JOIN(a, b)  USPH_PAIR_JOIN2(a, b)
#define USPH_PAIR_FN(what)    USPH_PAIR_JOIN(USPH_PAIR, what)
#define USPH_PAIR_TABLE       USPH_LEVEL_NAME(USPH_PAIR_JOIN(usph_loops, USPH_PAIR))

#define USPH_PAIR_INSTANCE(of_half, of_grad)       \
    ((body_instance){ .body = USPH_PAIR_FN(pairs), \
                      .half = (of_half),           \
                      .grad = (of_grad),           \
                      .product = USPH_PAIR_PRODUCT })

static void USPH_PAIR_FN(small)(const usph_small_tile *tile, bool half, bool grad,
                                usph_pairs_part *out)
{
    small_any(USPH_PAIR_INSTANCE(false, false), tile, half, grad, out);
}

static void USPH_PAIR_FN(cross)(usph_small_cross *cross, bool grad)
{
    small_cross(USPH_PAIR_INSTANCE(false, false), cross, grad);
}

/* Functions of their own: in one, their constants would compete for registers. */

static USPH_NOINLINE void USPH_PAIR_FN(tile)(usph_large_tile *tile,
                                             usph_pairs_part *out)
{
    large_tile(USPH_PAIR_INSTANCE(false, false), tile, out);
}

static USPH_NOINLINE void USPH_PAIR_FN(tile_grad)(usph_large_tile *tile,
                                                  usph_pairs_part *out)
{
    large_tile(USPH_PAIR_INSTANCE(false, true), tile, out);
}

static USPH_NOINLINE void USPH_PAIR_FN(tile_half)(usph_large_tile *tile,
                                                  usph_pairs_part *out)
{
    large_tile(USPH_PAIR_INSTANCE(true, false), tile, out);
}

static USPH_NOINLINE void USPH_PAIR_FN(tile_half_grad)(usph_large_tile *tile,
                                                       usph_pairs_part *out)
{
    large_tile(USPH_PAIR_INSTANCE(true, true), tile, out);
}

static void USPH_PAIR_FN(large)(usph_large_tile *tile, bool half, bool grad,
                                usph_pairs_part *out)
{
    if (half)
        (grad ? USPH_PAIR_FN(tile_half_grad) : USPH_PAIR_FN(tile_half))(tile, out);
    else
        (grad ? USPH_PAIR_FN(tile_grad) : USPH_PAIR_FN(tile))(tile, out);
}

static void USPH_PAIR_FN(large_cross)(usph_large_tile *tile, bool grad)
{
    large_cross(USPH_PAIR_INSTANCE(false, false), tile, grad);
}

extern const usph_pairs_loops USPH_PAIR_TABLE;
const usph_pairs_loops USPH_PAIR_TABLE = {
    .small = USPH_PAIR_FN(small),
    .cross = USPH_PAIR_FN(cross),
    .large = USPH_PAIR_FN(large),
    .large_cross = USPH_PAIR_FN(large_cross),
    .scale = USPH_PAIR_FN(scale),
};

#undef USPH_PAIR
#undef USPH_PAIR_PRODUCT
#undef USPH_PAIR_JOIN
#undef USPH_PAIR_JOIN2
#undef USPH_PAIR_FN
#undef USPH_PAIR_INSTANCE
#undef USPH_PAIR_TABLE
