#ifndef USPH_METRICS_PAIRS_SMALL_D_H
#define USPH_METRICS_PAIRS_SMALL_D_H

#include "metrics/pairs/body.h"

/*
 * Loops for few dimensions, a template: r2 comes from differences, each unordered pair
 * is formed once, and a block of rows i goes along all j at once, so that what is
 * loaded of j serves several pairs.
 */

enum {
    SMALL_FIXED_D = 4, /* up to here d is a constant in its instance */
};

/* A block of rows on its way. */
typedef struct small_block {
    usph_small_tile tile; /* a copy: stores through pointers cannot change it */
    size_t d;
    size_t i; /* first row */
    body_sum sum;
    usph_v least;
    usph_v pull[BODY_ROWS][USPH_SMALL_MAX_D]; /* on the rows */
} small_block;

/* What one column of vectors is made of. */
typedef struct small_column {
    usph_v diff[BODY_ROWS][SMALL_FIXED_D]; /* only where d is a constant */
    usph_v total[BODY_ROWS][SMALL_FIXED_D];
    usph_v r2[BODY_ROWS], q2[BODY_ROWS];
} small_column;

USPH_INLINE void small_squares(body_instance in, const small_block *b, size_t j,
                               small_column *c)
{
    const usph_small_tile *t = &b->tile;
    for (size_t row = 0; row < BODY_ROWS; row++)
        c->r2[row] = c->q2[row] = usph_v_set(0);
    USPH_UNROLL_DIMS
    for (size_t k = 0; k < b->d; k++) {
        const usph_v xj = usph_v_load(t->x + k * t->stride + j);
        USPH_UNROLL
        for (size_t row = 0; row < BODY_ROWS; row++) {
            const usph_v xi = usph_v_set(t->x[k * t->stride + b->i + row]);
            const usph_v diff = xi - xj;
            const usph_v total = xi + xj;
            c->r2[row] = usph_v_fma(diff, diff, c->r2[row]);
            if (in.half)
                c->q2[row] = usph_v_fma(total, total, c->q2[row]);
            if (in.d > 0) {
                c->diff[row][k] = diff;
                c->total[row][k] = total;
            }
        }
    }
}

/* Pairs with j > i, i and j below their ends. */
USPH_INLINE usph_vi small_mask(const small_block *b, size_t row, size_t j)
{
    const usph_small_tile *t = &b->tile;
    const int64_t i = (int64_t)(b->i + row);
    const usph_vi at = usph_vi_iota() + usph_vi_set((int64_t)j);
    const usph_vi valid = usph_vi_set(b->i + row < t->i1 ? -1 : 0);
    return (at > usph_vi_set(t->triangle ? i : -1)) & body_below(j, t->j1) & valid;
}

/* Pull both ends of the pairs along x_i - x_j, or x_i + x_j for sums. */
USPH_INLINE void small_pull(body_instance in, small_block *b, size_t j,
                            const small_column *c, bool sums, const usph_v *dk)
{
    const usph_small_tile *t = &b->tile;
    USPH_UNROLL_DIMS
    for (size_t k = 0; k < b->d; k++) {
        usph_v pull = usph_v_load(t->grad + k * t->stride + j);
        usph_v xj = usph_v_set(0);
        if (in.d == 0)
            xj = usph_v_load(t->x + k * t->stride + j);
        USPH_UNROLL
        for (size_t row = 0; row < BODY_ROWS; row++) {
            usph_v way;
            if (in.d > 0) {
                way = sums ? c->total[row][k] : c->diff[row][k];
            } else {
                const usph_v xi = usph_v_set(t->x[k * t->stride + b->i + row]);
                way = sums ? xi + xj : xi - xj;
            }
            b->pull[row][k] = usph_v_fma(dk[row], way, b->pull[row][k]);
            pull =
                sums ? usph_v_fma(dk[row], way, pull) : usph_v_fnma(dk[row], way, pull);
        }
        usph_v_store(t->grad + k * t->stride + j, pull);
    }
}

USPH_INLINE void small_values(body_instance in, small_block *b, const usph_v *r2,
                              const usph_vi *mask, usph_v *dk)
{
    usph_v value[BODY_ROWS];
    in.body(b->tile.params, BODY_ROWS, r2, value, dk);
    USPH_UNROLL
    for (size_t row = 0; row < BODY_ROWS; row++) {
        usph_v seen = r2[row];
        if (mask != NULL)
            seen = usph_v_select(mask[row], seen, usph_v_set(4));
        b->least = usph_v_min(b->least, seen);
        if (mask != NULL) {
            value[row] = body_mask_k(in.product, mask[row], value[row]);
            dk[row] = usph_v_keep(mask[row], dk[row]);
        }
        body_sum_add(in.product, &b->sum, value[row]);
    }
    body_sum_renormalize(in.product, &b->sum);
}

USPH_INLINE void small_step(body_instance in, small_block *b, size_t j, bool masked)
{
    small_column c;
    usph_v dk[BODY_ROWS];
    usph_vi mask[BODY_ROWS];
    small_squares(in, b, j, &c);
    if (masked) {
        USPH_UNROLL
        for (size_t row = 0; row < BODY_ROWS; row++) {
            mask[row] = small_mask(b, row, j);
            c.r2[row] = usph_v_select(mask[row], c.r2[row], usph_v_set(1));
            if (in.half)
                c.q2[row] = usph_v_select(mask[row], c.q2[row], usph_v_set(1));
        }
    }
    small_values(in, b, c.r2, masked ? mask : NULL, dk);
    if (in.grad)
        small_pull(in, b, j, &c, false, dk);
    if (!in.half)
        return;
    small_values(in, b, c.q2, masked ? mask : NULL, dk);
    if (in.grad)
        small_pull(in, b, j, &c, true, dk);
}

USPH_INLINE void small_block_run(body_instance in, small_block *b)
{
    const usph_small_tile *t = &b->tile;
    const size_t first = t->triangle ? b->i / USPH_LANES * USPH_LANES : t->j0;
    const size_t whole = t->triangle ? b->i + BODY_ROWS : t->j0;
    size_t j = first;
    for (; j < whole && j < t->j1; j += USPH_LANES)
        small_step(in, b, j, true);
    /* rows beyond i1 stand for no point; columns beyond j1 are masked below */
    if (b->i + BODY_ROWS <= t->i1)
        for (; j + USPH_LANES <= t->j1; j += USPH_LANES)
            small_step(in, b, j, false);
    for (; j < t->j1; j += USPH_LANES)
        small_step(in, b, j, true);
}

USPH_INLINE void small_clear(small_block *b)
{
    b->sum = body_sum_zero();
    USPH_UNROLL
    for (size_t row = 0; row < BODY_ROWS; row++) {
        USPH_UNROLL_DIMS
        for (size_t k = 0; k < b->d; k++)
            b->pull[row][k] = usph_v_set(0);
    }
}

USPH_INLINE void small_tile(body_instance in, const usph_small_tile *tile,
                            usph_pairs_part *out)
{
    small_block b = {
        .tile = *tile,
        .d = in.d > 0 ? in.d : tile->d,
        .least = usph_v_set(4),
    };
    double sum = 0;
    for (b.i = tile->i0; b.i < tile->i1; b.i += BODY_ROWS) {
        small_clear(&b);
        small_block_run(in, &b);
        sum += body_sum_value(in.product, &b.sum);
        if (!in.grad)
            continue;
        for (size_t row = 0; row < BODY_ROWS && b.i + row < tile->i1; row++)
            for (size_t k = 0; k < b.d; k++)
                tile->grad[k * tile->stride + b.i + row] += usph_v_sum(b.pull[row][k]);
    }
    *out = (usph_pairs_part){ .sum = sum, .least = usph_v_least(b.least) };
}

USPH_INLINE void small_forms(body_instance in, const usph_small_tile *tile, bool half,
                             bool grad, usph_pairs_part *out)
{
    body_instance with = in;
    with.grad = true;
    body_instance doubled = in;
    doubled.half = true;
    body_instance both = with;
    both.half = true;
    if (half && grad)
        small_tile(both, tile, out);
    else if (half)
        small_tile(doubled, tile, out);
    else if (grad)
        small_tile(with, tile, out);
    else
        small_tile(in, tile, out);
}

/* The instance for what is asked: dimensions met most have loops of their own. */
USPH_INLINE void small_any(body_instance in, const usph_small_tile *tile, bool half,
                           bool grad, usph_pairs_part *out)
{
    body_instance fixed = in;
    switch (tile->d) {
    case 2:
        fixed.d = 2;
        small_forms(fixed, tile, half, grad, out);
        break;
    case 3:
        fixed.d = 3;
        small_forms(fixed, tile, half, grad, out);
        break;
    case 4:
        fixed.d = 4;
        small_forms(fixed, tile, half, grad, out);
        break;
    default: small_forms(in, tile, half, grad, out);
    }
}

/* Targets a few vectors at a time, each against all sources. */
USPH_INLINE void small_cross_step(body_instance in, const usph_small_cross *c, size_t j,
                                  usph_v *least)
{
    usph_v pull[USPH_SMALL_MAX_D];
    body_sum sum = body_sum_zero();
    const usph_vi mask = body_below(j, c->j1);
    for (size_t k = 0; k < c->d; k++)
        pull[k] = usph_v_set(0);
    for (size_t i = 0; i < c->n; i++) {
        usph_v r2 = usph_v_set(0);
        usph_v value;
        usph_v dk;
        for (size_t k = 0; k < c->d; k++) {
            const usph_v xi = usph_v_set(c->x[k * c->x_stride + i]);
            const usph_v yj = usph_v_load(c->y + k * c->y_stride + j);
            r2 = usph_v_fma(yj - xi, yj - xi, r2);
        }
        *least = usph_v_min(*least, usph_v_select(mask, r2, usph_v_set(4)));
        r2 = usph_v_select(mask, r2, usph_v_set(1));
        in.body(c->params, 1, &r2, &value, &dk);
        body_sum_add(in.product, &sum, value);
        body_sum_renormalize(in.product, &sum);
        for (size_t k = 0; k < c->d && in.grad; k++) {
            const usph_v xi = usph_v_set(c->x[k * c->x_stride + i]);
            const usph_v yj = usph_v_load(c->y + k * c->y_stride + j);
            pull[k] = usph_v_fma(dk, yj - xi, pull[k]);
        }
    }
    for (size_t lane = 0; lane < USPH_LANES; lane++)
        c->sum[j + lane] = body_sum_lane(in.product, &sum, lane);
    for (size_t k = 0; k < c->d && in.grad; k++)
        usph_v_store(c->grad + k * c->y_stride + j, pull[k]);
}

USPH_INLINE void small_cross(body_instance in, usph_small_cross *cross, bool grad)
{
    usph_v least = usph_v_set(4);
    in.grad = grad;
    for (size_t j = cross->j0; j < cross->j1; j += USPH_LANES)
        small_cross_step(in, cross, j, &least);
    cross->least = usph_v_least(least);
}

#endif
