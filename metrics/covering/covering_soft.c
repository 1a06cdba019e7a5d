#include <math.h>

#include "core/sphere.h"
#include "metrics/covering/pole.h"
#include "metrics/kernel.h"

/* Certificate's kernel values, as for polarization. */
static const double WORK = 1e6;

static size_t covering_soft_scratch(const usph_metric_spec *m, usph_shape shape,
                                    unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_pole_scratch(shape) + usph_workspace_cost(shape.d);
}

/* h = -(1/gamma) log mean exp(-gamma r_i^2) at a fixed pole v, by the largest term. */
static double soft_distance(double gamma, usph_shape shape, const double *x,
                            const double *v, double *grad)
{
    const size_t d = shape.d;
    double nearest = INFINITY;
    double sum = 0;
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < shape.n; i++) {
            double r2 = 0;
            for (size_t k = 0; k < d; k++)
                r2 += (v[k] - x[i * d + k]) * (v[k] - x[i * d + k]);
            const double weight = exp(-gamma * (r2 - nearest));
            if (pass == 0)
                nearest = fmin(nearest, r2);
            if (pass == 1)
                sum += weight;
            for (size_t k = 0; k < d && pass == 2 && grad != NULL; k++)
                grad[i * d + k] = 2 * (weight / sum) * (x[i * d + k] - v[k]);
        }
    }
    return nearest - log(sum / (double)shape.n) / gamma;
}

static usph_status covering_soft_eval(const usph_metric_spec *m, usph_shape shape,
                                      const double *x, usph_workspace *ws,
                                      usph_measure *out, double *grad)
{
    const double gamma = m->metric.values[0];
    const size_t mark = usph_workspace_mark(ws);
    double *at = usph_workspace_take(ws, shape.d);
    usph_spec gauss;
    usph_pole pole;
    USPH_TRY(usph_spec_parse(&usph_kernels, "gauss:t=1", &gauss, NULL));
    gauss.values[0] = gamma;
    usph_pole_find(&gauss, WORK, shape, x, ws, &pole, at);
    out->value = soft_distance(gamma, shape, x, at, grad);
    usph_workspace_release(ws, mark);
    out->kind = pole.closed ? USPH_KIND_EXACT : USPH_KIND_LOWER_BOUND;
    out->extra[out->extras++] = (usph_extra){ "witnesses", pole.witnesses };
    return USPH_OK;
}

/* The largest h is at least that of the mean of exp over the sphere, which every set
   has alike. */
static usph_bound covering_soft_bound(const usph_metric_spec *m, usph_shape shape)
{
    usph_spec gauss;
    if (usph_spec_parse(&usph_kernels, "gauss:t=1", &gauss, NULL) != USPH_OK)
        return (usph_bound){ .value = NAN };
    const double gamma = gauss.values[0] = m->metric.values[0];
    const double d = (double)shape.d;
    if (shape.n == 1)
        return (usph_bound){ .value = 4, .tight = true };
    if (shape.n <= shape.d)
        return (usph_bound){ .value = 2, .tight = true };
    if (shape.n == shape.d + 1)
        return (usph_bound){
            .value = 2 - 2 / d - log((d + exp(-gamma * (2 + 2 / d))) / (d + 1)) / gamma,
            .tight = true,
        };
    return (usph_bound){ .value = -log(usph_kernel_mean(&gauss, shape.d)) / gamma };
}

/**
 * Soft covering radius: the largest soft minimum of the squared distances (soft MHC).
 *
 * Definition: max_v h(v), h(v) = -(1/gamma) log (1/n) sum_i exp(-gamma |v - x_i|^2),
 *             which is between min_i |v - x_i|^2 and that plus (log n)/gamma.
 * Shapes:     all. Cost, search and certificate: those of polarization/gauss, of which
 *             it is a function; kind is lower_bound where the certificate does not
 * close. Gradient:   at the pole v that was found, d/dx_i = 2 w_i (x_i - v) with the
 * soft minimum's weights w (Danskin): that of the value where v is the only pole, a
 * subgradient elsewhere. Source: LiuEtAl2021; derivation in docs/method.md.
 */
const usph_metric usph_metric_covering_soft = {
    .entry = {
        .name = "covering_soft",
        .title = "soft covering radius",
        .formula = "max over v of -(1/gamma) log of the mean of exp(-gamma |v - x_i|^2)",
        .source = "LiuEtAl2021",
        .note = "a squared chord, off by up to (log n)/gamma: choose gamma by the resolution",
        .params = { { .name = "gamma",
                      .type = USPH_REAL,
                      .def = 10,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 100,
                      .doc = "sharpness; the published code has 10" } },
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the squared distance from the largest hole to its nearest points, softened",
    .degenerate = "coincident points count twice; n = 1: 4",
    .work = usph_metric_search_work,
    .scratch = covering_soft_scratch,
    .eval = covering_soft_eval,
    .bound = covering_soft_bound,
};
