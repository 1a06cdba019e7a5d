#include <math.h>
#include <string.h>

#include "metrics/spectral/spectrum.h"

/* The points minus their mean; the copy stays taken. */
static double *centred(usph_shape shape, const double *x, usph_workspace *ws)
{
    const size_t size = usph_shape_size(shape);
    double *y = usph_workspace_take(ws, size);
    double *mean = usph_workspace_take(ws, shape.d);
    memset(mean, 0, shape.d * sizeof *mean);
    for (size_t p = 0; p < size; p++)
        mean[p % shape.d] += x[p] / (double)shape.n;
    for (size_t p = 0; p < size; p++)
        y[p] = x[p] - mean[p % shape.d];
    return y;
}

/* The gradient by y of a function of y alone is that by x, since the slopes leave the
   mean direction out: sum_i of it is 0. */
static void remove_mean(usph_shape shape, double *grad, usph_workspace *ws)
{
    const size_t mark = usph_workspace_mark(ws);
    const double *flat = centred(shape, grad, ws);
    memcpy(grad, flat, usph_shape_size(shape) * sizeof *grad);
    usph_workspace_release(ws, mark);
}

static usph_status wasserstein_eval(const usph_metric_spec *m, usph_shape shape,
                                    const double *x, usph_workspace *ws,
                                    usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    const size_t mark = usph_workspace_mark(ws);
    usph_spectrum s;
    (void)m;
    const double *y = centred(shape, x, ws);
    usph_status status = usph_spectrum_of(shape, y, true, ws, &s);
    if (status == USPH_OK) {
        double *slopes = usph_workspace_take(ws, s.m);
        const double least = USPH_SPECTRUM_ZERO * fmax(s.values[s.m - 1], 1e-300);
        double roots = 0;
        for (size_t i = 0; i < s.m; i++) {
            const double root = s.values[i] > least ? sqrt(s.values[i]) : 0;
            roots += root;
            slopes[i] = root > 0 ? -1 / (sqrt(d * n) * root) : 0;
        }
        out->value = fmax(0, 2 - 2 / sqrt(d * n) * roots);
        out->extra[out->extras++] = (usph_extra){ "distance", sqrt(out->value) };
        if (grad != NULL)
            status = usph_spectrum_gradient(shape, y, &s, slopes, ws, grad);
        if (grad != NULL && status == USPH_OK)
            remove_mean(shape, grad, ws);
    }
    usph_workspace_release(ws, mark);
    return status;
}

/* Equal eigenvalues of the covariance and mean 0: a spherical 2-design, which exists
   for all n >= d + 1 but n = d + 2 with odd d; the simplex for n <= d + 1. */
static usph_bound wasserstein_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    (void)m;
    return (usph_bound){
        .value = 2 - 2 * sqrt(fmin((double)shape.n - 1, d) / d),
        .tight = !(shape.n == shape.d + 2 && shape.d % 2 == 1),
    };
}

/**
 * Squared 2-Wasserstein distance of the Gaussian with the points' mean and covariance
 * to the Gaussian N(0, I/d), which stands for the uniform distribution.
 *
 * Definition: 2 - (2/sqrt d) tr S^(1/2), S the centred covariance (1/n); for unit rows
 *             the general formula |mean|^2 + 1 + tr S - ... collapses to this.
 * Shapes: any; n = 1: 2. Cost: n d min(n, d).
 * Rank-deficient sets: a value; their gradient leaves the missing directions out.
 * Source: FangEtAl2024; designs: Mimura1990.
 */
const usph_metric usph_metric_wasserstein = {
    .entry = {
        .name = "wasserstein",
        .title = "Gaussian Wasserstein distance",
        .formula = "2 - (2/sqrt d) tr S^(1/2), S the covariance",
        .source = "FangEtAl2024",
        .note = "the square; its root is the extra `distance`. Sees mean and covariance "
                "only",
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_NO_PAIRS,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n d min(n, d)",
    .reading = "2 - 2 sqrt(r/d) for points that are uniform in r of d dimensions: it sees "
               "collapse that pair energies in many dimensions hardly see",
    .degenerate = "finite everywhere; all points equal, and n = 1: 2",
    .check = usph_spectrum_check,
    .scratch = usph_spectrum_scratch,
    .eval = wasserstein_eval,
    .bound = wasserstein_bound,
};
