#include <string.h>

#include "metrics/pairs/job.h"
#include "metrics/pairs/tournament.h"

enum {
    /* points in a tile: a multiple of 24, so that blocks of 3 and of 4 rows and whole
       vectors end with it; coordinates and gradient of two tiles fit the first-level
       cache for d <= 4 and the second-level one beyond */
    TILE = 480,
};

_Static_assert(TILE % USPH_PAD == 0, "tiles must not share a vector");

/* Meetings of a tile follow each other, so adding up in their order is safe and fixed.
 */
typedef struct tile_sum {
    usph_sum sum;
    double least;
} tile_sum;

typedef struct small_run {
    const usph_pairs_job *job;
    usph_small_tile tile; /* what all meetings share */
    tile_sum *sums;       /* of the meetings of each tile with those before it */
} small_run;

static size_t small_tiles(size_t n)
{
    return (n + TILE - 1) / TILE;
}

static size_t sum_doubles(size_t n)
{
    return small_tiles(n) * sizeof(tile_sum) / sizeof(double);
}

size_t usph_pairs_small_scratch(usph_shape shape)
{
    return 2 * usph_workspace_cost(shape.d * usph_soa_stride(shape.n)) +
           usph_workspace_cost(sum_doubles(shape.n)) +
           usph_tournament_scratch(small_tiles(shape.n));
}

static void small_meeting(void *ctx, size_t a, size_t b, unsigned thread)
{
    const small_run *run = ctx;
    const usph_pairs_job *job = run->job;
    const size_t n = job->shape.n;
    usph_small_tile tile = run->tile;
    (void)thread;
    tile.triangle = a == b;
    tile.i0 = a * TILE;
    tile.i1 = tile.i0 + TILE < n ? tile.i0 + TILE : n;
    tile.j0 = b * TILE;
    tile.j1 = tile.j0 + TILE < n ? tile.j0 + TILE : n;
    usph_pairs_part part;
    job->loops->small(&tile, job->form->half, job->grad != NULL, &part);
    usph_sum_add(&run->sums[b].sum, part.sum);
    if (part.least < run->sums[b].least)
        run->sums[b].least = part.least;
}

static void small_gradient(const usph_pairs_job *job, const usph_small_tile *tile)
{
    const size_t d = job->shape.d;
    for (size_t i = 0; i < job->shape.n; i++)
        for (size_t k = 0; k < d; k++)
            job->grad[i * d + k] = 2 * job->dk_scale * tile->grad[k * tile->stride + i];
}

usph_status usph_pairs_small(const usph_pairs_job *job, usph_pairs_energy *out)
{
    const size_t n = job->shape.n;
    const size_t stride = usph_soa_stride(n);
    const size_t size = job->shape.d * stride;
    const size_t mark = usph_workspace_mark(job->ws);
    double *x = usph_workspace_take(job->ws, size);
    double *grad = usph_workspace_take(job->ws, size);
    small_run run = {
        .job = job,
        .tile = { .x = x,
                  .grad = grad,
                  .stride = stride,
                  .d = job->shape.d,
                  .params = job->params },
        .sums = (tile_sum *)usph_workspace_take(job->ws, sum_doubles(n)),
    };
    usph_sum sum = { 0 };
    usph_soa_fill(n, job->shape.d, job->x, x);
    if (job->grad != NULL)
        memset(grad, 0, size * sizeof *grad);
    for (size_t t = 0; t < small_tiles(n); t++)
        run.sums[t] = (tile_sum){ .least = 4 };
    usph_tournament(small_tiles(n), job->ws, small_meeting, &run);
    *out = (usph_pairs_energy){ .least = 4 };
    for (size_t t = 0; t < small_tiles(n); t++) {
        usph_sum_add(&sum, usph_sum_value(&run.sums[t].sum));
        if (run.sums[t].least < out->least)
            out->least = run.sums[t].least;
    }
    out->sum = job->k_scale * usph_sum_value(&sum);
    if (job->grad != NULL)
        small_gradient(job, &run.tile);
    usph_workspace_release(job->ws, mark);
    return USPH_OK;
}
