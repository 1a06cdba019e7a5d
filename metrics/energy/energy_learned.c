#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/energy/projection.h"
#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"

enum { /* the parameters, by their places */
    DIMENSIONS,
    STEPS,
    BY,
    SEED,
    ANGLE = 0, /* words of `by` */
};

static size_t dimensions(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[DIMENSIONS];
}

static usph_status energy_learned_check(const usph_metric_spec *m, usph_shape shape,
                                        usph_error *err)
{
    if (dimensions(m) > shape.d)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "energy_learned.k = %zu is above d = %zu: so many dimensions "
                         "have no orthonormal projection",
                         dimensions(m), shape.d);
    return usph_metric_needs_pairs(m, shape, err);
}

static size_t energy_learned_scratch(const usph_metric_spec *m, usph_shape shape,
                                     unsigned threads)
{
    const usph_shape small = { shape.n, dimensions(m) };
    return usph_projection_scratch(shape, small.d) +
           usph_workspace_cost(usph_shape_size(small)) +
           usph_workspace_cost(small.d * shape.d) + usph_pairs_scratch(small, threads);
}

/* Half the gradient by z of the sum over pairs of (cosine before - cosine after)^2. */
static void angle_slope(const usph_projection *pr, const double *x, double *g)
{
    const size_t n = pr->from.n;
    const size_t d = pr->from.d;
    const size_t k = pr->k;
    memset(g, 0, n * k * sizeof *g);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            const double *zi = pr->z + i * k;
            const double *zj = pr->z + j * k;
            const double apart =
                usph_dot(k, zi, zj) - usph_dot(d, x + i * d, x + j * d);
            for (size_t c = 0; c < k; c++) {
                g[i * k + c] += apart * zj[c];
                g[j * k + c] += apart * zi[c];
            }
        }
    }
}

/* One step of the projection's length 1/10, shorter each time, downhill or uphill. */
static void change(usph_projection *pr, size_t step, double sign, const double *dp)
{
    const size_t size = pr->k * pr->from.d;
    const double length = sqrt(usph_dot(size, pr->p, pr->p));
    const double slope = sqrt(usph_dot(size, dp, dp));
    const double a =
        slope > 0 ? sign * 0.1 * length / (slope * (1 + 0.1 * (double)step)) : 0;
    for (size_t p = 0; p < size; p++)
        pr->p[p] += a * dp[p];
}

static usph_status learn(const usph_metric_spec *m, usph_projection *pr,
                         const double *x, double *g, double *dp, usph_workspace *ws,
                         usph_pairs_energy *energy)
{
    const usph_shape small = { pr->from.n, pr->k };
    const usph_pairs_form form = { .kernel = &m->kernel };
    const bool angle = m->metric.values[BY] == ANGLE;
    const size_t steps = (size_t)m->metric.values[STEPS];
    for (size_t s = 0; s < steps; s++) {
        USPH_TRY(usph_projection_apply(pr, x));
        if (angle)
            angle_slope(pr, x, g);
        else
            USPH_TRY(usph_pairs_energy_sum(&form, small, pr->z, ws, energy, g));
        usph_projection_slope(pr, x, g, dp);
        change(pr, s, angle ? -1 : 1, dp);
    }
    USPH_TRY(usph_projection_apply(pr, x));
    return usph_pairs_energy_sum(&form, small, pr->z, ws, energy, NULL);
}

static usph_status energy_learned_eval(const usph_metric_spec *m, usph_shape shape,
                                       const double *x, usph_workspace *ws,
                                       usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_projection pr = usph_projection_take(shape, dimensions(m), ws);
    double *g = usph_workspace_take(ws, shape.n * dimensions(m));
    double *dp = usph_workspace_take(ws, dimensions(m) * shape.d);
    usph_pairs_energy energy = { .sum = NAN };
    usph_rng rng;
    (void)grad;
    usph_rng_init(&rng, (uint64_t)m->metric.values[SEED], 0, USPH_FOR_METRIC);
    usph_status status = usph_projection_draw(&pr, true, &rng);
    if (status == USPH_OK)
        status = learn(m, &pr, x, g, dp, ws, &energy);
    out->value = energy.sum / usph_shape_pairs(shape);
    out->coincident = energy.coincident;
    out->kind = USPH_KIND_ESTIMATE;
    usph_workspace_release(ws, mark);
    return status;
}

/**
 * Energy of the points under one projection that is itself learned (CoMHE).
 *
 * Definition: from an orthonormal k x d matrix of a stated seed, `steps` normalized
 *             gradient steps that keep the angles between points (by=angle), or that
 * raise the energy (by=adversary); then the mean energy of P x_i/|P x_i|. Shapes: n >=
 * 2, k <= d. Cost: steps n (n k + d k); by=angle steps n^2 d. An estimate of the best
 * projection: neither search is global. No gradient, since the projection follows the
 * points. Source: LinEtAl2020.
 */
const usph_metric usph_metric_energy_learned = {
    .entry = {
        .name = "energy_learned",
        .title = "energy of a learned projection",
        .formula = "energy of P x_i/|P x_i|, P found by gradient steps",
        .source = "LinEtAl2020",
        .params = { { .name = "k",
                      .type = USPH_INT,
                      .def = 3,
                      .lo = 2,
                      .hi = 4096,
                      .doc = "dimensions of the projection" },
                    { .name = "steps",
                      .type = USPH_INT,
                      .def = 10,
                      .lo = 0,
                      .hi = 100000,
                      .doc = "gradient steps of the projection" },
                    { .name = "by",
                      .type = USPH_WORD,
                      .def = ANGLE,
                      .hi = 1,
                      .words = "angle|adversary",
                      .doc = "keep the angles, or raise the energy" },
                    { .name = "seed",
                      .type = USPH_INT,
                      .def = 1,
                      .lo = 0,
                      .hi = 4294967295,
                      .doc = "of the first projection" } },
    },
    .flags = USPH_METRIC_KERNEL | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "steps n (n k + d k), by=angle steps n^2 d",
    .reading = "by=adversary: how bad the points look from the worst direction found; "
               "by=angle: the energy where it is not flat, with the angles kept",
    .degenerate = "coincident points: as the energy, and by=adversary has no value where "
                  "that is infinite; n = 1 is refused",
    .check = energy_learned_check,
    .work = usph_metric_search_work,
    .scratch = energy_learned_scratch,
    .eval = energy_learned_eval,
};
