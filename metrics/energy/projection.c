#include "metrics/energy/projection.h"

#include <math.h>
#include <string.h>

#include "core/blas.h"
#include "core/sphere.h"

size_t usph_projection_scratch(usph_shape from, size_t k)
{
    return usph_workspace_cost(k * from.d) + usph_workspace_cost(from.n * k) +
           usph_workspace_cost(from.n);
}

usph_projection usph_projection_take(usph_shape from, size_t k, usph_workspace *ws)
{
    return (usph_projection){
        .from = from,
        .k = k,
        .p = usph_workspace_take(ws, k * from.d),
        .z = usph_workspace_take(ws, from.n * k),
        .norm = usph_workspace_take(ws, from.n),
    };
}

usph_status usph_projection_draw(usph_projection *projection, bool orthonormal,
                                 usph_rng *rng)
{
    const size_t d = projection->from.d;
    usph_rng_normal(rng, projection->k * d, projection->p);
    /* Gram and Schmidt, each row twice, which is enough */
    for (size_t i = 0; i < projection->k && orthonormal; i++) {
        double *row = projection->p + i * d;
        for (size_t j = 0; j < 2 * i; j++) {
            const double *other = projection->p + j % i * d;
            const double along = usph_dot(d, row, other);
            for (size_t c = 0; c < d; c++)
                row[c] -= along * other[c];
        }
        const double norm = sqrt(usph_dot(d, row, row));
        if (norm < 1e-8)
            return USPH_ERR_DOMAIN;
        for (size_t c = 0; c < d; c++)
            row[c] /= norm;
    }
    return USPH_OK;
}

usph_status usph_projection_apply(usph_projection *projection, const double *x)
{
    const size_t n = projection->from.n;
    const size_t d = projection->from.d;
    const size_t k = projection->k;
    usph_blas_inner(n, k, d, (usph_block){ x, d }, (usph_block){ projection->p, d },
                    projection->z, k);
    for (size_t i = 0; i < n; i++) {
        double *z = projection->z + i * k;
        projection->norm[i] = sqrt(usph_dot(k, z, z));
        if (projection->norm[i] < 1e-150)
            return USPH_ERR_DOMAIN;
        for (size_t c = 0; c < k; c++)
            z[c] /= projection->norm[i];
    }
    return USPH_OK;
}

/* From a gradient by z to one by p x: the tangent part over the norm. */
static void through_norm(const usph_projection *projection, double *g)
{
    const size_t k = projection->k;
    usph_sphere_tangent((usph_shape){ projection->from.n, k }, projection->z, g);
    for (size_t i = 0; i < projection->from.n; i++)
        for (size_t c = 0; c < k; c++)
            g[i * k + c] /= projection->norm[i];
}

void usph_projection_pull(const usph_projection *projection, double times, double *g,
                          double *grad)
{
    const size_t n = projection->from.n;
    const size_t k = projection->k;
    const size_t d = projection->from.d;
    through_norm(projection, g);
    for (size_t p = 0; p < n * k; p++)
        g[p] *= -times;
    usph_blas_subtract_product(n, d, k, false, (usph_block){ g, k },
                               (usph_block){ projection->p, d }, grad, d);
}

void usph_projection_slope(const usph_projection *projection, const double *x,
                           double *g, double *dp)
{
    const size_t n = projection->from.n;
    const size_t k = projection->k;
    const size_t d = projection->from.d;
    through_norm(projection, g);
    for (size_t p = 0; p < n * k; p++)
        g[p] = -g[p];
    memset(dp, 0, k * d * sizeof *dp);
    usph_blas_subtract_product(k, d, n, true, (usph_block){ g, k },
                               (usph_block){ x, d }, dp, d);
}
