#include "metrics/discrepancy/circle_transport.h"
#include "metrics/metric.h"

static const double FOUR_PI2 = 39.4784176043574344753; /* (2 pi)^2 */

static size_t sliced_dispersion_scratch(const usph_metric_spec *m, usph_shape shape,
                                        unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_circle_transport_scratch(shape);
}

/* On the circle there is one plane. */
static size_t planes_of(const usph_metric_spec *m, usph_shape shape)
{
    return shape.d == 2 ? 1 : (size_t)m->metric.values[0];
}

static usph_status sliced_dispersion_eval(const usph_metric_spec *m, usph_shape shape,
                                          const double *x, usph_workspace *ws,
                                          usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const uint64_t seed = (uint64_t)m->metric.values[1];
    const double scale = 0.5 * n * FOUR_PI2;
    const double variance =
        usph_circle_transport(seed, planes_of(m, shape), shape, x, ws, scale, grad);
    out->value = scale * variance;
    out->kind = shape.d == 2 ? USPH_KIND_EXACT : USPH_KIND_ESTIMATE;
    return USPH_OK;
}

static double sliced_dispersion_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    return FOUR_PI2 / 24 * (1 - 1 / n);
}

/* Regular n-gons in every plane, which exist for d = 2 only. */
static usph_bound sliced_dispersion_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = 0, .tight = shape.d == 2 || shape.n == 1 };
}

/**
 * Half the summed squared angles [rad] by which the points of a random plane miss the
 * nearest regular n-gon, averaged over k planes of a stated seed: n (2 pi)^2 / 2 times
 * (sliced_w2 - 1/(12 n^2)), an objective of dispersed embeddings.
 *
 * Shapes: all. Cost: O(k n (d + log n)). Exact for d = 2, an estimate otherwise.
 * Coincident points: finite; the gradient is that of the order which they are given in.
 * Points orthogonal to a plane: angle 0 there, without a share in the gradient.
 * Source: BonetEtAl2023 for the distance; docs/method.md for the relation.
 */
const usph_metric usph_metric_sliced_dispersion = {
    .entry = {
        .name = "sliced_dispersion",
        .title = "sliced dispersion",
        .formula = "mean over planes of 1/2 sum of (angle_i - place_i)^2 to the nearest regular n-gon",
        .source = "BonetEtAl2023",
        .note = "planes are drawn from a seed: rotating the points changes the value a little",
        .params = { { .name = "k",
                      .type = USPH_INT,
                      .def = 64,
                      .lo = 1,
                      .hi = 1e6,
                      .doc = "number of random planes (d > 2)" },
                    { .name = "seed",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 0,
                      .hi = 1e9,
                      .doc = "of the planes" } },
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "rad^2",
    .cost = "k n (d + log n)",
    .reading = "(pi^2/6)(1 - 1/n) for i.i.d. points, 0 for a regular polygon in every plane",
    .degenerate = "coincident points: finite, one-sided gradient; n = 1: 0",
    .scratch = sliced_dispersion_scratch,
    .eval = sliced_dispersion_eval,
    .expected = sliced_dispersion_expected,
    .bound = sliced_dispersion_bound,
};
