#include "metrics/spectral/spectrum.h"

#include <math.h>

#include "core/blas.h"

static size_t order(usph_shape shape)
{
    return shape.n < shape.d ? shape.n : shape.d;
}

size_t usph_spectrum_scratch(const usph_metric_spec *m, usph_shape shape,
                             unsigned threads)
{
    const size_t k = order(shape);
    (void)m;
    (void)threads;
    /* vectors, the function of the matrix and half of it, values, slopes, work; and a
       copy of the points for metrics that centre them */
    return 3 * usph_workspace_cost(k * k) + 2 * usph_workspace_cost(k) +
           usph_workspace_cost(usph_eigen_work(k)) +
           2 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.d);
}

usph_status usph_spectrum_check(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err)
{
    if (order(shape) > 8192) /* its square and LAPACK's work must fit int */
        return usph_fail(
            err, USPH_ERR_SHAPE,
            "%s needs the eigenvalues of a matrix of order min(n, d) = %zu, "
            "above 8192",
            m->metric.entry->name, order(shape));
    return USPH_OK;
}

usph_status usph_spectrum_of(usph_shape shape, const double *x, bool vectors,
                             usph_workspace *ws, usph_spectrum *out)
{
    const size_t k = order(shape);
    const usph_block rows = { x, shape.d };
    out->m = k;
    out->vectors = usph_workspace_take(ws, k * k);
    out->values = usph_workspace_take(ws, k);
    if (shape.n < shape.d)
        usph_blas_inner(k, k, shape.d, rows, rows, out->vectors, k);
    else
        USPH_TRY(usph_blas_gram(shape.n, shape.d, x, out->vectors));
    const size_t mark = usph_workspace_mark(ws);
    double *work = usph_workspace_take(ws, usph_eigen_work(k));
    const usph_status status = usph_eigen(k, vectors, out->vectors, out->values, work);
    usph_workspace_release(ws, mark);
    for (size_t i = 0; i < k; i++)
        out->values[i] = fmax(0, out->values[i]);
    return status;
}

usph_status usph_spectrum_gradient(usph_shape shape, const double *x,
                                   const usph_spectrum *spectrum, const double *slopes,
                                   usph_workspace *ws, double *grad)
{
    const size_t k = spectrum->m;
    const size_t mark = usph_workspace_mark(ws);
    double *scaled = usph_workspace_take(ws, k * k);
    double *f = usph_workspace_take(ws, k * k);
    /* f = V' diag(slopes) V, as minus the product with minus the scaled vectors */
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            scaled[i * k + j] = -slopes[i] * spectrum->vectors[i * k + j];
    for (size_t p = 0; p < k * k; p++)
        f[p] = 0;
    usph_blas_subtract_product(k, k, k, true, (usph_block){ spectrum->vectors, k },
                               (usph_block){ scaled, k }, f, k);
    const usph_status status =
        shape.n < shape.d ? usph_blas_multiply(shape.n, shape.d, k, 2, f, x, grad)
                          : usph_blas_multiply(shape.n, shape.d, k, 2, x, f, grad);
    usph_workspace_release(ws, mark);
    return status;
}
