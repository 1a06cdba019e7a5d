#ifndef USPH_METRICS_COVERING_HULL_H
#define USPH_METRICS_COVERING_HULL_H

#include <stdbool.h>

#include "core/shape.h"
#include "core/status.h"

/** A facet of a convex hull: <normal, x> <= offset for all points. Borrowed. */
typedef struct usph_hull_facet {
    const double *normal; /* d, norm 1, outward */
    double offset;
    size_t corner[3]; /* d = 3 and simplices: the numbers of its points */
} usph_hull_facet;

typedef void usph_hull_visit(void *ctx, const usph_hull_facet *facet);

/**
 * Show every facet of the convex hull of n points to `visit`.
 *
 * @param simplices  cut facets with more than d points into simplices; otherwise points
 *                   that lie in one plane to rounding make one facet
 *
 * Cost: that of Qhull, about that of the output; it takes its own memory and gives it
 * back.
 * Errors: USPH_ERR_DOMAIN if the points lie in a hyperplane to rounding (as n <= d do),
 *         USPH_ERR_NOMEM; USPH_ERR_UNSUPPORTED if Qhull gives up, or a size is too
 * large for it. Source: BarberDobkinHuhdanpaa1996.
 */
usph_status usph_hull(usph_shape shape, const double *x, bool simplices,
                      usph_hull_visit *visit, void *ctx) USPH_MUST_CHECK;

/**
 * Mean number of facets of the hull of n i.i.d. uniform points on S^(d-1), by
 * quadrature to some digits; docs/method.md.
 */
double usph_hull_expected_facets(usph_shape shape);

#endif
