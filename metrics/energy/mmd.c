#include <math.h>

#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

static usph_status mmd_eval(const usph_metric_spec *m, usph_shape shape,
                            const double *x, usph_workspace *ws, usph_measure *out,
                            double *grad)
{
    const double n = (double)shape.n;
    const usph_pairs_form form = { .kernel = &m->kernel };
    usph_pairs_energy energy;
    USPH_TRY(usph_pairs_energy_sum(&form, shape, x, ws, &energy, grad));
    const double alone = usph_kernel_at(&m->kernel, shape.d, 0) / n;
    out->value =
        alone + 2 * energy.sum / (n * n) - usph_kernel_mean(&m->kernel, shape.d);
    out->coincident = energy.coincident;
    out->accuracy = energy.accuracy;
    const size_t size = usph_shape_size(shape);
    for (size_t p = 0; p < size && grad != NULL; p++)
        grad[p] *= 2 / (n * n);
    return USPH_OK;
}

static double mmd_move(const usph_metric_spec *m, usph_shape shape, const double *x,
                       size_t i, const double *xi)
{
    const double n = (double)shape.n;
    return 2 / (n * n) * usph_pairs_energy_move(&m->kernel, false, shape, x, i, xi);
}

static double mmd_expected(const usph_metric_spec *m, usph_shape shape)
{
    return (usph_kernel_at(&m->kernel, shape.d, 0) -
            usph_kernel_mean(&m->kernel, shape.d)) /
           (double)shape.n;
}

/* K is positive definite, so never below 0; for kernels that are convex and decreasing
   in r2 also by the simplex, as for the energy. */
static usph_bound mmd_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double alone = usph_kernel_at(&m->kernel, shape.d, 0) / n -
                         usph_kernel_mean(&m->kernel, shape.d);
    if (shape.n == 1)
        return (usph_bound){ .value = alone, .tight = true };
    if ((usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) == 0)
        return (usph_bound){ .value = 0 };
    const double apart = usph_kernel_at(&m->kernel, shape.d, usph_simplex_r2(shape.n));
    return (usph_bound){
        .value = fmax(0, alone + (n - 1) / n * apart),
        .tight = shape.n <= shape.d + 1,
    };
}

/**
 * Squared maximum mean discrepancy from the uniform distribution, the V-statistic.
 *
 * Definition: (1/n^2) sum_{i,j} K(x_i, x_j) - E K, for a positive definite kernel: the
 *             squared distance of the points' mean embedding from that of the uniform
 * law. Shapes: n >= 1, d >= 2. Cost: O(n^2 d). Coincident points: finite; no gradient
 * where K has a kink. Source: GrettonEtAl2012.
 */
const usph_metric usph_metric_mmd = {
    .entry = {
        .name = "mmd",
        .title = "squared MMD",
        .formula = "(1/n^2) sum over all i, j of K(x_i, x_j) - E K",
        .source = "GrettonEtAl2012",
        .note = "takes positive definite kernels only",
    },
    .flags = USPH_METRIC_KERNEL | USPH_METRIC_POSDEF | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "squared distance from the uniform law in the kernel's space; (K(0) - E "
               "K)/n for random points",
    .degenerate = "coincident points: finite; no gradient where K has a kink",
    .scratch = usph_metric_pairs_scratch,
    .eval = mmd_eval,
    .move = mmd_move,
    .expected = mmd_expected,
    .bound = mmd_bound,
};
