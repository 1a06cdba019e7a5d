#include <assert.h>
#include <string.h>

#include "metrics/pairs/job.h"
#include "metrics/pairs/runs.h"

enum {
    RUN =
        256, /* pairs handled at once: the run's arrays stay in the first-level cache */
};

/* Everything the loops below share; arrays are structure-of-arrays (d rows of n). */
typedef struct walk {
    usph_shape shape;
    double *xt;      /* d x n, transposed points */
    double *gt;      /* d x n, transposed gradient; NULL without gradient */
    double *r2, *q2; /* RUN; q2 NULL unless asked for */
    double *theta;   /* RUN; NULL unless asked for */
    double *w, *w2;  /* RUN; NULL without gradient */
} walk;

size_t usph_pairs_walk_scratch(usph_shape shape)
{
    return 2 * usph_workspace_cost(usph_shape_size(shape)) +
           5 * usph_workspace_cost(RUN);
}

/* out[p] = |x_i - sign x_(j+p)|^2; sign is a constant wherever this is inlined. */
static inline void run_squares(const walk *wk, size_t i, size_t j, size_t count,
                               double sign, double *out)
{
    const size_t n = wk->shape.n;
    memset(out, 0, count * sizeof *out);
    for (size_t k = 0; k < wk->shape.d; k++) {
        const double xi = wk->xt[k * n + i];
        const double *xj = wk->xt + k * n + j;
        for (size_t p = 0; p < count; p++)
            out[p] += (xi - sign * xj[p]) * (xi - sign * xj[p]);
    }
}

/* Pull both ends of each pair by w[p] (x_i - sign x_(j+p)). */
static inline void run_gradient(const walk *wk, size_t i, size_t j, size_t count,
                                double sign, const double *w)
{
    const size_t n = wk->shape.n;
    assert(wk->gt != NULL && w != NULL);
    for (size_t k = 0; k < wk->shape.d; k++) {
        const double xi = wk->xt[k * n + i];
        const double *xj = wk->xt + k * n + j;
        double *gj = wk->gt + k * n + j;
        double gi = 0;
#pragma omp simd reduction(+ : gi)
        for (size_t p = 0; p < count; p++) {
            const double pull = w[p] * (xi - sign * xj[p]);
            gi += pull;
            gj[p] -= sign * pull;
        }
        wk->gt[k * n + i] += gi;
    }
}

/* Accurate at both ends, where acos of the inner product is not. */
static void run_angles(const double *r2, const double *q2, size_t count, double *theta)
{
    usph_runs_now()->angle(count, r2, q2, theta);
    for (size_t p = 0; p < count; p++)
        theta[p] *= 2;
}

static void visit_run(const walk *wk, const usph_pairs_run *run,
                      usph_pairs_visit *visit, void *ctx)
{
    run_squares(wk, run->i, run->j, run->count, 1, wk->r2);
    if (run->q2 != NULL)
        run_squares(wk, run->i, run->j, run->count, -1, wk->q2);
    if (run->theta != NULL)
        run_angles(wk->r2, wk->q2, run->count, wk->theta);
    visit(ctx, run);
    if (run->w != NULL)
        run_gradient(wk, run->i, run->j, run->count, 1, run->w);
    if (run->w2 != NULL)
        run_gradient(wk, run->i, run->j, run->count, -1, run->w2);
}

void usph_pairs_walk(usph_shape shape, const double *x, unsigned with,
                     usph_workspace *ws, usph_pairs_visit *visit, void *ctx,
                     double *grad)
{
    const bool angles = (with & USPH_WITH_ANGLES) != 0;
    const bool sums = angles || (with & USPH_WITH_SUMS) != 0;
    const size_t n = shape.n;
    const size_t size = usph_shape_size(shape);
    const size_t mark = usph_workspace_mark(ws);
    const walk wk = {
        .shape = shape,
        .xt = usph_workspace_take(ws, size),
        .gt = grad != NULL ? usph_workspace_take(ws, size) : NULL,
        .r2 = usph_workspace_take(ws, RUN),
        .q2 = sums ? usph_workspace_take(ws, RUN) : NULL,
        .theta = angles ? usph_workspace_take(ws, RUN) : NULL,
        .w = grad != NULL ? usph_workspace_take(ws, RUN) : NULL,
        .w2 = (with & USPH_WITH_SUMS) != 0 && grad != NULL
                  ? usph_workspace_take(ws, RUN)
                  : NULL,
    };
    usph_transpose(n, shape.d, x, wk.xt);
    if (grad != NULL)
        memset(wk.gt, 0, size * sizeof *wk.gt);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j += RUN) {
            const usph_pairs_run run = {
                .i = i,
                .j = j,
                .count = n - j < RUN ? n - j : RUN,
                .r2 = wk.r2,
                .q2 = wk.q2,
                .theta = wk.theta,
                .w = wk.w,
                .w2 = wk.w2,
            };
            visit_run(&wk, &run, visit, ctx);
        }
    }
    if (grad != NULL) {
        usph_transpose(shape.d, n, wk.gt, grad);
        for (size_t p = 0; p < size; p++)
            grad[p] *= 2;
    }
    usph_workspace_release(ws, mark);
}
