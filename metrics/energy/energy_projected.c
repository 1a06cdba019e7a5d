#include <math.h>
#include <string.h>

#include "metrics/energy/projection.h"
#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"

enum { /* the parameters, by their places */
    DIMENSIONS,
    COUNT,
    LAW,
    HALF,
    SEED,
    HAAR = 0, /* words of `law` */
};

static size_t dimensions(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[DIMENSIONS];
}

static bool is_half(const usph_metric_spec *m)
{
    return m->metric.values[HALF] != 0;
}

static usph_status energy_projected_check(const usph_metric_spec *m, usph_shape shape,
                                          usph_error *err)
{
    if (m->metric.values[LAW] == HAAR && dimensions(m) > shape.d)
        return usph_fail(
            err, USPH_ERR_SHAPE,
            "energy_projected.k = %zu is above d = %zu: so many dimensions "
            "have no orthonormal projection",
            dimensions(m), shape.d);
    return is_half(m) ? USPH_OK : usph_metric_needs_pairs(m, shape, err);
}

static size_t energy_projected_scratch(const usph_metric_spec *m, usph_shape shape,
                                       unsigned threads)
{
    const usph_shape small = { shape.n, dimensions(m) };
    return usph_projection_scratch(shape, small.d) +
           usph_workspace_cost(usph_shape_size(small)) +
           usph_pairs_scratch(small, threads);
}

/* Pairs, and how often a pair of X counts, as for the energy. */
static double energy_projected_pairs(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    return is_half(m) ? n * (2 * n - 1) : usph_shape_pairs(shape);
}

/* One projection: its mean energy and, times `share`, its gradient. */
static usph_status add_projection(const usph_metric_spec *m,
                                  usph_projection *projection, const double *x,
                                  double share, double *g, usph_workspace *ws,
                                  usph_measure *out, double *grad)
{
    const usph_shape small = { projection->from.n, projection->k };
    const double pairs = energy_projected_pairs(m, small);
    const double times = is_half(m) ? 2 : 1;
    const usph_pairs_form form = { .kernel = &m->kernel, .half = is_half(m) };
    usph_pairs_energy energy;
    USPH_TRY(usph_projection_apply(projection, x));
    USPH_TRY(usph_pairs_energy_sum(&form, small, projection->z, ws, &energy,
                                   grad != NULL ? g : NULL));
    double sum = times * energy.sum;
    if (is_half(m))
        sum += (double)small.n * usph_kernel_at(&m->kernel, small.d, 4);
    out->value += share * sum / pairs;
    out->coincident = energy.coincident;
    if (grad != NULL)
        usph_projection_pull(projection, share * times / pairs, g, grad);
    return USPH_OK;
}

static usph_status energy_projected_eval(const usph_metric_spec *m, usph_shape shape,
                                         const double *x, usph_workspace *ws,
                                         usph_measure *out, double *grad)
{
    const size_t count = (size_t)m->metric.values[COUNT];
    const size_t mark = usph_workspace_mark(ws);
    usph_projection projection = usph_projection_take(shape, dimensions(m), ws);
    double *g = usph_workspace_take(ws, shape.n * dimensions(m));
    usph_status status = USPH_OK;
    out->value = 0;
    if (grad != NULL)
        memset(grad, 0, usph_shape_size(shape) * sizeof *grad);
    for (size_t c = 0; c < count && status == USPH_OK; c++) {
        usph_rng rng;
        usph_rng_init(&rng, (uint64_t)m->metric.values[SEED], c, USPH_FOR_METRIC);
        status = usph_projection_draw(&projection, m->metric.values[LAW] == HAAR, &rng);
        if (status == USPH_OK)
            status =
                add_projection(m, &projection, x, 1 / (double)count, g, ws, out, grad);
    }
    usph_workspace_release(ws, mark);
    return status;
}

/* An orthonormal projection of a uniform point is uniform on the smaller sphere. */
static double energy_projected_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double mean = usph_kernel_mean(&m->kernel, dimensions(m));
    if (m->metric.values[LAW] != HAAR)
        return NAN;
    if (!is_half(m) || isinf(mean))
        return mean;
    return (2 * (n - 1) * mean + usph_kernel_at(&m->kernel, dimensions(m), 4)) /
           (2 * n - 1);
}

/**
 * Mean energy of random projections of the points to a smaller sphere (CoMHE).
 *
 * Definition: mean over `p` random k x d matrices P of the energy of P x_i/|P x_i| on
 *             S^(k-1); the matrices are those of a stated seed, so the value is a
 *             function of the points.
 * Shapes: n >= 2 (n >= 1 with half=1), k <= d for law=haar. Cost: O(p n (n k + d k)).
 * Coincident projections: as the energy. Not rotation invariant, since the matrices
 * stay. Source: LinEtAl2020; expectation in docs/method.md.
 */
const usph_metric usph_metric_energy_projected = {
    .entry = {
        .name = "energy_projected",
        .title = "projected energy",
        .formula = "mean over random P of the energy of P x_i/|P x_i|",
        .source = "LinEtAl2020",
        .note = "the published setting: k=40, p=20, law=gauss, half=1, riesz:s=2",
        .params = { { .name = "k",
                      .type = USPH_INT,
                      .def = 3,
                      .lo = 2,
                      .hi = 4096,
                      .doc = "dimensions of the projections" },
                    { .name = "p",
                      .type = USPH_INT,
                      .def = 4,
                      .lo = 1,
                      .hi = 10000,
                      .doc = "number of projections" },
                    { .name = "law",
                      .type = USPH_WORD,
                      .def = HAAR,
                      .hi = 1,
                      .words = "haar|gauss",
                      .doc = "rows orthonormal, or independent and normal as published" },
                    { .name = "half",
                      .type = USPH_BOOL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1,
                      .doc = "1: of the 2n points X and -X (half-space form)" },
                    { .name = "seed",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 0,
                      .hi = 4294967295,
                      .doc = "of the projections" } },
    },
    .flags = USPH_METRIC_KERNEL | USPH_METRIC_SMOOTH | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "p n (n k + d k)",
    .reading = "as the energy in dimension k, where it is not flat as it is in many "
               "dimensions",
    .degenerate = "coincident points: as the energy; n = 1 is refused unless half=1; k "
                  "above d is refused for law=haar",
    .check = energy_projected_check,
    .scratch = energy_projected_scratch,
    .eval = energy_projected_eval,
    .pairs = energy_projected_pairs,
    .expected = energy_projected_expected,
};
