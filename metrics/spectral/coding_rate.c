#include <math.h>

#include "metrics/spectral/spectrum.h"

/* a = d/(n eps^2) in 1/2 log det(I + a X'X) */
static double factor(const usph_metric_spec *m, usph_shape shape)
{
    const double eps = m->metric.values[0];
    return (double)shape.d / ((double)shape.n * eps * eps);
}

static usph_status coding_rate_eval(const usph_metric_spec *m, usph_shape shape,
                                    const double *x, usph_workspace *ws,
                                    usph_measure *out, double *grad)
{
    const double a = factor(m, shape);
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    usph_status status = usph_spectrum_of(shape, x, true, ws, &s);
    if (status == USPH_OK) {
        double *slopes = usph_workspace_take(ws, s.m);
        double sum = 0;
        for (size_t i = 0; i < s.m; i++) {
            sum += log1p(a * s.values[i]);
            slopes[i] = 0.5 * a / (1 + a * s.values[i]);
        }
        out->value = 0.5 * sum;
        if (grad != NULL)
            status = usph_spectrum_gradient(shape, x, &s, slopes, ws, grad);
    }
    usph_workspace_release(ws, mark);
    return status;
}

/* log is concave and sum lambda = n: equal eigenvalues are best. */
static usph_bound coding_rate_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double k = fmin(n, (double)shape.d);
    return (usph_bound){ .value = 0.5 * k * log1p(factor(m, shape) * n / k),
                         .tight = true };
}

/**
 * Coding rate: nats needed for the points up to a distortion.
 *
 * Definition: 1/2 log det(I + d/(n eps^2) X'X).
 * Shapes: any. Cost: n d min(n, d). Tight frames and orthonormal sets attain the bound.
 * Source: YuEtAl2020.
 */
const usph_metric usph_metric_coding_rate = {
    .entry = {
        .name = "coding_rate",
        .title = "coding rate",
        .formula = "1/2 log det(I + d/(n eps^2) X'X)",
        .source = "YuEtAl2020",
        .params = { { .name = "eps",
                      .type = USPH_REAL,
                      .def = 0.5,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "distortion" } },
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_HIGHER,
    .unit = "nat",
    .cost = "n d min(n, d)",
    .reading = "grows with the volume that the points span; the smaller eps is, the more "
               "the smallest eigenvalues count",
    .degenerate = "finite everywhere",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = coding_rate_eval,
    .bound = coding_rate_bound,
};
