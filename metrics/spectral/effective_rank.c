#include <math.h>

#include "metrics/spectral/spectrum.h"

/* exp(H), H = -sum p log p of p = lambda/n; dH/dlambda = -(log p + 1)/n. */
static usph_status effective_rank_eval(const usph_metric_spec *m, usph_shape shape,
                                       const double *x, usph_workspace *ws,
                                       usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    double entropy = 0;
    (void)m;
    usph_status status = usph_spectrum_of(shape, x, true, ws, &s);
    if (status == USPH_OK) {
        double *slopes = usph_workspace_take(ws, s.m);
        for (size_t i = 0; i < s.m; i++) {
            const double p = s.values[i] / n;
            entropy -= p > 0 ? p * log(p) : 0;
            /* times a vanishing vector the slope at 0 counts nothing */
            slopes[i] = p > USPH_SPECTRUM_ZERO ? -(log(p) + 1) / n : 0;
        }
        out->value = exp(entropy);
        for (size_t i = 0; i < s.m; i++)
            slopes[i] *= out->value;
        if (grad != NULL)
            status = usph_spectrum_gradient(shape, x, &s, slopes, ws, grad);
    }
    usph_workspace_release(ws, mark);
    return status;
}

static usph_bound effective_rank_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return (usph_bound){ .value = fmin((double)shape.n, (double)shape.d),
                         .tight = true };
}

/**
 * Effective rank: exponential of the entropy of the normalized eigenvalues of X'X.
 *
 * Definition: exp(-sum p_i log p_i), p_i = lambda_i(X'X)/n.
 * Shapes: any. Cost: n d min(n, d). Attained by tight frames and orthonormal sets.
 * Source: RoyVetterli2007.
 */
const usph_metric usph_metric_effective_rank = {
    .entry = {
        .name = "effective_rank",
        .title = "effective rank",
        .formula = "exp of the entropy of lambda(X'X)/n",
        .source = "RoyVetterli2007",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "number of dimensions in use: 1 for points on a line, min(n, d) for tight "
               "frames and orthonormal sets",
    .degenerate = "finite everywhere; coincident points alone do not matter",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = effective_rank_eval,
    .bound = effective_rank_bound,
};
