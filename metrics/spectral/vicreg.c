#include <math.h>

#include "core/blas.h"
#include "metrics/metric.h"

static size_t vicreg_scratch(const usph_metric_spec *m, usph_shape shape,
                             unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d * shape.d) +
           usph_workspace_cost(usph_shape_size(shape)) + usph_workspace_cost(shape.d);
}

static usph_status vicreg_check(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err)
{
    (void)m;
    if (shape.d > 46340)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "vicreg needs a d x d matrix; d = %zu is above 46340",
                         shape.d);
    return USPH_OK;
}

/* z = sqrt(d) (x - mean), so that each coordinate of uniform points has variance 1. */
static void standardize(usph_shape shape, const double *x, double *mean, double *z)
{
    const size_t size = usph_shape_size(shape);
    const double scale = sqrt((double)shape.d);
    for (size_t k = 0; k < shape.d; k++)
        mean[k] = 0;
    for (size_t p = 0; p < size; p++)
        mean[p % shape.d] += x[p] / (double)shape.n;
    for (size_t p = 0; p < size; p++)
        z[p] = scale * (x[p] - mean[p % shape.d]);
}

/*
 * The value from the covariance c of z, which becomes half the value's derivative by
 * it: the hinge has -1/(2 std) on the diagonal, the squares 2 c elsewhere.
 */
static double terms(size_t d, double *c)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++) {
        for (size_t l = 0; l < d; l++) {
            double *at = &c[k * d + l];
            if (k != l) {
                sum += *at * *at;
                continue;
            }
            const double std = sqrt(*at);
            sum += fmax(0, 1 - std);
            *at = std > 0 && std < 1 ? -0.25 / std : 0;
        }
    }
    return sum / (double)d;
}

static usph_status vicreg_eval(const usph_metric_spec *m, usph_shape shape,
                               const double *x, usph_workspace *ws, usph_measure *out,
                               double *grad)
{
    const size_t d = shape.d;
    const size_t size = usph_shape_size(shape);
    const size_t mark = usph_workspace_mark(ws);
    double *c = usph_workspace_take(ws, d * d);
    double *z = usph_workspace_take(ws, size);
    double *mean = usph_workspace_take(ws, d);
    (void)m;
    standardize(shape, x, mean, z);
    usph_status status = usph_blas_gram(shape.n, d, z, c);
    for (size_t p = 0; p < d * d; p++)
        c[p] /= (double)shape.n;
    out->value = terms(d, c);
    /* df = tr(F dc), dc = (dz'z + z'dz)/n, dz = sqrt(d) dx: the mean's change drops out
     */
    const double scale = 4 * sqrt((double)d) / ((double)d * (double)shape.n);
    if (grad != NULL && status == USPH_OK)
        status = usph_blas_multiply(shape.n, d, d, scale, z, c, grad);
    usph_workspace_release(ws, mark);
    return status;
}

static usph_bound vicreg_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return (usph_bound){ .value = 0 };
}

/**
 * Variance and covariance terms of VICReg for z = sqrt(d) x.
 *
 * Definition: (1/d) [sum_k max(0, 1 - std_k) + sum_{k != l} c_kl^2], c the covariance
 * of z with the divisor n. Shapes: any. Cost: O(n d^2). A constant coordinate: the
 * hinge is 1 there and has no slope. Depends on the axes: the hinge looks at
 * coordinates. Source: BardesPonceLeCun2022.
 */
const usph_metric usph_metric_vicreg = {
    .entry = {
        .name = "vicreg",
        .title = "VICReg terms",
        .formula = "(1/d)(sum of max(0, 1 - std_k) + sum of c_kl^2, k != l) of sqrt(d) x",
        .source = "BardesPonceLeCun2022",
        .note = "not rotation invariant; divisor n, where the published code has n - 1",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_NOT_ROTATION_INVARIANT | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d^2",
    .reading = "0 if every coordinate has at least the variance 1/d and none are "
               "correlated",
    .degenerate = "finite everywhere; all points equal: 1",
    .check = vicreg_check,
    .scratch = vicreg_scratch,
    .eval = vicreg_eval,
    .bound = vicreg_bound,
};
