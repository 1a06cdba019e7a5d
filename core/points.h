#ifndef USPH_CORE_POINTS_H
#define USPH_CORE_POINTS_H

#include <stdbool.h>

#include "core/shape.h"
#include "core/status.h"

/** An owned point set: usph_points_alloc fills it, usph_points_free empties it. */
typedef struct usph_points {
    usph_shape shape;
    double *x; /* shape.n x shape.d, row-major, 64-byte aligned; owned */
} usph_points;

/** What preparing raw rows as points of the sphere found and did. */
typedef struct usph_points_report {
    size_t rows;      /* rows before anything was dropped */
    size_t not_unit;  /* rows whose norm was off 1 by more than 1e-6 */
    size_t zero;      /* rows of norm 0 (dropped, or the call failed) */
    size_t duplicate; /* rows equal, once normalized, to an earlier row */
} usph_points_report;

/**
 * Refuse shapes nobody can compute with.
 *
 * Errors: USPH_ERR_SHAPE if n < 1, d < 2, or n * d doubles do not fit in memory.
 */
usph_status usph_shape_check(usph_shape shape, usph_error *err) USPH_MUST_CHECK;

/**
 * Allocate an uninitialized n x d array.
 *
 * Errors: as usph_shape_check; USPH_ERR_NOMEM.
 */
usph_status usph_points_alloc(usph_shape shape, usph_points *out,
                              usph_error *err) USPH_MUST_CHECK;

/** Free the array and zero the struct; fine on a zeroed struct. */
void usph_points_free(usph_points *points);

/**
 * Turn raw finite rows into points: normalize, drop or refuse zero rows, count.
 *
 * Rows that are unit to rounding are left bit for bit as they are, so that a file
 * written by this library is read back unchanged.
 *
 * @param drop_zero  remove rows of norm 0 (points->shape.n shrinks) instead of failing
 *
 * Cost: O(n d + d n log n), the second part for the count of duplicates.
 * Errors: USPH_ERR_DATA naming the first zero row (1-based) unless drop_zero, or if no
 *         row is left; USPH_ERR_NOMEM.
 */
usph_status usph_points_prepare(usph_points *points, bool drop_zero,
                                usph_points_report *report,
                                usph_error *err) USPH_MUST_CHECK;

#endif
