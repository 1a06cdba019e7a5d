#ifndef USPH_METRICS_COVERING_COVER_H
#define USPH_METRICS_COVERING_COVER_H

#include "metrics/metric.h"

/** How the radius is to be found. */
typedef struct usph_cover_effort {
    double max_facets; /* expected facets up to which the hull is formed */
    size_t starts;     /* climbs beyond */
} usph_cover_effort;

/** The largest hole: how far a pole can be from all points. */
typedef struct usph_cover {
    double angle; /* rad */
    usph_kind kind;
    double
        witnesses; /* facets of the hull as far out to 1e-10; climbs that ended there */
    double facets; /* of the hull, 0 if none was formed */
} usph_cover;

/** Doubles of workspace that usph_cover_find takes. */
size_t usph_cover_scratch(usph_shape shape);

/**
 * Covering radius max_v min_i angle(v, x_i), with its pole v.
 *
 * If the origin is not inside the hull, the pole is opposite to the hull's point
 * nearest to it, exactly and in any dimension. Otherwise it is the normal of the facet
 * with the smallest offset, or, where there would be too many facets, the best of some
 * climbs with the seeds 0, 1, ...: a lower bound. Derivation in docs/method.md.
 *
 * @param pole  d
 *
 * Errors: USPH_ERR_NOMEM.
 */
usph_status usph_cover_find(const usph_cover_effort *effort, usph_shape shape,
                            const double *x, usph_workspace *ws, usph_cover *out,
                            double *pole) USPH_MUST_CHECK;

/** Proved lower bound of the covering radius; docs/method.md. */
usph_bound usph_cover_bound(usph_shape shape);

#endif
