#include <assert.h>
#include <math.h>

#include "metrics/pairs/job.h"

enum {
    RUN = 256, /* values of a kernel formed at once */
};

void usph_sum_add(usph_sum *sum, double term)
{
    /* Neumaier: the larger of the two keeps its digits */
    const double total = sum->high + term;
    if (isfinite(total))
        sum->low += fabs(sum->high) >= fabs(term) ? (sum->high - total) + term
                                                  : (term - total) + sum->high;
    sum->high = total;
}

double usph_sum_value(const usph_sum *sum)
{
    return isfinite(sum->high) ? sum->high + sum->low : sum->high;
}

void usph_job_eval(const usph_pairs_job *job, double r2, double q2, double *k,
                   double *dk)
{
    const double at = r2 - job->form->origin;
    job->kernel->eval(&(usph_kernel_pairs){ job->values, job->shape.d, 1, &at, &q2 },
                      &(usph_kernel_values){ .k = k, .dk = dk });
}

typedef struct energy_walk {
    const usph_pairs_job *job;
    usph_sum sum;
    double least;
    size_t coincident; /* pairs at r2 = 0, and at q2 = 0 */
} energy_walk;

/* Sum of K over m pairs; counts those at 0. */
static double run_kernel(energy_walk *wk, size_t m, const double *r2, const double *q2,
                         double *dk)
{
    const usph_pairs_job *job = wk->job;
    double sum = 0;
    for (size_t done = 0; done < m; done += RUN) {
        double k[RUN];
        double at[RUN];
        const size_t part = m - done < RUN ? m - done : RUN;
        for (size_t p = 0; p < part; p++)
            at[p] = r2[done + p] - job->form->origin;
        job->kernel->eval(
            &(usph_kernel_pairs){ job->values, job->shape.d, part, at,
                                  q2 != NULL ? q2 + done : NULL },
            &(usph_kernel_values){ .k = k, .dk = dk != NULL ? dk + done : NULL });
        double partial = 0;
#pragma omp simd reduction(+ : partial)
        for (size_t p = 0; p < part; p++)
            partial += k[p];
        sum += partial;
    }
    for (size_t p = 0; p < m; p++) {
        wk->coincident += r2[p] == 0;
        wk->least = r2[p] < wk->least ? r2[p] : wk->least;
    }
    return sum;
}

/* Weights of r2 and of q2, each of them dK by it: the one with more digits remains. */
static void choose_weights(const energy_walk *wk, const usph_pairs_run *run)
{
    const bool half = wk->job->form->half;
    for (size_t p = 0; p < run->count; p++) {
        const double change = run->w[p] - (half ? run->w2[p] : 0);
        const bool along =
            usph_pulls_along_sum(wk->job->kernel, run->r2[p], run->q2[p]);
        run->w[p] = along ? 0 : change;
        run->w2[p] = along ? -change : 0;
    }
}

static void energy_visit(void *ctx, const usph_pairs_run *run)
{
    energy_walk *wk = ctx;
    const bool angle = (wk->job->kernel->flags & USPH_KERNEL_ANGLE) != 0;
    double sum = run_kernel(wk, run->count, run->r2, run->q2, run->w);
    if (wk->job->form->half)
        sum += run_kernel(wk, run->count, run->q2, run->r2, run->w2);
    if (angle && run->w != NULL)
        choose_weights(wk, run);
    usph_sum_add(&wk->sum, sum);
}

usph_status usph_pairs_by_walk(const usph_pairs_job *job, usph_pairs_energy *out)
{
    const bool angle = (job->kernel->flags & USPH_KERNEL_ANGLE) != 0;
    energy_walk wk = { .job = job, .least = 4 };
    usph_pairs_walk(job->shape, job->x, job->form->half || angle ? USPH_WITH_SUMS : 0,
                    job->ws, energy_visit, &wk, job->grad);
    *out = (usph_pairs_energy){
        .sum = usph_sum_value(&wk.sum),
        .least = wk.least,
        .coincident = wk.coincident,
    };
    return USPH_OK;
}

static usph_pairs_job job_of(usph_level level, const usph_pairs_form *form,
                             usph_shape shape, const double *x, usph_workspace *ws,
                             double *grad)
{
    usph_pairs_job job = {
        .form = form,
        .kernel = usph_kernel_of(form->kernel->entry),
        .values = form->kernel->values,
        .level = level,
        .params = { .a = form->kernel->values[0],
                    .b = form->kernel->values[0] * form->origin },
        .shape = shape,
        .x = x,
        .ws = ws,
        .threads = usph_workspace_threads(ws),
        .grad = grad,
    };
    assert(form->origin == 0 || job.kernel->origin);
    if (job.kernel->loops != NULL) {
        job.loops = job.kernel->loops(job.values, level);
        job.loops->scale(job.params, &job.k_scale, &job.dk_scale);
    }
    return job;
}

/* Where the loops of vectors end: pairs too near for them, or to be counted. */
static usph_status small_or_walk(const usph_pairs_job *job, usph_pairs_energy *out)
{
    USPH_TRY(usph_pairs_small(job, out));
    return out->least < USPH_PAIRS_TINY ? usph_pairs_by_walk(job, out) : USPH_OK;
}

/* Inner products leave too few digits for any pair: then differences in plain C. */
static usph_status large_or_walk(const usph_pairs_job *job, bool single,
                                 usph_pairs_energy *out)
{
    return job->kernel->near(job->values) > 1 ? usph_pairs_by_walk(job, out)
                                              : usph_pairs_large(job, single, out);
}

/* Single precision would lose too much of weights that change by e^20 and more. */
static bool is_stiff(const usph_pairs_job *job)
{
    double k = 0;
    double dk = 0;
    usph_job_eval(job, 2, 2, &k, &dk);
    return fabs(dk) > 20 * fabs(k);
}

static usph_status run_path(usph_pairs_path path, const usph_pairs_job *job,
                            usph_pairs_energy *out)
{
    switch (path) {
    case USPH_PATH_REFERENCE: return usph_pairs_reference(job, out);
    case USPH_PATH_WALK: return usph_pairs_by_walk(job, out);
    case USPH_PATH_SMALL:
        return job->shape.d <= USPH_SMALL_MAX_D ? small_or_walk(job, out)
                                                : USPH_ERR_UNSUPPORTED;
    case USPH_PATH_LARGE: return large_or_walk(job, false, out);
    case USPH_PATH_SINGLE: return large_or_walk(job, !is_stiff(job), out);
    case USPH_PATH_MULTIPOLE: return usph_pairs_many(job, out);
    default: return USPH_ERR_UNSUPPORTED;
    }
}

/* The derivative of a singular kernel can overflow between points that differ. */
static bool all_finite(usph_shape shape, const double *grad)
{
    const size_t size = usph_shape_size(shape);
    bool finite = true;
    for (size_t p = 0; p < size; p++)
        finite = finite && isfinite(grad[p]);
    return finite;
}

usph_status usph_pairs_energy_by(usph_pairs_path path, usph_level level,
                                 const usph_pairs_form *form, usph_shape shape,
                                 const double *x, usph_workspace *ws,
                                 usph_pairs_energy *out, double *grad)
{
    const usph_pairs_job job = job_of(level, form, shape, x, ws, grad);
    const bool plain = job.loops == NULL && path != USPH_PATH_REFERENCE;
    USPH_TRY(run_path(plain ? USPH_PATH_WALK : path, &job, out));
    if (grad != NULL && out->coincident > 0 &&
        !usph_kernel_smooth_at_zero(form->kernel, shape.d))
        return USPH_ERR_DOMAIN;
    return grad == NULL || all_finite(shape, grad) ? USPH_OK : USPH_ERR_DOMAIN;
}

usph_status usph_pairs_energy_sum(const usph_pairs_form *form, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_pairs_energy *out, double *grad)
{
    const bool many = usph_pairs_are_many(form, shape, ws->effort.accuracy);
    const bool single = ws->effort.accuracy == USPH_ACCURACY_SINGLE;
    const usph_pairs_path path = many                          ? USPH_PATH_MULTIPOLE
                                 : shape.d <= USPH_SMALL_MAX_D ? USPH_PATH_SMALL
                                 : single                      ? USPH_PATH_SINGLE
                                                               : USPH_PATH_LARGE;
    return usph_pairs_energy_by(path, usph_cpu_level(), form, shape, x, ws, out, grad);
}

size_t usph_pairs_scratch(usph_shape shape, unsigned threads)
{
    const size_t needs[] = {
        usph_pairs_walk_scratch(shape),
        usph_pairs_nearest_scratch(shape, threads),
        shape.d <= USPH_SMALL_MAX_D ? 0 : usph_pairs_large_scratch(shape, threads),
        usph_pairs_many_scratch(shape),
        shape.d <= USPH_SMALL_MAX_D ? usph_pairs_small_scratch(shape) : 0,
    };
    size_t most = 0;
    for (size_t p = 0; p < sizeof needs / sizeof *needs; p++)
        most = needs[p] > most ? needs[p] : most;
    return most;
}

/* Change over the points j .. j + part - 1, with +x_j or -x_j as the other end. */
static double move_part(const usph_spec *kernel, usph_shape shape, const double *x,
                        size_t i, const double *xi, double sign, size_t j, size_t part)
{
    const usph_kernel *k = usph_kernel_of(kernel->entry);
    const bool angle = (k->flags & USPH_KERNEL_ANGLE) != 0;
    const size_t d = shape.d;
    double r2[2 * RUN];
    double q2[2 * RUN];
    double values[2 * RUN];
    double delta = 0;
    for (size_t p = 0; p < part; p++) {
        const double *xj = x + (j + p) * d;
        r2[p] = usph_square(d, xi, xj, sign);
        r2[part + p] = usph_square(d, x + i * d, xj, sign);
        q2[p] = angle ? usph_square(d, xi, xj, -sign) : 0;
        q2[part + p] = angle ? usph_square(d, x + i * d, xj, -sign) : 0;
    }
    k->eval(&(usph_kernel_pairs){ kernel->values, d, 2 * part, r2, q2 },
            &(usph_kernel_values){ .k = values });
    for (size_t p = 0; p < part; p++)
        if (j + p != i)
            delta += values[p] - values[part + p];
    return delta;
}

double usph_pairs_energy_move(const usph_spec *kernel, bool half, usph_shape shape,
                              const double *x, size_t i, const double *xi)
{
    usph_sum sum = { 0 };
    for (size_t j = 0; j < shape.n; j += RUN) {
        const size_t part = shape.n - j < RUN ? shape.n - j : RUN;
        usph_sum_add(&sum, move_part(kernel, shape, x, i, xi, 1, j, part));
        if (half)
            usph_sum_add(&sum, move_part(kernel, shape, x, i, xi, -1, j, part));
    }
    return usph_sum_value(&sum);
}
