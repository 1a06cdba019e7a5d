#include <math.h>

#include "core/blas.h"
#include "metrics/metric.h"
#include "metrics/spectral/spectrum.h"

static size_t frame_defect_scratch(const usph_metric_spec *m, usph_shape shape,
                                   unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d * shape.d);
}

static usph_status frame_defect_check(const usph_metric_spec *m, usph_shape shape,
                                      usph_error *err)
{
    (void)m;
    if (shape.d > 46340)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "frame_defect needs a d x d matrix; d = %zu is above 46340",
                         shape.d);
    return USPH_OK;
}

/* (d/n^2) |X'X - n/d I|^2, formed from the difference, which keeps its digits at 0. */
static usph_status frame_defect_eval(const usph_metric_spec *m, usph_shape shape,
                                     const double *x, usph_workspace *ws,
                                     usph_measure *out, double *grad)
{
    const size_t d = shape.d;
    const double n = (double)shape.n;
    const double scale = (double)d / (n * n);
    const size_t mark = usph_workspace_mark(ws);
    double *second = usph_workspace_take(ws, d * d);
    double sum = 0;
    (void)m;
    usph_status status = usph_blas_gram(shape.n, d, x, second);
    for (size_t k = 0; k < d; k++)
        second[k * d + k] -= n / (double)d;
    for (size_t p = 0; p < d * d; p++)
        sum += second[p] * second[p];
    out->value = scale * sum;
    if (grad != NULL && status == USPH_OK)
        status = usph_blas_multiply(shape.n, d, d, 4 * scale, x, second, grad);
    usph_workspace_release(ws, mark);
    return status;
}

static double frame_defect_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return ((double)shape.d - 1) / (double)shape.n;
}

static usph_bound frame_defect_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){
        .value = fmax(0, (double)shape.d / (double)shape.n - 1),
        .tight = true,
    };
}

/**
 * Distance from a tight frame, squared and relative.
 *
 * Definition: (d/n^2) |X'X - (n/d) I|_F^2 = d FP/n^2 - 1, FP the frame potential.
 * Shapes: d <= 46340. Cost: O(n d^2).
 * Source: BenedettoFickus2003.
 */
const usph_metric usph_metric_frame_defect = {
    .entry = {
        .name = "frame_defect",
        .title = "tight-frame defect",
        .formula = "(d/n^2) |X'X - (n/d) I|^2",
        .source = "BenedettoFickus2003",
        .note = "d/n^2 times the frame potential, minus 1, without cancellation",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d^2",
    .reading = "relative variance of the eigenvalues of X'X: 0 for tight frames, (d - "
               "1)/n for random points, d - 1 for points on a line",
    .degenerate = "finite everywhere; n < d: at least d/n - 1",
    .check = frame_defect_check,
    .scratch = frame_defect_scratch,
    .eval = frame_defect_eval,
    .expected = frame_defect_expected,
    .bound = frame_defect_bound,
};
