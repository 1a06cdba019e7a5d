#ifndef USPH_CORE_SPHERE_H
#define USPH_CORE_SPHERE_H

#include "core/rng.h"
#include "core/shape.h"
#include "core/status.h"
#include "core/workspace.h"

/** sum_k x_k y_k over m numbers. */
double usph_dot(size_t m, const double *x, const double *y);

/** Rows to norm 1; rows must not be zero. */
void usph_sphere_normalize(usph_shape shape, double *x);

/** Project each row of g on the tangent space at the same row of x: g -= <g, x> x. */
void usph_sphere_tangent(usph_shape shape, const double *x, double *g);

/**
 * Move along p and come back to the sphere, row by row: y = (x + step p) / |x + step
 * p|.
 *
 * @param lengths  n, the norms |x + step p| before normalizing; NULL to skip
 */
void usph_sphere_retract(usph_shape shape, const double *x, double step,
                         const double *p, double *y, double *lengths);

/** Rows drawn independently and uniformly from the sphere. */
void usph_sphere_uniform(usph_shape shape, usph_rng *rng, double *x);

/** Doubles that usph_sphere_rotation takes from the workspace. */
size_t usph_sphere_rotation_scratch(size_t d);

/**
 * Random orthogonal d x d matrix with Haar distribution, row-major (QR of a Gaussian
 * matrix with the signs of R's diagonal made positive).
 *
 * Errors: USPH_ERR_LAPACK, USPH_ERR_SHAPE if d does not fit LAPACK's integers.
 * Source: Mezzadri2007.
 */
usph_status usph_sphere_rotation(size_t d, usph_rng *rng, usph_workspace *ws,
                                 double *q) USPH_MUST_CHECK;

#endif
