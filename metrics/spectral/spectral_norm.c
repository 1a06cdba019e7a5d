#include <math.h>

#include "metrics/spectral/spectrum.h"

/* XX' has the eigenvalues of X'X and, if n > d, zeros. */
static usph_status spectral_norm_eval(const usph_metric_spec *m, usph_shape shape,
                                      const double *x, usph_workspace *ws,
                                      usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    (void)m;
    (void)grad;
    const usph_status status = usph_spectrum_of(shape, x, false, ws, &s);
    if (status == USPH_OK) {
        out->value = fmax(fabs(s.values[s.m - 1] - 1), fabs(1 - s.values[0]));
        if (shape.n > shape.d)
            out->value = fmax(out->value, 1);
        out->extra[out->extras++] = (usph_extra){ "largest", s.values[s.m - 1] };
        out->extra[out->extras++] = (usph_extra){ "smallest", s.values[0] };
    }
    usph_workspace_release(ws, mark);
    return status;
}

/* The largest eigenvalue is at least the mean n/d of those of X'X. */
static usph_bound spectral_norm_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    const double share = (double)shape.n / (double)shape.d;
    return (usph_bound){ .value = shape.n <= shape.d ? 0 : fmax(1, share - 1),
                         .tight = true };
}

/**
 * Spectral norm of XX' - I (SRIP).
 *
 * Shapes: any. Cost: n d min(n, d). Not smooth where the largest two coincide, as they
 * do at the optima. Source: BansalEtAl2018.
 */
const usph_metric usph_metric_spectral_norm = {
    .entry = {
        .name = "spectral_norm",
        .title = "spectral norm",
        .formula = "largest |eigenvalue| of XX' - I",
        .source = "BansalEtAl2018",
    },
    .flags = USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "how far the Gram matrix is from the identity: 0 for orthonormal sets, at "
               "least max(1, n/d - 1) for n > d",
    .degenerate = "finite everywhere; all points equal: n - 1",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = spectral_norm_eval,
    .bound = spectral_norm_bound,
};
