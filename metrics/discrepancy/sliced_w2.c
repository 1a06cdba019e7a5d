#include "metrics/discrepancy/circle_transport.h"
#include "metrics/metric.h"

static size_t sliced_w2_scratch(const usph_metric_spec *m, usph_shape shape,
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

static usph_status sliced_w2_eval(const usph_metric_spec *m, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const uint64_t seed = (uint64_t)m->metric.values[1];
    const double scale = 1;
    const double variance =
        usph_circle_transport(seed, planes_of(m, shape), shape, x, ws, scale, grad);
    out->value = variance + 1 / (12 * n * n);
    out->kind = shape.d == 2 ? USPH_KIND_EXACT : USPH_KIND_ESTIMATE;
    return USPH_OK;
}

static double sliced_w2_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    return 1 / (12 * n);
}

/* Regular n-gons in every plane, which exist for d = 2 only. */
static usph_bound sliced_w2_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = 1 / (12 * (double)shape.n * (double)shape.n),
                         .tight = shape.d == 2 || shape.n == 1 };
}

/**
 * Squared Wasserstein distance of the angles in a random plane from the uniform law of
 * the circle, in squared turns, averaged over k planes of a stated seed: an estimate of
 * the mean over all planes, exact for d = 2.
 *
 * Shapes: all. Cost: O(k n (d + log n)). The mean over i.i.d. points is 1/(12n) in
 * every dimension, since a uniform point has a uniform angle in every plane. Coincident
 * points: finite; the gradient is that of the order which they are given in. Points
 * orthogonal to a plane: angle 0 there, without a share in the gradient. Source:
 * BonetEtAl2023.
 */
const usph_metric usph_metric_sliced_w2 = {
    .entry = {
        .name = "sliced_w2",
        .title = "sliced Wasserstein",
        .formula = "mean over planes of W2^2(angles in the plane, uniform), in turns",
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
    .unit = "1",
    .cost = "k n (d + log n)",
    .reading = "1/(12n) for i.i.d. points, 1/(12n^2) for a regular polygon in every plane",
    .degenerate = "coincident points: finite, one-sided gradient; n = 1: 1/12",
    .scratch = sliced_w2_scratch,
    .eval = sliced_w2_eval,
    .expected = sliced_w2_expected,
    .bound = sliced_w2_bound,
};
