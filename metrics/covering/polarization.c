#include <math.h>

#include "metrics/covering/pole.h"
#include "metrics/kernel.h"

static size_t polarization_scratch(const usph_metric_spec *m, usph_shape shape,
                                   unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_pole_scratch(shape) + usph_workspace_cost(shape.d);
}

static usph_status polarization_eval(const usph_metric_spec *m, usph_shape shape,
                                     const double *x, usph_workspace *ws,
                                     usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    double *at = usph_workspace_take(ws, shape.d);
    usph_pole pole;
    (void)grad;
    usph_pole_find(&m->kernel, m->metric.values[0], shape, x, ws, &pole, at);
    usph_workspace_release(ws, mark);
    out->value = pole.value;
    out->kind = pole.closed ? USPH_KIND_EXACT : USPH_KIND_UPPER_BOUND;
    out->extra[out->extras++] = (usph_extra){ "witnesses", pole.witnesses };
    if (isfinite(pole.lower)) {
        out->extra[out->extras++] = (usph_extra){ "certified_lower", pole.lower };
        out->extra[out->extras++] = (usph_extra){ "certified_upper", pole.value };
    }
    return USPH_OK;
}

/* Pairs of the pole with a point: the literature tabulates the sum over them. */
static double polarization_pairs(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (double)shape.n;
}

/*
 * K convex and decreasing in r2. n <= d: some v has equal inner products c <= 0 with
 * all points, and a simplex of dimension n - 1 attains c = 0 by Jensen. n = d + 1: the
 * simplex, with its poles opposite to its points (docs/method.md). Any n: the least
 * value is at most the mean over the sphere.
 */
static usph_bound polarization_bound(const usph_metric_spec *m, usph_shape shape)
{
    const bool monotone =
        (usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) != 0;
    const double d = (double)shape.d;
    if (monotone && shape.n == 1)
        return (usph_bound){ .value = usph_kernel_at(&m->kernel, shape.d, 4),
                             .tight = true };
    if (monotone && shape.n <= shape.d)
        return (usph_bound){ .value = usph_kernel_at(&m->kernel, shape.d, 2),
                             .tight = true };
    if (monotone && shape.n == shape.d + 1)
        return (usph_bound){ .value =
                                 (usph_kernel_at(&m->kernel, shape.d, 4) +
                                  d * usph_kernel_at(&m->kernel, shape.d, 2 - 2 / d)) /
                                 (d + 1),
                             .tight = true };
    const double mean = usph_kernel_mean(&m->kernel, shape.d);
    if (isinf(mean))
        return (usph_bound){ .value = NAN };
    return (usph_bound){ .value = mean };
}

/**
 * Polarization: the least mean potential of the points on the sphere (MHP).
 *
 * Definition: min_v (1/n) sum_i K(|v - x_i|).
 * Shapes:     all.
 * Cost:       n^2 d for the candidates (the antipodes of all points), n d^2 for each
 *             Newton step of the best 32; for d <= 3 up to `work` kernel
 *             values for the certificate.
 * Value:      of a place, so never below the minimum. With d <= 3 and a kernel that is
 *             convex in r2 a branch and bound encloses the minimum; `kind` is exact if
 *             it closes to 1e-9, else upper_bound.
 * Extras:     witnesses, polished starts that ended at the minimum; certified_lower,
 *             certified_upper (absent without a certificate).
 * Coincident points: count twice. No gradient: the pole jumps.
 * Source: LiuEtAl2021; derivation in docs/method.md.
 */
const usph_metric usph_metric_polarization = {
    .entry = {
        .name = "polarization",
        .title = "polarization",
        .formula = "min over v of the mean of K(|v - x_i|) over i",
        .source = "LiuEtAl2021",
        .note = "the sum over i, which the literature tabulates, is reported beside the mean",
        .params = { { .name = "work",
                      .type = USPH_REAL,
                      .def = 1e6,
                      .lo = 0,
                      .hi = 1e12,
                      .doc = "kernel values for a certificate (d <= 3)" } },
    },
    /* of random places the search may find another minimum */
    .flags = USPH_METRIC_KERNEL | USPH_METRIC_CHORDAL |
             USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the potential at the place that the points reach least: one hole decides",
    .degenerate = "coincident points count twice; n = 1: K at the antipode",
    .work = usph_metric_search_work,
    .scratch = polarization_scratch,
    .eval = polarization_eval,
    .pairs = polarization_pairs,
    .bound = polarization_bound,
};
