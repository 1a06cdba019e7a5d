#include <math.h>

#include "core/blas.h"
#include "core/sphere.h"
#include "metrics/metric.h"

static usph_status frame_potential_check(const usph_metric_spec *m, usph_shape shape,
                                         usph_error *err)
{
    (void)m;
    if (shape.d > 46340) /* d^2 must fit the integers of BLAS */
        return usph_fail(err, USPH_ERR_SHAPE,
                         "frame_potential needs a d x d matrix; d = %zu is above 46340",
                         shape.d);
    return USPH_OK;
}

static size_t frame_potential_scratch(const usph_metric_spec *m, usph_shape shape,
                                      unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d * shape.d);
}

/* sum_{i,j} <x_i, x_j>^2 is the squared Frobenius norm of X'X; its gradient is 4 X X'X.
 */
static usph_status frame_potential_eval(const usph_metric_spec *m, usph_shape shape,
                                        const double *x, usph_workspace *ws,
                                        usph_measure *out, double *grad)
{
    const size_t d = shape.d;
    const size_t mark = usph_workspace_mark(ws);
    double *second = usph_workspace_take(ws, d * d);
    (void)m;
    usph_status status = usph_blas_gram(shape.n, d, x, second);
    out->value = usph_dot(d * d, second, second);
    if (grad != NULL && status == USPH_OK)
        status = usph_blas_multiply(shape.n, d, d, 4, x, second, grad);
    usph_workspace_release(ws, mark);
    return status;
}

static double frame_potential_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    return n + n * (n - 1) / (double)shape.d;
}

/* Attained by orthonormal sets for n <= d and by unit-norm tight frames for n >= d. */
static usph_bound frame_potential_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    return (usph_bound){ .value = fmax(n, n * n / (double)shape.d), .tight = true };
}

/**
 * Frame potential: sum of squared inner products over all ordered pairs, i = j
 * included.
 *
 * Shapes: n >= 1, d <= 46340. Cost: O(n d^2), d^2 doubles.
 * Source: BenedettoFickus2003.
 */
const usph_metric usph_metric_frame_potential = {
    .entry = {
        .name = "frame_potential",
        .title = "frame potential",
        .formula = "sum of <x_i, x_j>^2 over all i, j",
        .source = "BenedettoFickus2003",
        .note = "sees second moments only: every unit-norm tight frame is optimal",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "max(n, n^2/d) for orthonormal sets and tight frames; sees the second moments only",
    .degenerate = "finite everywhere; n <= d: least for orthonormal points",
    .check = frame_potential_check,
    .scratch = frame_potential_scratch,
    .eval = frame_potential_eval,
    .expected = frame_potential_expected,
    .bound = frame_potential_bound,
};
