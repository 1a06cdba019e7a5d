#include <assert.h>
#include <string.h>

#include "core/blas.h"
#include "metrics/pairs/job.h"
#include "metrics/pairs/tournament.h"

enum {
    SLACK = 32, /* doubles behind a row of the tile: whole steps of vectors */
    MAX_TILE = 256,
};

/* Points in a tile: the tile and its two blocks of rows stay in the second-level cache.
   Measured (docs/performance.md): wide tiles pay only where rows are long. */
static size_t tile_points(size_t d)
{
    return d <= 64 ? 128 : MAX_TILE;
}

/* What a thread needs for its tile. */
typedef struct large_scratch {
    double *c;            /* MAX_TILE x (MAX_TILE + SLACK) */
    double *row_pull;     /* MAX_TILE */
    double *col_pull;     /* MAX_TILE + SLACK */
    usph_near_pair *list; /* MAX_TILE^2 */
} large_scratch;

typedef struct large_part {
    double sum;   /* over k_scale */
    double near;  /* of the listed pairs, as it is */
    double least; /* of the listed pairs */
    double coincident;
} large_part;

typedef struct large_run {
    const usph_pairs_job *job;
    size_t points, tiles;
    double *grad; /* n x d: minus sum_j weight x_j; with the near pairs over dk_scale */
    double *pull; /* n: sum of weights of each point */
    double *scratch;
    large_part *parts;
    double near;
} large_run;

static size_t scratch_doubles(void)
{
    return usph_workspace_cost((size_t)MAX_TILE * (MAX_TILE + SLACK)) +
           2 * usph_workspace_cost(MAX_TILE + SLACK) +
           usph_workspace_cost((size_t)MAX_TILE * MAX_TILE);
}

static large_scratch scratch_of(const large_run *run, unsigned thread)
{
    double *at = run->scratch + thread * scratch_doubles();
    double *row_pull = at + usph_workspace_cost((size_t)MAX_TILE * (MAX_TILE + SLACK));
    double *col_pull = row_pull + usph_workspace_cost(MAX_TILE + SLACK);
    return (large_scratch){
        .c = at,
        .row_pull = row_pull,
        .col_pull = col_pull,
        .list = (usph_near_pair *)(col_pull + usph_workspace_cost(MAX_TILE + SLACK)),
    };
}

static size_t part_doubles(size_t tiles)
{
    return usph_meetings(tiles) * sizeof(large_part) / sizeof(double);
}

size_t usph_pairs_large_scratch(usph_shape shape, unsigned threads)
{
    const size_t points = tile_points(shape.d);
    const size_t tiles = (shape.n + points - 1) / points;
    return usph_workspace_cost(shape.n) + usph_workspace_cost(part_doubles(tiles)) +
           threads * scratch_doubles();
}

/* One pair from its coordinates: value, and pull on both ends. */
static void near_pair(const large_run *run, size_t i, size_t j, double sign,
                      large_part *part)
{
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    const double *xi = job->x + i * d;
    const double *xj = job->x + j * d;
    const double r2 = usph_square(d, xi, xj, sign);
    double k = 0;
    double dk = 0;
    usph_job_eval(job, r2, &k, &dk);
    part->near += k;
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
                     size_t j0, large_part *part)
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

/* Both blocks of rows get their sums of weighted points: two products. */
static void add_products(const large_run *run, const usph_large_tile *tile, size_t i0,
                         size_t j0)
{
    const size_t d = run->job->shape.d;
    const double *xi = run->job->x + i0 * d;
    const double *xj = run->job->x + j0 * d;
    usph_blas_add_product(tile->rows, d, tile->cols, tile->c, tile->ld, xj, d,
                          run->grad + i0 * d, d);
    add_rows(tile->rows, tile->row_pull, run->pull + i0);
    add_rows(tile->cols, tile->col_pull, run->pull + j0);
    if (!tile->triangle)
        usph_blas_add_transposed(tile->cols, d, tile->rows, tile->c, tile->ld, xi, d,
                                 run->grad + j0 * d, d);
}

static void large_meeting(void *ctx, size_t a, size_t b, unsigned thread)
{
    const large_run *run = ctx;
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    const size_t n = job->shape.n;
    const size_t i0 = a * run->points;
    const size_t j0 = b * run->points;
    const large_scratch scratch = scratch_of(run, thread);
    usph_large_tile tile = {
        .c = scratch.c,
        .rows = n - i0 < run->points ? n - i0 : run->points,
        .cols = n - j0 < run->points ? n - j0 : run->points,
        .ld = run->points + SLACK,
        .triangle = a == b,
        .params = job->params,
        .near = run->near,
        .row_pull = scratch.row_pull,
        .col_pull = scratch.col_pull,
        .list = scratch.list,
    };
    usph_pairs_part part;
    large_part *mine = &run->parts[usph_meeting_index(a, b)];
    memset(scratch.row_pull, 0, MAX_TILE * sizeof(double));
    memset(scratch.col_pull, 0, (MAX_TILE + SLACK) * sizeof(double));
    if (tile.triangle)
        usph_blas_inner_upper(tile.rows, d, job->x + i0 * d, d, tile.c, tile.ld);
    else
        usph_blas_inner(tile.rows, tile.cols, d, job->x + i0 * d, d, job->x + j0 * d, d,
                        tile.c, tile.ld);
    job->loops->large(&tile, job->form->half, job->grad != NULL, &part);
    *mine = (large_part){ .sum = part.sum, .least = 4 };
    add_near(run, &tile, i0, j0, mine);
    if (job->grad != NULL)
        add_products(run, &tile, i0, j0);
}

static void finish(const large_run *run, usph_pairs_energy *out)
{
    const usph_pairs_job *job = run->job;
    const size_t d = job->shape.d;
    usph_sum sum = { 0 };
    *out = (usph_pairs_energy){ .least = 4 };
    for (size_t p = 0; p < usph_meetings(run->tiles); p++) {
        const large_part *part = &run->parts[p];
        usph_sum_add(&sum, job->k_scale * part->sum);
        usph_sum_add(&sum, part->near);
        out->coincident += (size_t)part->coincident;
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

usph_status usph_pairs_large(const usph_pairs_job *job, usph_pairs_energy *out)
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
        .scratch = usph_workspace_take(job->ws, job->threads * scratch_doubles()),
        .parts = (large_part *)usph_workspace_take(job->ws, part_doubles(tiles)),
        .near = job->kernel->near(job->values),
    };
    memset(run.pull, 0, n * sizeof *run.pull);
    if (job->grad != NULL)
        memset(job->grad, 0, usph_shape_size(job->shape) * sizeof *job->grad);
    usph_tournament(job->threads, tiles, large_meeting, &run);
    finish(&run, out);
    usph_workspace_release(job->ws, mark);
    return USPH_OK;
}
