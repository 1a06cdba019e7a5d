#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/metric.h"

enum {
    FORM_MINIMUM, /* -2 - 2 |mean x| */
    FORM_SUM,     /* -|sum x| */
};

static bool is_sum(const usph_metric_spec *m)
{
    return m->metric.values[0] == FORM_SUM;
}

static size_t relaxed_scratch(const usph_metric_spec *m, usph_shape shape,
                              unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d);
}

/* A balanced set is a maximum with a corner: 0 is a supergradient there. */
static void fill_gradient(usph_shape shape, const double *sum, double scale,
                          double *grad)
{
    for (size_t i = 0; i < shape.n; i++)
        for (size_t k = 0; k < shape.d; k++)
            grad[i * shape.d + k] = scale * sum[k];
}

static usph_status polarization_relaxed_eval(const usph_metric_spec *m,
                                             usph_shape shape, const double *x,
                                             usph_workspace *ws, usph_measure *out,
                                             double *grad)
{
    const double n = (double)shape.n;
    const double share = is_sum(m) ? 1 : 2 / n;
    const size_t mark = usph_workspace_mark(ws);
    double *sum = usph_workspace_take(ws, shape.d);
    memset(sum, 0, shape.d * sizeof *sum);
    for (size_t i = 0; i < shape.n; i++)
        for (size_t k = 0; k < shape.d; k++)
            sum[k] += x[i * shape.d + k];
    const double norm = sqrt(usph_dot(shape.d, sum, sum));
    out->value = (is_sum(m) ? 0 : -2) - share * norm;
    out->extra[out->extras++] = (usph_extra){ "mean_length", norm / n };
    if (grad != NULL)
        fill_gradient(shape, sum, norm > 1e-14 * n ? -share / norm : 0, grad);
    usph_workspace_release(ws, mark);
    return USPH_OK;
}

static usph_bound polarization_relaxed_bound(const usph_metric_spec *m,
                                             usph_shape shape)
{
    const double single = shape.n == 1 ? (is_sum(m) ? 1 : 2) : 0;
    return (usph_bound){ .value = (is_sum(m) ? 0 : -2) - single, .tight = true };
}

/**
 * Polarization of K = -r^2, in closed form: relaxed polarization (r-MHP).
 *
 * Definition: min_v (1/n) sum_i -|v - x_i|^2 = -2 - 2 |(1/n) sum_i x_i|, at the pole
 *             opposite to the mean; with form=sum minus the norm of the sum, as the
 *             published code has it (there of weights that are not normalized).
 * Shapes:     all. Cost: O(n d).
 * Balanced sets, antipodal pairs among them, are all best: a necessary condition of
 * uniformity and far from a sufficient one. Gradient 0 is returned there.
 * Source: LiuEtAl2021; identity in docs/method.md.
 */
const usph_metric usph_metric_polarization_relaxed = {
    .entry = {
        .name = "polarization_relaxed",
        .title = "relaxed polarization",
        .formula = "-2 - 2 |mean of x_i|, or -|sum of x_i|",
        .source = "LiuEtAl2021",
        .note = "every balanced set is optimal, also two clusters at antipodes",
        .params = { { .name = "form",
                      .type = USPH_WORD,
                      .def = FORM_MINIMUM,
                      .lo = FORM_MINIMUM,
                      .hi = FORM_SUM,
                      .words = "minimum|sum",
                      .doc = "minimum of the potential, or minus the norm of the sum" } },
    },
    .flags = USPH_METRIC_NO_PAIRS | USPH_METRIC_SMOOTH,
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n d",
    .reading = "how far the centre of mass is from the centre: at its best for any balanced set",
    .degenerate = "antipodal pairs cancel; n = 1: -4 (form=sum: -1)",
    .scratch = relaxed_scratch,
    .eval = polarization_relaxed_eval,
    .bound = polarization_relaxed_bound,
};
