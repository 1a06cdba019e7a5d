#include <math.h>
#include <string.h>

#include "core/blas.h"
#include "core/threads.h"
#include "metrics/pairs/job.h"

enum {
    TARGETS = 128, /* handled at once */
    SOURCES = 128, /* in a tile of inner products */
};

_Static_assert(TARGETS % USPH_PAD == 0,
               "targets of two threads must not share a vector");

typedef struct potential_run {
    const usph_spec *kernel;
    const usph_pairs_loops *loops;
    usph_pair_params params;
    double k_scale, dk_scale, near;
    size_t n, m, d;
    const double *x, *y;   /* rows */
    const double *xt, *yt; /* padded coordinates, for few dimensions */
    double *ut, *gt;       /* padded results, for few dimensions */
    double *u, *grad;      /* rows */
    double *scratch;       /* of each thread */
} potential_run;

static size_t thread_doubles(void)
{
    return usph_workspace_cost((size_t)SOURCES * (TARGETS + USPH_TILE_SLACK)) +
           3 * usph_workspace_cost(TARGETS + USPH_TILE_SLACK) +
           usph_workspace_cost((size_t)SOURCES * TARGETS);
}

size_t usph_pairs_potential_scratch(size_t n, size_t m, size_t d, unsigned threads)
{
    return usph_workspace_cost(d * usph_soa_stride(n)) +
           2 * usph_workspace_cost(d * usph_soa_stride(m)) +
           usph_workspace_cost(usph_soa_stride(m)) + threads * thread_doubles();
}

/* One pair from its coordinates, into target j. */
static void add_pair(const potential_run *run, size_t i, size_t j)
{
    const double *xi = run->x + i * run->d;
    const double *yj = run->y + j * run->d;
    const usph_kernel *kernel = usph_kernel_of(run->kernel->entry);
    const double r2 = usph_square(run->d, xi, yj, 1);
    const double q2 = usph_square(run->d, xi, yj, -1);
    double k = 0;
    double dk = 0;
    kernel->eval(&(usph_kernel_pairs){ run->kernel->values, run->d, 1, &r2, &q2 },
                 &(usph_kernel_values){ .k = &k, .dk = &dk });
    run->u[j] += k;
    const double sign = usph_pulls_along_sum(kernel, r2, q2) ? -1 : 1;
    for (size_t c = 0; c < run->d && run->grad != NULL; c++)
        run->grad[j * run->d + c] += 2 * sign * dk * (yj[c] - sign * xi[c]);
}

static void clear(const potential_run *run, size_t j)
{
    run->u[j] = 0;
    if (run->grad != NULL)
        memset(run->grad + j * run->d, 0, run->d * sizeof *run->grad);
}

/* For kernels without loops. */
static usph_status one_by_one(void *ctx, size_t i, unsigned thread)
{
    const potential_run *run = ctx;
    const size_t end = (i + 1) * TARGETS < run->m ? (i + 1) * TARGETS : run->m;
    (void)thread;
    for (size_t j = i * TARGETS; j < end; j++) {
        clear(run, j);
        for (size_t p = 0; p < run->n; p++)
            add_pair(run, p, j);
    }
    return USPH_OK;
}

static usph_status few_dimensions(void *ctx, size_t i, unsigned thread)
{
    const potential_run *run = ctx;
    const size_t stride = usph_soa_stride(run->m);
    const size_t end = (i + 1) * TARGETS;
    usph_small_cross cross = {
        .x = run->xt,
        .y = run->yt,
        .sum = run->ut,
        .grad = run->gt,
        .n = run->n,
        .x_stride = usph_soa_stride(run->n),
        .y_stride = stride,
        .d = run->d,
        .j0 = i * TARGETS,
        .j1 = end < run->m ? end : run->m,
        .params = run->params,
    };
    (void)thread;
    run->loops->cross(&cross, run->grad != NULL);
    for (size_t j = cross.j0; j < cross.j1; j++) {
        clear(run, j);
        if (cross.least < USPH_PAIRS_TINY) { /* too near for the loops: one by one */
            for (size_t p = 0; p < run->n; p++)
                add_pair(run, p, j);
            continue;
        }
        run->u[j] = run->k_scale * run->ut[j];
        for (size_t k = 0; k < run->d && run->grad != NULL; k++)
            run->grad[j * run->d + k] = 2 * run->dk_scale * run->gt[k * stride + j];
    }
    return USPH_OK;
}

/* A tile of sources i0 .. against targets j0 ..: sums added to u and grad. */
static void tile_add(const potential_run *run, usph_large_tile *tile, size_t i0,
                     size_t j0)
{
    const size_t d = run->d;
    const bool grad = run->grad != NULL;
    usph_blas_inner(tile->rows, tile->cols, d, (usph_block){ run->x + i0 * d, d },
                    (usph_block){ run->y + j0 * d, d }, tile->c, tile->ld);
    run->loops->large_cross(tile, grad);
    for (size_t j = 0; j < tile->cols; j++)
        run->u[j0 + j] += run->k_scale * tile->col_sum[j];
    if (grad) {
        const double scale = 2 * run->dk_scale;
        for (size_t p = 0; p < tile->rows; p++)
            for (size_t j = 0; j < tile->cols; j++)
                tile->c[p * tile->ld + j] *= scale;
        usph_blas_subtract_product(
            tile->cols, d, tile->rows, true, (usph_block){ tile->c, tile->ld },
            (usph_block){ run->x + i0 * d, d }, run->grad + j0 * d, d);
        for (size_t j = 0; j < tile->cols; j++)
            for (size_t k = 0; k < d; k++)
                run->grad[(j0 + j) * d + k] +=
                    scale * tile->col_pull[j] * run->y[(j0 + j) * d + k];
    }
    for (size_t p = 0; p < tile->listed; p++)
        add_pair(run, i0 + tile->list[p].row, j0 + tile->list[p].col);
}

static usph_status many_dimensions(void *ctx, size_t i, unsigned thread)
{
    const potential_run *run = ctx;
    const size_t j0 = i * TARGETS;
    double *c = run->scratch + thread * thread_doubles();
    double *pulls =
        c + usph_workspace_cost((size_t)SOURCES * (TARGETS + USPH_TILE_SLACK));
    const size_t row = usph_workspace_cost(TARGETS + USPH_TILE_SLACK);
    usph_large_tile tile = {
        .c = c,
        .cols = run->m - j0 < TARGETS ? run->m - j0 : TARGETS,
        .ld = TARGETS + USPH_TILE_SLACK,
        .params = run->params,
        .near = run->near,
        .row_pull = pulls,
        .col_pull = pulls + row,
        .col_sum = pulls + 2 * row,
        .list = (usph_near_pair *)(pulls + 3 * row),
    };
    for (size_t j = j0; j < j0 + tile.cols; j++)
        clear(run, j);
    for (size_t i0 = 0; i0 < run->n; i0 += SOURCES) {
        tile.rows = run->n - i0 < SOURCES ? run->n - i0 : SOURCES;
        tile_add(run, &tile, i0, j0);
    }
    return USPH_OK;
}

/* The way for this kernel and dimension, and what it needs. */
static usph_body *choose(potential_run *run, double *xt, double *yt)
{
    const usph_kernel *entry = usph_kernel_of(run->kernel->entry);
    if (entry->loops == NULL)
        return one_by_one;
    run->loops = entry->loops(run->kernel->values, usph_cpu_level());
    run->loops->scale(run->params, &run->k_scale, &run->dk_scale);
    run->near = entry->near(run->kernel->values);
    if (run->d > USPH_SMALL_MAX_D)
        return many_dimensions;
    usph_soa_fill(run->n, run->d, run->x, xt);
    usph_soa_fill(run->m, run->d, run->y, yt);
    return few_dimensions;
}

usph_status usph_pairs_potential(const usph_spec *kernel, usph_shape sources,
                                 const double *x, size_t m, const double *y,
                                 usph_workspace *ws, double *u, double *grad)
{
    const size_t n = sources.n;
    const size_t d = sources.d;
    const size_t mark = usph_workspace_mark(ws);
    const unsigned threads = usph_workspace_threads(ws);
    double *xt = usph_workspace_take(ws, d * usph_soa_stride(n));
    double *yt = usph_workspace_take(ws, d * usph_soa_stride(m));
    potential_run run = {
        .kernel = kernel,
        .params = { .a = kernel->values[0] },
        .n = n,
        .m = m,
        .d = d,
        .x = x,
        .y = y,
        .xt = xt,
        .yt = yt,
        .ut = usph_workspace_take(ws, usph_soa_stride(m)),
        .gt = usph_workspace_take(ws, d * usph_soa_stride(m)),
        .u = u,
        .grad = grad,
        .scratch = usph_workspace_take(ws, threads * thread_doubles()),
    };
    usph_body *body = choose(&run, xt, yt);
    const usph_status status =
        usph_parallel_for(threads, (m + TARGETS - 1) / TARGETS, body, &run);
    usph_workspace_release(ws, mark);
    return status;
}
