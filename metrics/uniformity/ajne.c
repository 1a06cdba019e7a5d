#include <math.h>

#include "metrics/uniformity/projected.h"
#include "metrics/uniformity/uniformity.h"

static const double PI = 3.14159265358979323846;

static void ajne_pair(const usph_metric_spec *m, size_t d, const double *table,
                      const usph_pairs_run *run, double *h, double *dh)
{
    (void)m;
    (void)d;
    (void)table;
    for (size_t p = 0; p < run->count; p++)
        h[p] = 0.25 - run->theta[p] / (2 * PI);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 / (PI * sqrt(run->r2[p] * run->q2[p]));
}

static bool ajne_weights(const usph_metric_spec *m, size_t d, size_t count, double *v2)
{
    (void)m;
    usph_projected_weights_at(0.5, d, count, v2);
    return true;
}

static double ajne_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return 0.25;
}

static usph_bound ajne_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = shape.n % 2 == 0 ? 0 : 0.25 / (double)shape.n };
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .square = true,
    .pair = ajne_pair,
    .weights = ajne_weights,
};

/**
 * Ajne's test: mean over hemispheres of (points in it - n/2)^2 / n. h = 1/4 - theta/(2
 * pi).
 *
 * Shapes: all. Cost: O(n^2 d). Sees odd harmonics only: antipodal sets have value 0,
 * and no set of an odd number of points is below 1/(4n), since each hemisphere is then
 * off by 1/2. Coincident and antipodal points: finite, no gradient there (the angle has
 * a kink). Source: Ajne1968.
 */
const usph_metric usph_metric_ajne = {
    .entry = {
        .name = "ajne",
        .title = "Ajne test",
        .formula = "n/4 - sum of theta_ij / (pi n) over pairs i < j",
        .source = "Ajne1968",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "1/4 for i.i.d. points, 0 for antipodal sets: sees how evenly hemispheres are filled",
    .degenerate = "coincident and antipodal points: finite, no gradient there; n = 1: 1/4",
    .pass = &TEST.pass,
    .expected = ajne_expected,
    .bound = ajne_bound,
};
