#include <math.h>
#include <string.h>

#include "core/blas.h"
#include "metrics/pairs/job.h"
#include "metrics/pairs/tournament.h"

enum {
    TILE = 128,
};

/* Below this, 2 - 2<x, y> is formed again from differences. */
static const double NEAR = 0.03;

typedef struct nearest_run {
    usph_shape shape;
    const double *x;         /* n x d */
    const double *soa;       /* d rows, or NULL: tiles of inner products */
    double *scratch;         /* of each thread: TILE x TILE squares and TILE minima */
    usph_neighbour *nearest; /* n */
    usph_pairs_extremes *parts; /* of each thread */
} nearest_run;

static size_t tiles_of(size_t n)
{
    return (n + TILE - 1) / TILE;
}

static size_t thread_doubles(void)
{
    return (size_t)TILE * TILE + TILE;
}

static size_t part_doubles(unsigned threads)
{
    return threads * sizeof(usph_pairs_extremes) / sizeof(double);
}

static size_t nearest_doubles(size_t n)
{
    return n * sizeof(usph_neighbour) / sizeof(double);
}

size_t usph_pairs_nearest_scratch(usph_shape shape, unsigned threads)
{
    const bool small = shape.d <= USPH_SMALL_MAX_D;
    return usph_workspace_cost(small ? shape.d * usph_soa_stride(shape.n) : 0) +
           threads * usph_workspace_cost(thread_doubles()) +
           usph_workspace_cost(part_doubles(threads)) +
           usph_tournament_scratch(tiles_of(shape.n)) +
           usph_workspace_cost(nearest_doubles(shape.n));
}

static void squares_by_difference(const nearest_run *run, size_t i0, size_t rows,
                                  size_t j0, size_t cols, double *r2)
{
    const size_t stride = usph_soa_stride(run->shape.n);
    for (size_t i = 0; i < rows; i++) {
        double *row = r2 + i * TILE;
        memset(row, 0, cols * sizeof *row);
        for (size_t k = 0; k < run->shape.d; k++) {
            const double xi = run->soa[k * stride + i0 + i];
            const double *xj = run->soa + k * stride + j0;
            for (size_t j = 0; j < cols; j++)
                row[j] += (xi - xj[j]) * (xi - xj[j]);
        }
    }
}

static void squares_by_product(const nearest_run *run, size_t i0, size_t rows,
                               size_t j0, size_t cols, double *r2)
{
    const size_t d = run->shape.d;
    usph_blas_inner(rows, cols, d, (usph_block){ run->x + i0 * d, d },
                    (usph_block){ run->x + j0 * d, d }, r2, TILE);
    for (size_t i = 0; i < rows; i++) {
        double *row = r2 + i * TILE;
        for (size_t j = 0; j < cols; j++)
            row[j] = 2 - 2 * row[j];
        for (size_t j = 0; j < cols; j++)
            if (row[j] < NEAR)
                row[j] =
                    usph_square(d, run->x + (i0 + i) * d, run->x + (j0 + j) * d, 1);
    }
}

/* Ties go to the lower index, so that the order of tiles does not matter. */
static void offer(usph_neighbour *best, double r2, size_t index)
{
    if (r2 < best->r2 || (r2 == best->r2 && index < best->index))
        *best = (usph_neighbour){ .r2 = r2, .index = index };
}

static bool earlier(size_t i, size_t j, size_t oi, size_t oj)
{
    return i < oi || (i == oi && j < oj);
}

static void offer_pair(usph_pairs_extremes *e, double r2, size_t i, size_t j)
{
    if (r2 < e->least || (r2 == e->least && earlier(i, j, e->i, e->j))) {
        e->least = r2;
        e->i = i;
        e->j = j;
    }
    if (r2 > e->most || (r2 == e->most && earlier(i, j, e->fi, e->fj))) {
        e->most = r2;
        e->fi = i;
        e->fj = j;
    }
}

static const usph_pairs_extremes NONE = { .least = INFINITY, .most = -INFINITY };

/* One row of squares: pairs (i, j0 + col) for col >= first. */
static void scan_row(const nearest_run *run, size_t i, size_t j0, size_t first,
                     size_t cols, const double *row, double *col_least,
                     usph_pairs_extremes *e)
{
    double least = INFINITY;
    double most = -INFINITY;
#pragma omp simd reduction(min : least) reduction(max : most)
    for (size_t j = first; j < cols; j++) {
        least = row[j] < least ? row[j] : least;
        most = row[j] > most ? row[j] : most;
        col_least[j] = row[j] < col_least[j] ? row[j] : col_least[j];
    }
    const bool wanted = least <= run->nearest[i].r2 || least <= e->least ||
                        most >= e->most || least == 0;
    for (size_t j = first; j < cols && wanted; j++) {
        offer(&run->nearest[i], row[j], j0 + j);
        offer_pair(e, row[j], i, j0 + j);
        e->coincident += row[j] == 0;
    }
}

static void scan_columns(const nearest_run *run, size_t i0, size_t rows, size_t j0,
                         size_t cols, bool triangle, const double *r2,
                         const double *col_least)
{
    for (size_t j = 0; j < cols; j++) {
        if (col_least[j] > run->nearest[j0 + j].r2)
            continue;
        for (size_t i = 0; i < (triangle ? j : rows); i++)
            offer(&run->nearest[j0 + j], r2[i * TILE + j], i0 + i);
    }
}

static void nearest_meeting(void *ctx, size_t a, size_t b, unsigned thread)
{
    const nearest_run *run = ctx;
    const size_t n = run->shape.n;
    const size_t i0 = a * TILE;
    const size_t j0 = b * TILE;
    const size_t rows = n - i0 < TILE ? n - i0 : TILE;
    const size_t cols = n - j0 < TILE ? n - j0 : TILE;
    double *r2 = run->scratch + thread * usph_workspace_cost(thread_doubles());
    double *col_least = r2 + (size_t)TILE * TILE;
    usph_pairs_extremes *e = &run->parts[thread];
    if (run->soa != NULL)
        squares_by_difference(run, i0, rows, j0, cols, r2);
    else
        squares_by_product(run, i0, rows, j0, cols, r2);
    for (size_t j = 0; j < cols; j++)
        col_least[j] = INFINITY;
    for (size_t i = 0; i < rows; i++)
        scan_row(run, i0 + i, j0, a == b ? i + 1 : 0, cols, r2 + i * TILE, col_least,
                 e);
    scan_columns(run, i0, rows, j0, cols, a == b, r2, col_least);
}

/* Ties go by index and the count is whole: whichever thread saw what. */
static usph_pairs_extremes join(const usph_pairs_extremes *parts, size_t count)
{
    usph_pairs_extremes all = NONE;
    for (size_t p = 0; p < count; p++) {
        const usph_pairs_extremes *e = &parts[p];
        if (isinf(e->least))
            continue;
        offer_pair(&all, e->least, e->i, e->j);
        offer_pair(&all, e->most, e->fi, e->fj);
        all.coincident += e->coincident;
    }
    return all;
}

usph_status usph_pairs_nearest(usph_shape shape, const double *x, usph_workspace *ws,
                               usph_neighbour *nearest, usph_pairs_extremes *out)
{
    const size_t n = shape.n;
    const size_t mark = usph_workspace_mark(ws);
    const unsigned threads = usph_workspace_threads(ws);
    const bool small = shape.d <= USPH_SMALL_MAX_D;
    double *soa = usph_workspace_take(ws, small ? shape.d * usph_soa_stride(n) : 0);
    nearest_run run = {
        .shape = shape,
        .x = x,
        .soa = small ? soa : NULL,
        .scratch =
            usph_workspace_take(ws, threads * usph_workspace_cost(thread_doubles())),
        .parts = (usph_pairs_extremes *)usph_workspace_take(ws, part_doubles(threads)),
        .nearest = (usph_neighbour *)usph_workspace_take(ws, nearest_doubles(n)),
    };
    if (run.soa != NULL)
        usph_soa_fill(n, shape.d, x, soa);
    for (size_t i = 0; i < n; i++)
        run.nearest[i] = (usph_neighbour){ .r2 = INFINITY, .index = n };
    for (unsigned t = 0; t < threads; t++)
        run.parts[t] = NONE;
    usph_tournament(tiles_of(n), ws, nearest_meeting, &run);
    *out = join(run.parts, threads);
    if (nearest != NULL)
        memcpy(nearest, run.nearest, n * sizeof *nearest);
    usph_workspace_release(ws, mark);
    return USPH_OK;
}
