#include "core/sphere.h"

#include <math.h>

#include "core/blas.h"

double usph_dot(size_t m, const double *x, const double *y)
{
    double sum = 0;
    for (size_t k = 0; k < m; k++)
        sum += x[k] * y[k];
    return sum;
}

void usph_sphere_normalize(usph_shape shape, double *x)
{
    for (size_t i = 0; i < shape.n; i++) {
        double *row = x + i * shape.d;
        const double norm = sqrt(usph_dot(shape.d, row, row));
        for (size_t k = 0; k < shape.d; k++)
            row[k] /= norm;
    }
}

void usph_sphere_tangent(usph_shape shape, const double *x, double *g)
{
    for (size_t i = 0; i < shape.n; i++) {
        const double *xi = x + i * shape.d;
        double *gi = g + i * shape.d;
        /* once leaves a rounding of the whole vector along x; when the tangent part is
           tiny, as near an optimum, that matters: twice is enough */
        for (int pass = 0; pass < 2; pass++) {
            const double along = usph_dot(shape.d, gi, xi);
            for (size_t k = 0; k < shape.d; k++)
                gi[k] -= along * xi[k];
        }
    }
}

void usph_sphere_retract(usph_shape shape, const double *x, double step,
                         const double *p, double *y, double *lengths)
{
    for (size_t i = 0; i < shape.n; i++) {
        const double *xi = x + i * shape.d;
        const double *pi = p + i * shape.d;
        double *yi = y + i * shape.d;
        for (size_t k = 0; k < shape.d; k++)
            yi[k] = xi[k] + step * pi[k];
        const double length = sqrt(usph_dot(shape.d, yi, yi));
        for (size_t k = 0; k < shape.d; k++)
            yi[k] /= length;
        if (lengths != NULL)
            lengths[i] = length;
    }
}

void usph_sphere_uniform(usph_shape shape, usph_rng *rng, double *x)
{
    for (size_t i = 0; i < shape.n; i++) {
        double *row = x + i * shape.d;
        double norm2 = 0;
        /* a zero vector has probability 0 but must not divide */
        while (norm2 < 1e-200) {
            usph_rng_normal(rng, shape.d, row);
            norm2 = usph_dot(shape.d, row, row);
        }
    }
    usph_sphere_normalize(shape, x);
}

size_t usph_sphere_rotation_scratch(size_t d)
{
    return usph_workspace_cost(d) + usph_workspace_cost(usph_qr_work(d));
}

usph_status usph_sphere_rotation(size_t d, usph_rng *rng, usph_workspace *ws, double *q)
{
    const size_t mark = usph_workspace_mark(ws);
    double *signs = usph_workspace_take(ws, d);
    double *work = usph_workspace_take(ws, usph_qr_work(d));
    usph_rng_normal(rng, d * d, q);
    const usph_status status = usph_orthogonalize(d, q, signs, work);
    for (size_t i = 0; i < d && status == USPH_OK; i++)
        for (size_t k = 0; k < d; k++)
            q[i * d + k] *= signs[k];
    usph_workspace_release(ws, mark);
    return status;
}
