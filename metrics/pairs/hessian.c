#include <assert.h>
#include <math.h>
#include <string.h>

#include "metrics/pairs/job.h"

enum {
    RUN = 256, /* pairs handled at once */
};

/* Coordinates by rows of n: points, direction, product. */
typedef struct hessian {
    const usph_spec *kernel;
    usph_shape shape;
    const double *x, *v;
    double *hv;
} hessian;

/* |x_i - sign x_j|^2 and <x_i - sign x_j, v_i - sign v_j> of a run. */
static void run_products(const hessian *h, size_t i, size_t j, size_t count,
                         double sign, double *r2, double *along)
{
    const size_t n = h->shape.n;
    memset(r2, 0, count * sizeof *r2);
    memset(along, 0, count * sizeof *along);
    for (size_t k = 0; k < h->shape.d; k++) {
        const double *x = h->x + k * n;
        const double *v = h->v + k * n;
        for (size_t p = 0; p < count; p++) {
            const double dx = x[i] - sign * x[j + p];
            r2[p] += dx * dx;
            along[p] += dx * (v[i] - sign * v[j + p]);
        }
    }
}

/* Add 2 w (v_i - sign v_j) + 4 w2 along (x_i - sign x_j) to both ends. */
static void run_add(const hessian *h, size_t i, size_t j, size_t count, double sign,
                    const double *w, const double *w2, const double *along)
{
    const size_t n = h->shape.n;
    for (size_t k = 0; k < h->shape.d; k++) {
        const double *x = h->x + k * n;
        const double *v = h->v + k * n;
        double *hv = h->hv + k * n;
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t p = 0; p < count; p++) {
            const double push = 2 * w[p] * (v[i] - sign * v[j + p]) +
                                4 * w2[p] * along[p] * (x[i] - sign * x[j + p]);
            sum += push;
            hv[j + p] -= sign * push;
        }
        hv[i] += sum;
    }
}

/* Distances of a run to x_j, or to -x_j, and what the kernel says of them. */
typedef struct hessian_run {
    double r2[RUN], q2[RUN];
    double along[RUN], along_sum[RUN];
    double k[RUN], dk[RUN], d2k[RUN];
} hessian_run;

/* Pairs of a kernel of the angle that are pulled along their sum, by the derivatives of
   K by q2; they are left out of the rest. */
static void add_along_sums(const hessian *h, size_t i, size_t j, size_t count,
                           double sign, hessian_run *run)
{
    double dk[RUN];
    double d2k[RUN];
    for (size_t p = 0; p < count; p++) {
        const bool sum = run->r2[p] > run->q2[p];
        dk[p] = sum ? -run->dk[p] : 0;
        d2k[p] = sum ? run->d2k[p] : 0;
        run->dk[p] = sum ? 0 : run->dk[p];
        run->d2k[p] = sum ? 0 : run->d2k[p];
    }
    run_add(h, i, j, count, -sign, dk, d2k, run->along_sum);
}

/* Whether all second derivatives of the run are finite. */
static bool run_visit(const hessian *h, size_t i, size_t j, size_t count, double sign)
{
    const usph_kernel *kernel = usph_kernel_of(h->kernel->entry);
    const bool angle = (kernel->flags & USPH_KERNEL_ANGLE) != 0;
    hessian_run run;
    bool finite = true;
    run_products(h, i, j, count, sign, run.r2, run.along);
    if (angle)
        run_products(h, i, j, count, -sign, run.q2, run.along_sum);
    kernel->eval(
        &(usph_kernel_pairs){ h->kernel->values, h->shape.d, count, run.r2, run.q2 },
        &(usph_kernel_values){ .k = run.k, .dk = run.dk, .d2k = run.d2k });
    for (size_t p = 0; p < count; p++)
        finite = finite && isfinite(run.dk[p]) && isfinite(run.d2k[p]);
    if (finite && angle)
        add_along_sums(h, i, j, count, sign, &run);
    if (finite)
        run_add(h, i, j, count, sign, run.dk, run.d2k, run.along);
    return finite;
}

static usph_status all_runs(const hessian *h, bool half)
{
    const size_t n = h->shape.n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j += RUN) {
            const size_t count = n - j < RUN ? n - j : RUN;
            if (!run_visit(h, i, j, count, 1) ||
                (half && !run_visit(h, i, j, count, -1)))
                return USPH_ERR_DOMAIN;
        }
    }
    return USPH_OK;
}

size_t usph_pairs_hessian_scratch(usph_shape shape)
{
    return 3 * usph_workspace_cost(usph_shape_size(shape));
}

usph_status usph_pairs_hessian(const usph_pairs_form *form, usph_shape shape,
                               const double *x, const double *v, usph_workspace *ws,
                               double *hv)
{
    assert(form->origin == 0);
    const size_t size = usph_shape_size(shape);
    const size_t mark = usph_workspace_mark(ws);
    double *xt = usph_workspace_take(ws, size);
    double *vt = usph_workspace_take(ws, size);
    double *out = usph_workspace_take(ws, size);
    const hessian h = {
        .kernel = form->kernel,
        .shape = shape,
        .x = xt,
        .v = vt,
        .hv = out,
    };
    usph_transpose(shape.n, shape.d, x, xt);
    usph_transpose(shape.n, shape.d, v, vt);
    memset(out, 0, size * sizeof *out);
    const usph_status status = all_runs(&h, form->half);
    if (status == USPH_OK)
        usph_transpose(shape.d, shape.n, out, hv);
    usph_workspace_release(ws, mark);
    return status;
}
