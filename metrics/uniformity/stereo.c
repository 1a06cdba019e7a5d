#include <math.h>

#include "core/special.h"
#include "metrics/uniformity/uniformity.h"

static const double PI = 3.14159265358979323846;

/* (G((d-2)/2) / G((d-1)/2))^2 (d-2)/2 */
static double half_mean(size_t d)
{
    const double h = 0.5 * ((double)d - 2);
    return h * exp(-2 * usph_log_gamma_ratio(h, 0.5));
}

static void stereo_prepare(const usph_metric_spec *m, size_t d, double *table)
{
    table[0] = (1 + m->metric.values[0]) * half_mean(d);
}

static void stereo_pair(const usph_metric_spec *m, size_t d, const double *table,
                        const usph_pairs_run *run, double *h, double *dh)
{
    (void)d;
    const double a = m->metric.values[0];
    const double mean = table[0];
    const double *r2 = run->r2;
    const double *q2 = run->q2;
    for (size_t p = 0; p < run->count; p++)
        h[p] = sqrt(q2[p] / r2[p]) - mean;
    for (size_t p = 0; p < run->count && a != 0; p++)
        h[p] += a * sqrt(r2[p] / q2[p]);
    /* d(q/r)/dr2 = -2/(r^3 q), d(r/q)/dr2 = 2/(r q^3), of q2 = 4 - r2 */
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = (2 * a / q2[p] - 2 / r2[p]) / sqrt(r2[p] * q2[p]);
}

/*
 * v_(2j-1)^2 = (1-a) (d-2)/(2 pi) (2j-1)/(2j+d-3) (G(j-1/2) G(d/2-1) / G(j+(d-3)/2))^2,
 * v_(2j)^2   = (1+a) (d-2)/(2 pi)                 (G(j+1/2) G(d/2-1) / G(j+(d-1)/2))^2.
 */
static bool stereo_weights(const usph_metric_spec *m, size_t d, size_t count,
                           double *v2)
{
    const double a = m->metric.values[0];
    const double h = 0.5 * ((double)d - 2);
    double ratio = sqrt(PI) * exp(-usph_log_gamma_ratio(h, 0.5)); /* j = 1, odd */
    if (d <= 3)
        return false;
    for (size_t k = 1; k <= count; k++) {
        const double j = 0.5 * (double)(k + 1); /* for odd k */
        if (k % 2 == 1) {
            v2[k - 1] =
                (1 - a) * h / PI * (2 * j - 1) / (2 * (j + h) - 1) * ratio * ratio;
            ratio *= (j - 0.5) / (j + h - 0.5);
        } else {
            v2[k - 1] = (1 + a) * h / PI * ratio * ratio;
        }
    }
    return true;
}

static usph_status stereo_check(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err)
{
    (void)m;
    if (shape.d < 3)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "stereo has no mean for d = 2; it needs d >= 3");
    return USPH_OK;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(true),
    .table = 1,
    .prepare = stereo_prepare,
    .pair = stereo_pair,
    .weights = stereo_weights,
};

/**
 * Test with the stereographic kernel cot(theta/2) + a tan(theta/2), whose mean is
 * (1+a) (d-2)/2 (G((d-2)/2)/G((d-1)/2))^2.
 *
 * Shapes: d >= 3; a law is known for d > 3 (for d = 3 the variance is infinite).
 * Cost: O(n^2 d). Coincident points: +inf; antipodal points: +-inf with the sign of a;
 * no gradient at either. Source: FernandezGarcia2023.
 */
const usph_metric usph_metric_stereo = {
    .entry = {
        .name = "stereo",
        .title = "stereographic test",
        .formula = "(2/n) sum of (cot(theta_ij/2) + a tan(theta_ij/2) - its mean) over pairs i < j",
        .source = "FernandezGarcia2023",
        .params = { { .name = "a",
                      .type = USPH_REAL,
                      .def = 0,
                      .lo = -1,
                      .hi = 1,
                      .doc = "share of the antipodal pole" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 for i.i.d. points, below for more even ones; near pairs count most",
    .degenerate = "coincident points: +inf; antipodal points: +-inf as a; no gradient there; n = 1: 0",
    .check = stereo_check,
    .pass = &TEST.pass,
    .expected = usph_uniformity_zero,
};
