#include <math.h>

#include "metrics/spectral/spectrum.h"

static usph_status nuclear_norm_eval(const usph_metric_spec *m, usph_shape shape,
                                     const double *x, usph_workspace *ws,
                                     usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    (void)m;
    usph_status status = usph_spectrum_of(shape, x, true, ws, &s);
    if (status == USPH_OK) {
        double *slopes = usph_workspace_take(ws, s.m);
        double sum = 0;
        for (size_t i = 0; i < s.m; i++) {
            sum += sqrt(s.values[i]);
            slopes[i] = 0.5 / sqrt(s.values[i]);
        }
        out->value = sum;
        /* a singular value of 0 has a cone of subgradients */
        if (grad != NULL && s.values[0] < USPH_SPECTRUM_ZERO * s.values[s.m - 1])
            status = USPH_ERR_DOMAIN;
        else if (grad != NULL)
            status = usph_spectrum_gradient(shape, x, &s, slopes, ws, grad);
    }
    usph_workspace_release(ws, mark);
    return status;
}

static usph_bound nuclear_norm_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    return (usph_bound){ .value = sqrt(n * fmin(n, (double)shape.d)), .tight = true };
}

/**
 * Nuclear norm of X: the sum of its singular values (MMCR).
 *
 * Shapes: any. Cost: n d min(n, d). Rank-deficient sets: a value, no gradient. The
 * bound follows from sum lambda = n by Cauchy and Schwarz; tight frames attain it.
 * Source: YerxaEtAl2023.
 */
const usph_metric usph_metric_nuclear_norm = {
    .entry = {
        .name = "nuclear_norm",
        .title = "nuclear norm",
        .formula = "sum of the singular values of X",
        .source = "YerxaEtAl2023",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "sqrt(n min(n, d)) for tight frames and orthonormal sets, sqrt(n) for "
               "points on a line",
    .degenerate = "finite everywhere; rank-deficient sets have no gradient",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = nuclear_norm_eval,
    .bound = nuclear_norm_bound,
};
