#include <math.h>

#include "metrics/uniformity/uniformity.h"

static void bingham_pair(const usph_metric_spec *m, size_t d, const double *table,
                         const usph_pairs_run *run, double *h, double *dh)
{
    const double dd = (double)d;
    const double c = 0.5 * dd * (dd + 2);
    (void)m;
    (void)table;
    for (size_t p = 0; p < run->count; p++) {
        const double t = 1 - 0.5 * run->r2[p];
        h[p] = c * (t * t - 1 / dd);
    }
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -c * (1 - 0.5 * run->r2[p]);
}

static bool bingham_weights(const usph_metric_spec *m, size_t d, size_t count,
                            double *v2)
{
    (void)m;
    (void)d;
    for (size_t k = 0; k < count; k++)
        v2[k] = k == 1 ? 1 : 0;
    return true;
}

static double bingham_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    (void)m;
    return 0.5 * (d - 1) * (d + 2);
}

/* That of the frame potential: orthonormal sets for n <= d, tight frames beyond. */
static usph_bound bingham_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    (void)m;
    const double excess = n < d ? 1 / n - 1 / d : 0;
    return (usph_bound){ .value = 0.5 * n * d * (d + 2) * excess, .tight = true };
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .square = true,
    .pair = bingham_pair,
    .weights = bingham_weights,
};

/**
 * Bingham's test: n d (d+2)/2 times the squared distance of the second moment matrix
 * from that of uniform points; chi-squared with (d-1)(d+2)/2 degrees of freedom in the
 * limit.
 *
 * Shapes: all. Cost: O(n^2 d). Sees second moments only: tight frames have the least
 * value. Coincident points: finite and smooth everywhere. h = d (d+2)/2 (<x, y>^2 -
 * 1/d). Source: Bingham1974.
 */
const usph_metric usph_metric_bingham = {
    .entry = {
        .name = "bingham",
        .title = "Bingham test",
        .formula = "n d (d + 2)/2 (|mean of x_i x_i'|^2 - 1/d)",
        .source = "Bingham1974",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "(d-1)(d+2)/2 for i.i.d. points, 0 for tight frames: sees the second moments only",
    .degenerate = "finite and smooth everywhere; n <= d: least for orthonormal points",
    .pass = &TEST.pass,
    .expected = bingham_expected,
    .bound = bingham_bound,
};
