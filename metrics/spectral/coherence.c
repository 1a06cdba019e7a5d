#include <math.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

static const double PI = 3.14159265358979323846;

/* The largest |t| is that of the closest or of the farthest pair. */
static usph_status coherence_eval(const usph_metric_spec *m, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_measure *out, double *grad)
{
    usph_pairs_extremes ends;
    (void)m;
    (void)grad;
    if (shape.n == 1) {
        out->value = 0;
        return USPH_OK;
    }
    USPH_TRY(usph_pairs_nearest(shape, x, ws, NULL, &ends));
    const bool close = 2 - ends.least >= ends.most - 2;
    const size_t i = close ? ends.i : ends.fi;
    const size_t j = close ? ends.j : ends.fj;
    out->value = fabs(usph_dot(shape.d, x + i * shape.d, x + j * shape.d));
    out->coincident = ends.coincident;
    out->extra[out->extras++] = (usph_extra){ "first", (double)i };
    out->extra[out->extras++] = (usph_extra){ "second", (double)j };
    return USPH_OK;
}

/*
 * Welch for n > d; 1/sqrt(d) for n > d(d+1)/2 (orthoplex); n lines in the plane are
 * best at equal angles.
 */
static usph_bound coherence_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    (void)m;
    if (shape.n <= shape.d)
        return (usph_bound){ .value = 0, .tight = true };
    if (shape.d == 2)
        return (usph_bound){ .value = cos(PI / n), .tight = true };
    const double welch = sqrt((n - d) / (d * (n - 1)));
    const double orthoplex = n > d * (d + 1) / 2 ? 1 / sqrt(d) : 0;
    return (usph_bound){
        .value = fmax(welch, orthoplex),
        .tight = shape.n == shape.d + 1,
    };
}

/**
 * Mutual coherence: largest |<x_i, x_j>| of two points.
 *
 * Shapes: any; 0 for n = 1. Cost: O(n^2 d). Not smooth.
 * Source: Welch1974, ConwayHardinSloane1996.
 */
const usph_metric usph_metric_coherence = {
    .entry = {
        .name = "coherence",
        .title = "mutual coherence",
        .formula = "max of |<x_i, x_j>| over pairs i < j",
        .source = "Welch1974",
        .note = "the cosine of the smallest angle between lines",
    },
    .flags = USPH_METRIC_SIGN_FREE,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 for orthonormal sets; for n > d at least Welch's bound, which "
               "equiangular tight frames attain",
    .degenerate = "coincident or antipodal points: 1; n = 1: 0",
    .scratch = usph_metric_pairs_scratch,
    .eval = coherence_eval,
    .bound = coherence_bound,
};
