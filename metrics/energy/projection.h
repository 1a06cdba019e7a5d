#ifndef USPH_METRICS_ENERGY_PROJECTION_H
#define USPH_METRICS_ENERGY_PROJECTION_H

#include "core/rng.h"
#include "metrics/metric.h"

/** What the projected energies (CoMHE) share: points on a smaller sphere. */
typedef struct usph_projection {
    usph_shape from; /* n x d */
    size_t k;        /* dimensions of the projection */
    double *p;       /* k x d */
    double *z;       /* n x k, rows of norm 1 */
    double *norm;    /* n, of the rows before */
} usph_projection;

/** Doubles of workspace that usph_projection_take takes. */
size_t usph_projection_scratch(usph_shape from, size_t k);

/** Room for a projection, from the workspace. */
usph_projection usph_projection_take(usph_shape from, size_t k, usph_workspace *ws);

/**
 * Rows of p independent and normal, or orthonormal with Haar's distribution.
 *
 * Errors: USPH_ERR_DOMAIN if rows are dependent to rounding, which has probability 0.
 */
usph_status usph_projection_draw(usph_projection *projection, bool orthonormal,
                                 usph_rng *rng) USPH_MUST_CHECK;

/**
 * z = p x, rows normalized.
 *
 * Errors: USPH_ERR_DOMAIN if a point is in the kernel of p.
 */
usph_status usph_projection_apply(usph_projection *projection,
                                  const double *x) USPH_MUST_CHECK;

/** grad (n x d) += times the pull-back of g (n x k), a gradient by z; g is changed. */
void usph_projection_pull(const usph_projection *projection, double times, double *g,
                          double *grad);

/** dp (k x d) from g (n x k), a gradient by z: how p should change; g is changed. */
void usph_projection_slope(const usph_projection *projection, const double *x,
                           double *g, double *dp);

#endif
