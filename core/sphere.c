#include "core/sphere.h"

#include <math.h>

#include "core/blas.h"

enum {
    LANES = 8, /* running sums whose additions need not wait for each other */
};

/* Short rows: one sum. Inlined, so that a constant d unrolls. */
static inline double row_dot(size_t d, const double *x, const double *y)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += x[k] * y[k];
    return sum;
}

double usph_dot(size_t m, const double *x, const double *y)
{
    const size_t whole = m / LANES * LANES;
    double lanes[LANES] = { 0 };
    for (size_t k = 0; k < whole; k += LANES)
        for (size_t l = 0; l < LANES; l++)
            lanes[l] += x[k + l] * y[k + l];
    double sum = row_dot(m - whole, x + whole, y + whole);
    for (size_t l = 0; l < LANES && whole > 0; l++)
        sum += lanes[l];
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

static inline void tangent_row(size_t d, const double *xi, double *gi, double along)
{
    for (size_t k = 0; k < d; k++)
        gi[k] -= along * xi[k];
}

/* Once leaves a rounding of the whole vector along x; when the tangent part is tiny, as
   near an optimum, that matters: twice is enough. */
void usph_sphere_tangent(usph_shape shape, const double *x, double *g)
{
    for (size_t i = 0; i < shape.n && shape.d == 3; i++)
        for (int pass = 0; pass < 2; pass++)
            tangent_row(3, x + 3 * i, g + 3 * i, row_dot(3, g + 3 * i, x + 3 * i));
    for (size_t i = 0; i < shape.n && shape.d != 3; i++) {
        const double *xi = x + i * shape.d;
        double *gi = g + i * shape.d;
        for (int pass = 0; pass < 2; pass++)
            tangent_row(shape.d, xi, gi, usph_dot(shape.d, gi, xi));
    }
}

static inline double retract_row(size_t d, const double *xi, double step,
                                 const double *pi, double *yi)
{
    for (size_t k = 0; k < d; k++)
        yi[k] = xi[k] + step * pi[k];
    const double length = sqrt(d == 3 ? row_dot(3, yi, yi) : usph_dot(d, yi, yi));
    for (size_t k = 0; k < d; k++)
        yi[k] /= length;
    return length;
}

void usph_sphere_retract(usph_shape shape, const double *x, double step,
                         const double *p, double *y, double *lengths)
{
    for (size_t i = 0; i < shape.n; i++) {
        const size_t at = i * shape.d;
        const double length = shape.d == 3
                                  ? retract_row(3, x + at, step, p + at, y + at)
                                  : retract_row(shape.d, x + at, step, p + at, y + at);
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
