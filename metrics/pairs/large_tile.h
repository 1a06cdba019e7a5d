#ifndef USPH_METRICS_PAIRS_LARGE_TILE_H
#define USPH_METRICS_PAIRS_LARGE_TILE_H

#include "metrics/pairs/body.h"

/*
 * The kernel on a tile of inner products t, a template: r2 = 2 - 2t and q2 = 2 + 2t.
 * Where these have lost too many digits the pair is listed for the caller, and counts
 * nothing here.
 */

enum {
    LARGE_STEP = BODY_ROWS * USPH_LANES, /* pairs at once */
};

/* Some vectors of pairs of the tile. */
typedef struct large_step {
    usph_v r2[BODY_ROWS], q2[BODY_ROWS];
    usph_vi valid[BODY_ROWS]; /* pairs of the tile that are not listed */
} large_step;

_Static_assert((int)LARGE_STEP <= (int)USPH_TILE_SLACK,
               "a step may run over the end of a row");

/* What a tile adds up to. */
typedef struct large_sums {
    body_sum sum;
    usph_v least; /* smallest r2 (with half: r2 or q2) of pairs that are not listed */
} large_sums;

/* List the pairs of a vector that are near; rare. */
static void large_list(usph_large_tile *tile, size_t row, size_t col, usph_vi near)
{
    for (size_t lane = 0; lane < USPH_LANES; lane++)
        if (near[lane] != 0)
            tile->list[tile->listed++] = (usph_near_pair){
                .row = (uint32_t)row,
                .col = (uint32_t)(col + lane),
            };
}

/* One vector of squares from products; the squares that must not be near. */
USPH_INLINE usph_v large_squares(body_instance in, const usph_large_tile *tile,
                                 size_t row, size_t col, size_t v, large_step *s)
{
    const usph_v t = usph_v_load(tile->c + row * tile->ld + col);
    s->r2[v] = usph_v_fnma(t, usph_v_set(2), usph_v_set(2));
    s->q2[v] = usph_v_fma(t, usph_v_set(2), usph_v_set(2));
    return in.half ? usph_v_min(s->r2[v], s->q2[v]) : s->r2[v];
}

/* Take pairs that are not of the tile out of a vector, and list those that are near. */
USPH_INLINE void large_mask(usph_large_tile *tile, size_t row, size_t col, size_t v,
                            usph_v smaller, large_step *s)
{
    const usph_vi near = smaller < usph_v_set(tile->near);
    const usph_vi at = usph_vi_iota() + usph_vi_set((int64_t)col);
    const usph_vi first = usph_vi_set(tile->triangle ? (int64_t)row : -1);
    const usph_vi inside = body_below(col, tile->cols) & (at > first);
    if (usph_v_any(near & inside))
        large_list(tile, row, col, near & inside);
    s->valid[v] = inside & ~near;
    s->r2[v] = usph_v_select(s->valid[v], s->r2[v], usph_v_set(1));
    s->q2[v] = usph_v_select(s->valid[v], s->q2[v], usph_v_set(1));
}

/* K of the vectors into the sum; weights, 0 where a pair does not count. */
USPH_INLINE void large_values(body_instance in, const usph_large_tile *tile,
                              const usph_v *r2, const usph_vi *valid, large_sums *sums,
                              usph_v *dk)
{
    usph_v value[BODY_ROWS];
    in.body(tile->params, BODY_ROWS, r2, value, dk);
    USPH_UNROLL
    for (size_t v = 0; v < BODY_ROWS; v++) {
        if (valid != NULL) {
            value[v] = body_mask_k(in.product, valid[v], value[v]);
            dk[v] = usph_v_keep(valid[v], dk[v]);
        }
        body_sum_add(in.product, &sums->sum, value[v]);
    }
    body_sum_renormalize(in.product, &sums->sum);
}

/* Values and weights of a step whose squares are known. */
USPH_INLINE void large_finish(body_instance in, usph_large_tile *tile, size_t row,
                              size_t col, const large_step *s, bool masked,
                              large_sums *sums, usph_v *pull)
{
    usph_v dk[BODY_ROWS];
    usph_v dk2[BODY_ROWS];
    const usph_vi *valid = masked ? s->valid : NULL;
    large_values(in, tile, s->r2, valid, sums, dk);
    if (in.half)
        large_values(in, tile, s->q2, valid, sums, dk2);
    if (!in.grad)
        return;
    USPH_UNROLL
    for (size_t v = 0; v < BODY_ROWS; v++) {
        double *at = tile->col_pull + col + v * USPH_LANES;
        const usph_v both = in.half ? dk[v] + dk2[v] : dk[v];
        const usph_v weight = in.half ? dk[v] - dk2[v] : dk[v];
        usph_v_store(tile->c + row * tile->ld + col + v * USPH_LANES, weight);
        usph_v_store(at, usph_v_load(at) + both);
        *pull += both;
    }
}

/*
 * LARGE_STEP pairs of a row; the pull on the row is added to *pull. `edge`: some may
 * not be of the tile. Steps with near pairs are rare and take the way of the edges.
 */
USPH_INLINE void large_row_step(body_instance in, usph_large_tile *tile, size_t row,
                                size_t col, bool edge, large_sums *sums, usph_v *pull)
{
    large_step s;
    usph_v smaller[BODY_ROWS];
    usph_v least = usph_v_set(4);
    USPH_UNROLL
    for (size_t v = 0; v < BODY_ROWS; v++) {
        smaller[v] = large_squares(in, tile, row, col + v * USPH_LANES, v, &s);
        least = usph_v_min(least, smaller[v]);
    }
    if (!edge && !usph_v_any(least < usph_v_set(tile->near))) {
        sums->least = usph_v_min(sums->least, least);
        large_finish(in, tile, row, col, &s, false, sums, pull);
        return;
    }
    USPH_UNROLL
    for (size_t v = 0; v < BODY_ROWS; v++) {
        large_mask(tile, row, col + v * USPH_LANES, v, smaller[v], &s);
        smaller[v] = usph_v_select(s.valid[v], smaller[v], usph_v_set(4));
        sums->least = usph_v_min(sums->least, smaller[v]);
    }
    large_finish(in, tile, row, col, &s, true, sums, pull);
}

USPH_INLINE void large_row(body_instance in, usph_large_tile *tile, size_t row,
                           large_sums *sums)
{
    usph_v pull = usph_v_set(0);
    size_t col = 0;
    if (tile->triangle) { /* whole steps below the diagonal are skipped */
        col = (row + 1) / LARGE_STEP * LARGE_STEP;
        if (col < tile->cols)
            large_row_step(in, tile, row, col, true, sums, &pull);
        col += LARGE_STEP;
    }
    for (; col + LARGE_STEP <= tile->cols; col += LARGE_STEP)
        large_row_step(in, tile, row, col, false, sums, &pull);
    for (; col < tile->cols; col += LARGE_STEP)
        large_row_step(in, tile, row, col, true, sums, &pull);
    if (in.grad)
        tile->row_pull[row] += usph_v_sum(pull);
}

/* The weights below the diagonal are those above it. */
USPH_INLINE void large_mirror(usph_large_tile *tile)
{
    for (size_t row = 0; row < tile->rows; row++)
        for (size_t col = 0; col <= row; col++)
            tile->c[row * tile->ld + col] =
                col == row ? 0 : tile->c[col * tile->ld + row];
}

USPH_INLINE void large_tile(body_instance in, usph_large_tile *tile,
                            usph_pairs_part *out)
{
    usph_large_tile t = *tile; /* a copy that stores through pointers cannot change */
    large_sums sums = { .sum = body_sum_zero(), .least = usph_v_set(4) };
    t.listed = 0;
    for (size_t row = 0; row < t.rows; row++)
        large_row(in, &t, row, &sums);
    if (in.grad && t.triangle)
        large_mirror(&t);
    tile->listed = t.listed;
    *out = (usph_pairs_part){
        .sum = body_sum_value(in.product, &sums.sum),
        .least = usph_v_least(sums.least),
    };
}

/* Columns one vector at a time, along all rows: sums of K over the column. */
USPH_INLINE void large_cross_column(body_instance in, usph_large_tile *tile, size_t col)
{
    body_sum sum = body_sum_zero();
    usph_v pull = usph_v_set(0);
    for (size_t row = 0; row < tile->rows; row++) {
        large_step s;
        usph_v value;
        usph_v dk;
        const usph_v smaller = large_squares(in, tile, row, col, 0, &s);
        large_mask(tile, row, col, 0, smaller, &s);
        in.body(tile->params, 1, s.r2, &value, &dk);
        body_sum_add(in.product, &sum, body_mask_k(in.product, s.valid[0], value));
        body_sum_renormalize(in.product, &sum);
        if (!in.grad)
            continue;
        dk = usph_v_keep(s.valid[0], dk);
        usph_v_store(tile->c + row * tile->ld + col, dk);
        pull += dk;
    }
    for (size_t lane = 0; lane < USPH_LANES; lane++)
        tile->col_sum[col + lane] = body_sum_lane(in.product, &sum, lane);
    if (in.grad)
        usph_v_store(tile->col_pull + col, pull);
}

USPH_INLINE void large_cross(body_instance in, usph_large_tile *tile, bool grad)
{
    usph_large_tile t = *tile;
    in.grad = grad;
    t.listed = 0;
    for (size_t col = 0; col < t.cols; col += USPH_LANES)
        large_cross_column(in, &t, col);
    tile->listed = t.listed;
}

#endif
