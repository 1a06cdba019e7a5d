#include <math.h>

#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"

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

typedef struct energy_walk {
    const usph_kernel *kernel;
    const double *values;
    usph_sum sum;
    size_t coincident; /* pairs at r2 = 0 */
    size_t antipodal;  /* pairs at q2 = 0 */
} energy_walk;

/* Sum of K over m squared distances; counts those at 0. */
static double run_kernel(const energy_walk *wk, size_t m, const double *r2, double *dk,
                         size_t *zeros)
{
    double sum = 0;
    for (size_t done = 0; done < m; done += RUN) {
        double k[RUN];
        const size_t part = m - done < RUN ? m - done : RUN;
        wk->kernel->eval(wk->values, part, r2 + done, k, dk != NULL ? dk + done : NULL);
        double partial = 0;
#pragma omp simd reduction(+ : partial)
        for (size_t p = 0; p < part; p++)
            partial += k[p];
        sum += partial;
    }
    for (size_t p = 0; p < m; p++)
        *zeros += r2[p] == 0;
    return sum;
}

static void energy_visit(void *ctx, const usph_pairs_run *run)
{
    energy_walk *wk = ctx;
    double sum = run_kernel(wk, run->count, run->r2, run->w, &wk->coincident);
    if (run->q2 != NULL)
        sum += run_kernel(wk, run->count, run->q2, run->w2, &wk->antipodal);
    usph_sum_add(&wk->sum, sum);
}

usph_status usph_pairs_energy_sum(const usph_spec *kernel, bool half, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_pairs_energy *out, double *grad)
{
    energy_walk wk = {
        .kernel = usph_kernel_of(kernel->entry),
        .values = kernel->values,
    };
    usph_pairs_walk(shape, x, half, ws, energy_visit, &wk, grad);
    if (grad != NULL && wk.coincident + wk.antipodal > 0 &&
        !usph_kernel_smooth_at_zero(kernel))
        return USPH_ERR_DOMAIN;
    *out = (usph_pairs_energy){
        .sum = usph_sum_value(&wk.sum),
        .coincident = wk.coincident + wk.antipodal,
    };
    return USPH_OK;
}

static double distance2(size_t d, const double *x, const double *y, double sign)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += (x[k] - sign * y[k]) * (x[k] - sign * y[k]);
    return sum;
}

/* Change over the points j .. j + part - 1, with +x_j or -x_j as the other end. */
static double move_part(const usph_spec *kernel, usph_shape shape, const double *x,
                        size_t i, const double *xi, double sign, size_t j, size_t part)
{
    const usph_kernel *k = usph_kernel_of(kernel->entry);
    const size_t d = shape.d;
    double r2[2 * RUN];
    double values[2 * RUN];
    double delta = 0;
    for (size_t p = 0; p < part; p++) {
        r2[p] = distance2(d, xi, x + (j + p) * d, sign);
        r2[RUN + p] = distance2(d, x + i * d, x + (j + p) * d, sign);
    }
    k->eval(kernel->values, part, r2, values, NULL);
    k->eval(kernel->values, part, r2 + RUN, values + RUN, NULL);
    for (size_t p = 0; p < part; p++)
        if (j + p != i)
            delta += values[p] - values[RUN + p];
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
