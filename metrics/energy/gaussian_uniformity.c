#include <math.h>

#include "core/special.h"
#include "metrics/log_mean.h"
#include "metrics/metric.h"
#include "metrics/universal.h"

static usph_status gaussian_uniformity_eval(const usph_metric_spec *m, usph_shape shape,
                                            const double *x, usph_workspace *ws,
                                            usph_measure *out, double *grad)
{
    const double t = m->metric.values[0];
    USPH_TRY(usph_log_mean_pairs(t, shape, x, ws, out, grad));
    out->extra[out->extras++] =
        (usph_extra){ "population", usph_log_mean_gauss(t, (double)shape.d) };
    return USPH_OK;
}

/* Jensen twice: no set beats the value at the simplex distance. */
static usph_bound gaussian_uniformity_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double t = m->metric.values[0];
    const double optimum = usph_log_mean_universal(t, shape);
    if (!isnan(optimum))
        return (usph_bound){ .value = optimum, .tight = true };
    return (usph_bound){ .value = -t * usph_simplex_r2(shape.n) };
}

/**
 * Logarithm of the mean Gaussian potential over pairs: Wang and Isola's uniformity.
 *
 * Shapes: n >= 2, d >= 2. Cost: O(n^2 d).
 * Coincident points: finite. The value of the uniform distribution itself, log E K, is
 * in the extra "population"; it is above the mean for n random points (Jensen). Source:
 * WangIsola2020.
 */
const usph_metric usph_metric_gaussian_uniformity = {
    .entry = {
        .name = "gaussian_uniformity",
        .title = "Gaussian uniformity",
        .formula = "log of the mean of exp(-t |x_i - x_j|^2) over pairs i < j",
        .source = "WangIsola2020",
        .note = "tends to -2t for any spread-out set as d grows",
        .params = { { .name = "t",
                      .type = USPH_REAL,
                      .def = 2,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .doc = "inverse squared width",
                      .sharpness = true } },
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "nat",
    .cost = "n^2 d",
    .reading = "-2t is its limit in many dimensions, near which it says little",
    .degenerate = "coincident points: finite; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_metric_pairs_scratch,
    .eval = gaussian_uniformity_eval,
    .bound = gaussian_uniformity_bound,
};
