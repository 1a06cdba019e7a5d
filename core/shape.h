#ifndef USPH_CORE_SHAPE_H
#define USPH_CORE_SHAPE_H

#include <stddef.h>

/**
 * Number of points and dimension of the space around the sphere. Every array of points
 * is row-major and contiguous, n x d, each row of norm 1.
 */
typedef struct usph_shape {
    size_t n; /* points */
    size_t d; /* ambient dimension: the points lie on S^(d-1) */
} usph_shape;

/** Doubles in an array of this shape; usph_shape_check has ruled out overflow. */
static inline size_t usph_shape_size(usph_shape shape)
{
    return shape.n * shape.d;
}

/** Unordered pairs n(n-1)/2, as a double: exact up to n = 10^8. */
static inline double usph_shape_pairs(usph_shape shape)
{
    const double n = (double)shape.n;
    return 0.5 * n * (n - 1);
}

#endif
