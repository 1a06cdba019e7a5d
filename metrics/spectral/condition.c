#include <math.h>

#include "metrics/spectral/spectrum.h"

static usph_status condition_eval(const usph_metric_spec *m, usph_shape shape,
                                  const double *x, usph_workspace *ws,
                                  usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    (void)m;
    (void)grad;
    const usph_status status = usph_spectrum_of(shape, x, false, ws, &s);
    if (status == USPH_OK) {
        const double top = s.values[s.m - 1];
        const double low = s.values[0];
        out->value = low > USPH_SPECTRUM_ZERO * top ? top / low : HUGE_VAL;
        out->extra[out->extras++] = (usph_extra){ "largest", top };
        out->extra[out->extras++] = (usph_extra){ "smallest", low };
    }
    usph_workspace_release(ws, mark);
    return status;
}

/* The smallest eigenvalue has a density like lambda^((|n - d| - 1)/2) at 0. */
static double condition_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    const size_t apart = shape.n > shape.d ? shape.n - shape.d : shape.d - shape.n;
    if (shape.n == 1)
        return 1;
    return apart <= 1 ? HUGE_VAL : (double)NAN;
}

static usph_bound condition_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return (usph_bound){ .value = 1, .tight = true };
}

/**
 * Condition number of X'X, or of XX' where n < d: largest over smallest eigenvalue.
 *
 * Shapes: any. Cost: n d min(n, d). Rank-deficient sets: +inf. The mean over i.i.d.
 * points diverges for |n - d| <= 1.
 * Source: Edelman1988.
 */
const usph_metric usph_metric_condition = {
    .entry = {
        .name = "condition",
        .title = "condition number",
        .formula = "largest over smallest eigenvalue of X'X, or of XX' if n < d",
        .source = "Edelman1988",
    },
    .flags = USPH_METRIC_SIGN_FREE | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "1 for tight frames and orthonormal sets; infinite if a direction is not "
               "used at all",
    .degenerate = "rank-deficient sets: +inf",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = condition_eval,
    .expected = condition_expected,
    .bound = condition_bound,
};
