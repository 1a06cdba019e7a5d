#include <assert.h>
#include <string.h>

#include "core/blas.h"
#include "metrics/pairs/job.h"
#include "metrics/pairs/product.h"
#include "metrics/pairs/tournament.h"

enum {
    MAX_TILE = 256,
    PANEL = 64, /* dimensions of a panel of coordinates */
};

/* Points in a tile: the tile and its two blocks of rows stay in the second-level cache.
   Measured (docs/performance.md): wide tiles pay only where rows are long. */
static size_t tile_points(size_t d)
{
    return d <= 32 ? 128 : d < 128 ? 192 : MAX_TILE;
}

/* What a thread needs for its tile. */
typedef struct large_scratch {
    double *c;            /* MAX_TILE x (MAX_TILE + USPH_TILE_SLACK) */
    double *row_pull;     /* MAX_TILE */
    double *col_pull;     /* MAX_TILE + USPH_TILE_SLACK */
    usph_near_pair *list; /* MAX_TILE^2 */
    double *panel;        /* PANEL x MAX_TILE: a block of points, by coordinates */
    float *single;  /* MAX_TILE x (MAX_TILE + USPH_TILE_SLACK): the tile, narrow */
    float *product; /* MAX_TILE x d */
} large_scratch;

/* Of the meetings of a tile with those before it, in their fixed order. */
typedef struct tile_sum {
    usph_sum sum;  /* over k_scale */
    usph_sum near; /* of the listed pairs, as it is */
    double least;
    size_t coincident;
} tile_sum;

typedef struct large_run {
    const usph_pairs_job *job;
    size_t points, tiles;
    double *grad; /* n x d: minus sum_j weight x_j; with the near pairs over dk_scale */
    double *pull; /* n: sum of weights of each point */
    double *scratch;
    tile_sum *sums;
    double near;
    usph_product_loop *inner;    /* own loops for the tile; NULL: BLAS */
    usph_product_loop *subtract; /* own loops into the gradient; NULL: BLAS */
    const float *single; /* n x d, the points, narrow; NULL: products in double */
} large_run;

/* Doubles that hold so many floats. */
static size_t float_doubles(size_t floats)
{
    return usph_workspace_cost((floats + 1) / 2);
}

static size_t scratch_doubles(size_t d)
{
    return usph_workspace_cost((size_t)MAX_TILE * (MAX_TILE + USPH_TILE_SLACK)) +
           2 * usph_workspace_cost(MAX_TILE + USPH_TILE_SLACK) +
           usph_workspace_cost((size_t)MAX_TILE * MAX_TILE) +
           usph_workspace_cost((size_t)PANEL * MAX_TILE) +
           float_doubles((size_t)MAX_TILE * (MAX_TILE + USPH_TILE_SLACK)) +
           float_doubles(MAX_TILE * d);
}

static large_scratch scratch_of(const large_run *run, unsigned thread)
{
    double *at = run->scratch + thread * scratch_doubles(run->job->shape.d);
    double *row_pull =
        at + usph_workspace_cost((size_t)MAX_TILE * (MAX_TILE + USPH_TILE_SLACK));
    double *col_pull = row_pull + usph_workspace_cost(MAX_TILE + USPH_TILE_SLACK);
    double *list = col_pull + usph_workspace_cost(MAX_TILE + USPH_TILE_SLACK);
    double *panel = list + usph_workspace_cost((size_t)MAX_TILE * MAX_TILE);
    double *single = panel + usph_workspace_cost((size_t)PANEL * MAX_TILE);
    return (large_scratch){
        .c = at,
        .row_pull = row_pull,
        .col_pull = col_pull,
        .list = (usph_near_pair *)list,
        .panel = panel,
        .single = (float *)single,
        .product = (float *)(single + float_doubles((size_t)MAX_TILE *
                                                    (MAX_TILE + USPH_TILE_SLACK))),
    };
}

static size_t sum_doubles(size_t tiles)
{
    return (tiles * sizeof(tile_sum) + sizeof(double) - 1) / sizeof(double);
}

size_t usph_pairs_large_scratch(usph_shape shape, unsigned threads)
{
    const size_t points = tile_points(shape.d);
    const size_t tiles = (shape.n + points - 1) / points;
    return usph_workspace_cost(shape.n) + usph_workspace_cost(sum_doubles(tiles)) +
           usph_tournament_scratch(tiles) + threads * scratch_doubles(shape.d) +
           float_doubles(usph_shape_size(shape));
}

/* One pair from its coordinates: value, and pull on both ends. */
static void near_pair(const large_run *run, size_t i, size_t j, double sign,
                      tile_sum *part)
{
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    const double *xi = job->x + i * d;
    const double *xj = job->x + j * d;
    const double r2 = usph_square(d, xi, xj, sign);
    double k = 0;
    double dk = 0;
    usph_job_eval(job, r2, 4 - r2, &k, &dk); /* kernels of the angle have no loops */
    usph_sum_add(&part->near, k);
    part->coincident += r2 == 0;
    if (r2 < part->least)
        part->least = r2;
    for (size_t c = 0; c < d && run->grad != NULL; c++) {
        const double pull = dk / job->dk_scale * (xi[c] - sign * xj[c]);
        run->grad[i * d + c] += pull;
        run->grad[j * d + c] -= sign * pull;
    }
}

static void add_near(const large_run *run, const usph_large_tile *tile, size_t i0,
                     size_t j0, tile_sum *part)
{
    for (size_t p = 0; p < tile->listed; p++) {
        const size_t i = i0 + tile->list[p].row;
        const size_t j = j0 + tile->list[p].col;
        near_pair(run, i, j, 1, part);
        if (run->job->form->half)
            near_pair(run, i, j, -1, part);
    }
}

static void add_rows(size_t count, const double *from, double *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] += from[i];
}

static usph_block rows_of(const usph_pairs_job *job, size_t i)
{
    return (usph_block){ job->x + i * job->shape.d, job->shape.d };
}

static usph_block_single narrow_rows(const large_run *run, size_t i)
{
    const size_t d = run->job->shape.d;
    return (usph_block_single){ run->single + i * d, d };
}

/* panel (part x cols, rows of MAX_TILE) from `points` rows, zeros for those that lack;
   eight points at a time, so that each cache line is read once. */
static void turn(size_t points, size_t cols, size_t part, const double *x, size_t d,
                 double *panel)
{
    for (size_t j = 0; j < cols; j += USPH_PAD)
        for (size_t p = 0; p < part; p++)
            for (size_t l = j; l < j + USPH_PAD; l++)
                panel[p * MAX_TILE + l] = l < points ? x[l * d + p] : 0;
}

/* Inner products by own loops: the columns' points are turned a panel at a time. */
static void form_own(const large_run *run, const usph_large_tile *tile, size_t i0,
                     size_t j0, double *panel)
{
    const double *x = run->job->x;
    const size_t d = run->job->shape.d;
    const size_t cols = (tile->cols + USPH_PAD - 1) / USPH_PAD * USPH_PAD;
    for (size_t i = 0; i < tile->rows; i++)
        memset(tile->c + i * tile->ld, 0, cols * sizeof *tile->c);
    for (size_t k = 0; k < d; k += PANEL) {
        const size_t part = d - k < PANEL ? d - k : PANEL;
        turn(tile->cols, cols, part, x + j0 * d + k, d, panel);
        run->inner(&(usph_product){
            .m = tile->rows,
            .n = cols,
            .k = part,
            .a = x + i0 * d + k,
            .row = d,
            .step = 1,
            .b = panel,
            .ldb = MAX_TILE,
            .c = tile->c,
            .ldc = tile->ld,
            .sign = 1,
        });
    }
}

/* The tile of inner products; on the diagonal its upper triangle at least. */
static void form_products(const large_run *run, const usph_large_tile *tile, size_t i0,
                          size_t j0, const large_scratch *scratch)
{
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    float *narrow = scratch->single;
    if (run->single == NULL && run->inner != NULL)
        form_own(run, tile, i0, j0, scratch->panel);
    else if (run->single == NULL && tile->triangle)
        usph_blas_inner_upper(tile->rows, d, rows_of(job, i0), tile->c, tile->ld);
    else if (run->single == NULL)
        usph_blas_inner(tile->rows, tile->cols, d, rows_of(job, i0), rows_of(job, j0),
                        tile->c, tile->ld);
    else
        usph_blas_inner_single(tile->rows, tile->cols, d, narrow_rows(run, i0),
                               narrow_rows(run, j0), narrow, tile->ld);
    for (size_t i = 0; i < tile->rows && run->single != NULL; i++)
        for (size_t j = 0; j < tile->cols; j++)
            tile->c[i * tile->ld + j] = (double)narrow[i * tile->ld + j];
}

/* grad rows from `to` on -= the tile (or its transpose) times the points from `from`
   on, with the products in single precision and the sums in double. */
static void add_narrow(const large_run *run, const large_scratch *scratch, size_t ld,
                       bool transpose, size_t m, size_t k, size_t from, size_t to)
{
    const size_t d = run->job->shape.d;
    usph_blas_product_single(m, d, k, transpose,
                             (usph_block_single){ scratch->single, ld },
                             narrow_rows(run, from), scratch->product, d);
    for (size_t p = 0; p < m * d; p++)
        run->grad[to * d + p] -= (double)scratch->product[p];
}

static void narrow_products(const large_run *run, const large_scratch *scratch,
                            const usph_large_tile *tile, size_t i0, size_t j0)
{
    for (size_t i = 0; i < tile->rows; i++)
        for (size_t j = 0; j < tile->cols; j++)
            scratch->single[i * tile->ld + j] = (float)tile->c[i * tile->ld + j];
    add_narrow(run, scratch, tile->ld, false, tile->rows, tile->cols, j0, i0);
    if (!tile->triangle)
        add_narrow(run, scratch, tile->ld, true, tile->cols, tile->rows, i0, j0);
}

/* grad rows from `to` on -= the tile, or its transpose, times the points from `from`.
 */
static void subtract_points(const large_run *run, const usph_large_tile *tile,
                            bool transpose, size_t from, size_t to)
{
    const size_t d = run->job->shape.d;
    const usph_product product = {
        .m = transpose ? tile->cols : tile->rows,
        .n = d,
        .k = transpose ? tile->rows : tile->cols,
        .a = tile->c,
        .row = transpose ? 1 : tile->ld,
        .step = transpose ? tile->ld : 1,
        .b = run->job->x + from * d,
        .ldb = d,
        .c = run->grad + to * d,
        .ldc = d,
        .sign = -1,
    };
    if (run->subtract != NULL)
        run->subtract(&product);
    else
        usph_blas_subtract_product(product.m, d, product.k, transpose,
                                   (usph_block){ tile->c, tile->ld },
                                   rows_of(run->job, from), product.c, d);
}

/* Both blocks of rows get their sums of weighted points: two products. */
static void add_products(const large_run *run, const large_scratch *scratch,
                         const usph_large_tile *tile, size_t i0, size_t j0)
{
    add_rows(tile->rows, tile->row_pull, run->pull + i0);
    add_rows(tile->cols, tile->col_pull, run->pull + j0);
    if (run->single != NULL) {
        narrow_products(run, scratch, tile, i0, j0);
        return;
    }
    subtract_points(run, tile, false, j0, i0);
    if (!tile->triangle)
        subtract_points(run, tile, true, i0, j0);
}

static void large_meeting(void *ctx, size_t a, size_t b, unsigned thread)
{
    const large_run *run = ctx;
    const usph_pairs_job *job = run->job;
    const size_t n = job->shape.n;
    const size_t i0 = a * run->points;
    const size_t j0 = b * run->points;
    const large_scratch scratch = scratch_of(run, thread);
    usph_large_tile tile = {
        .c = scratch.c,
        .rows = n - i0 < run->points ? n - i0 : run->points,
        .cols = n - j0 < run->points ? n - j0 : run->points,
        .ld = run->points + USPH_TILE_SLACK,
        .triangle = a == b,
        .params = job->params,
        .near = run->near,
        .row_pull = scratch.row_pull,
        .col_pull = scratch.col_pull,
        .list = scratch.list,
    };
    usph_pairs_part part;
    tile_sum *mine = &run->sums[b];
    memset(scratch.row_pull, 0, MAX_TILE * sizeof(double));
    memset(scratch.col_pull, 0, (MAX_TILE + USPH_TILE_SLACK) * sizeof(double));
    form_products(run, &tile, i0, j0, &scratch);
    job->loops->large(&tile, job->form->half, job->grad != NULL, &part);
    usph_sum_add(&mine->sum, part.sum);
    if (part.least < mine->least)
        mine->least = part.least;
    add_near(run, &tile, i0, j0, mine);
    if (job->grad != NULL)
        add_products(run, &scratch, &tile, i0, j0);
}

static void finish(const large_run *run, usph_pairs_energy *out)
{
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    usph_sum sum = { 0 };
    *out = (usph_pairs_energy){ .least = 4 };
    for (size_t t = 0; t < run->tiles; t++) {
        const tile_sum *part = &run->sums[t];
        usph_sum_add(&sum, job->k_scale * usph_sum_value(&part->sum));
        usph_sum_add(&sum, usph_sum_value(&part->near));
        out->coincident += part->coincident;
        if (part->least < out->least)
            out->least = part->least;
    }
    out->sum = usph_sum_value(&sum);
    for (size_t i = 0; i < job->shape.n && job->grad != NULL; i++)
        for (size_t k = 0; k < d; k++)
            job->grad[i * d + k] =
                2 * job->dk_scale *
                (job->grad[i * d + k] + run->pull[i] * job->x[i * d + k]);
}

/* The points in single precision, from the workspace. */
static const float *narrowed(const usph_pairs_job *job)
{
    const size_t size = usph_shape_size(job->shape);
    float *x = (float *)usph_workspace_take(job->ws, float_doubles(size));
    for (size_t p = 0; p < size; p++)
        x[p] = (float)job->x[p];
    return x;
}

usph_status usph_pairs_large(const usph_pairs_job *job, bool single,
                             usph_pairs_energy *out)
{
    const size_t n = job->shape.n;
    const size_t points = tile_points(job->shape.d);
    const size_t tiles = (n + points - 1) / points;
    const size_t mark = usph_workspace_mark(job->ws);
    large_run run = {
        .job = job,
        .points = points,
        .tiles = tiles,
        .grad = job->grad,
        .pull = usph_workspace_take(job->ws, n),
        .scratch =
            usph_workspace_take(job->ws, job->threads * scratch_doubles(job->shape.d)),
        .sums = (tile_sum *)usph_workspace_take(job->ws, sum_doubles(tiles)),
        .near = job->kernel->near(job->values),
    };
    run.inner = usph_product_loops(job->level);
    run.subtract = job->shape.d % USPH_PAD == 0 ? run.inner : NULL;
    memset(run.pull, 0, n * sizeof *run.pull);
    for (size_t t = 0; t < tiles; t++)
        run.sums[t] = (tile_sum){ .least = 4 };
    if (single)
        run.single = narrowed(job);
    if (job->grad != NULL)
        memset(job->grad, 0, usph_shape_size(job->shape) * sizeof *job->grad);
    usph_tournament(tiles, job->ws, large_meeting, &run);
    finish(&run, out);
    /* roundings of 6e-8 in <x, y> reach r2 of pairs that are not near, 0.03 and more */
    out->accuracy = single ? 1e-5 : 0;
    usph_workspace_release(job->ws, mark);
    return USPH_OK;
}
