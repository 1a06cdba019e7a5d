#ifndef USPH_METRICS_PAIRS_LOOPS_H
#define USPH_METRICS_PAIRS_LOOPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/cpu.h"

/*
 * The inner loops of the pair engine as data: one table of functions for each kernel
 * and instruction set, made by metrics/pairs/instantiate.h. What a kernel gives may be
 * off by a factor that does not depend on the pair (`scale`), which saves a product a
 * pair.
 */

enum {
    USPH_SMALL_MAX_D = 16, /* dimensions of the path that forms differences */
    USPH_PAD = 8, /* doubles behind each row of coordinates, for whole vectors */
};

enum {
    USPH_TILE_SLACK = 32, /* doubles behind each row of a tile of inner products */
};

/** Below this r2 the loops promise nothing: the caller repeats the sum with care. */
#define USPH_PAIRS_TINY 1e-36

/** Parameters of a kernel as its loops take them. */
typedef struct usph_pair_params {
    double a; /* first parameter of the spec */
    double b; /* shift of the exponent (Gaussian log-means), else 0 */
} usph_pair_params;

/** What a rectangle of pairs adds up to. */
typedef struct usph_pairs_part {
    double sum;   /* of K over `scale` */
    double least; /* smallest r2 seen (with half: r2 or q2) */
} usph_pairs_part;

/**
 * Pairs (i, j) of i0 <= i < i1, j0 <= j < j1, of these only i < j with `triangle`, in
 * structure-of-arrays coordinates. Rows start at a multiple of 8; behind the n-th point
 * of each coordinate stand USPH_PAD doubles that are no point of the sphere.
 */
typedef struct usph_small_tile {
    const double *x; /* d rows of `stride` */
    double *grad;    /* the same, added to; not read without gradient */
    size_t stride;   /* a multiple of 8 */
    size_t d;
    size_t i0, i1, j0, j1;
    bool triangle; /* i0 = j0 and i1 = j1 */
    usph_pair_params params;
} usph_small_tile;

/** The sums over sources x of K(|x_i - y_j|^2) for targets j0 <= j < j1. */
typedef struct usph_small_cross {
    const double *x; /* sources, d rows of x_stride */
    const double *y; /* targets, d rows of y_stride, padded as above */
    double *sum;     /* padded like a row of y: sum over `scale`, overwritten */
    double *grad;    /* d rows of y_stride, overwritten; not touched without gradient */
    size_t n, x_stride, y_stride;
    size_t d;
    size_t j0, j1; /* j0 a multiple of 8 */
    usph_pair_params params;
    double least; /* out: smallest r2 seen */
} usph_small_cross;

/** A pair that the tile path leaves to be computed from coordinates. */
typedef struct usph_near_pair {
    uint32_t row, col;
} usph_near_pair;

/**
 * A tile of inner products, turned in place into the weights dk (with half: minus those
 * of the sums).
 */
typedef struct usph_large_tile {
    double *c; /* rows x ld */
    size_t rows, cols, ld;
    bool triangle; /* only row < col; the weights are mirrored, 0 on the diagonal */
    usph_pair_params params;
    double near;      /* pairs with r2 (or q2 where it matters) below this are listed */
    double *row_pull; /* rows: sums of weights over the row, added to */
    double *col_pull; /* cols, padded; the same over columns */
    double *col_sum; /* cols, padded: sums of K over columns, overwritten; cross only */
    usph_near_pair *list; /* room for rows x cols */
    size_t listed;        /* out: of them in use */
} usph_large_tile;

/** Loops of one kernel for one instruction set; half: add K(q2) and the pulls of sums.
 */
typedef struct usph_pairs_loops {
    void (*small)(const usph_small_tile *tile, bool half, bool grad,
                  usph_pairs_part *out);
    void (*cross)(usph_small_cross *cross, bool grad);
    void (*large)(usph_large_tile *tile, bool half, bool grad, usph_pairs_part *out);
    void (*large_cross)(usph_large_tile *tile, bool grad);
    /* what the sums of K and the weights are to be multiplied by */
    void (*scale)(usph_pair_params params, double *k, double *dk);
} usph_pairs_loops;

/** Declare the tables of a kernel's loops, and list them by level. */
#if defined(__x86_64__)
#define USPH_LOOPS_DECLARE(name)                                                      \
    extern const usph_pairs_loops usph_loops_##name##_base, usph_loops_##name##_avx2, \
        usph_loops_##name##_avx512
#define USPH_LOOPS(name)                                      \
    {                                                         \
        &usph_loops_##name##_base, &usph_loops_##name##_avx2, \
            &usph_loops_##name##_avx512                       \
    }
#else
#define USPH_LOOPS_DECLARE(name) extern const usph_pairs_loops usph_loops_##name##_base
#define USPH_LOOPS(name)                                      \
    {                                                         \
        &usph_loops_##name##_base, &usph_loops_##name##_base, \
            &usph_loops_##name##_base                         \
    }
#endif

#endif
