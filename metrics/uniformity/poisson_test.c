#include <math.h>

#include "metrics/uniformity/uniformity.h"

static double mean_of(double rho, size_t d)
{
    return exp((double)d * log1p(-rho)) / ((1 - rho) * (1 + rho));
}

/* h <- base^(d/2), by squaring */
static void half_power(size_t d, size_t count, double *base, double *h)
{
    for (size_t p = 0; p < count; p++)
        h[p] = d % 2 != 0 ? sqrt(base[p]) : 1;
    for (size_t e = d / 2; e > 0; e /= 2) {
        for (size_t p = 0; p < count && e % 2 != 0; p++)
            h[p] *= base[p];
        for (size_t p = 0; p < count; p++)
            base[p] *= base[p];
    }
}

static void poisson_test_pair(const usph_metric_spec *m, size_t d, const double *table,
                              const usph_pairs_run *run, double *h, double *dh)
{
    _Alignas(64) double base[USPH_RUN];
    const double rho = m->metric.values[0];
    const double top = (1 - rho) * (1 - rho);
    const double mean = mean_of(rho, d);
    (void)table;
    for (size_t p = 0; p < run->count;
         p++) /* 1 - 2 rho t + rho^2 without cancellation */
        base[p] = top / (top + rho * run->r2[p]);
    half_power(d, run->count, base, h);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] = -0.5 * (double)d * rho * h[p] / (top + rho * run->r2[p]);
    for (size_t p = 0; p < run->count; p++)
        h[p] -= mean;
}

static bool poisson_test_weights(const usph_metric_spec *m, size_t d, size_t count,
                                 double *v2)
{
    const double rho = m->metric.values[0];
    for (size_t k = 0; k < count; k++)
        v2[k] = (k == 0 ? mean_of(rho, d) : v2[k - 1]) * rho;
    return true;
}

static const usph_uniformity TEST = {
    .pass = USPH_UNIFORMITY_PASS(false),
    .pair = poisson_test_pair,
    .weights = poisson_test_weights,
};

/**
 * Test with the Poisson kernel, scaled to 1 at coincidence:
 * K = ((1-rho)^2 / (1 - 2 rho t + rho^2))^(d/2), E K = (1-rho)^d / (1-rho^2).
 *
 * Shapes: all. Cost: O(n^2 d). h has v_k^2 = E K rho^k, so rho near 0 sees the mean
 * only and rho near 1 near pairs. Bound: the universally optimal sets. Coincident
 * points: finite and smooth. Source: FernandezGarcia2023.
 */
const usph_metric usph_metric_poisson_test = {
    .entry = {
        .name = "poisson_test",
        .title = "Poisson test",
        .formula = "(2/n) sum of (K_rho(x_i, x_j) - E K_rho) over pairs i < j",
        .source = "FernandezGarcia2023",
        .params = { { .name = "rho",
                      .type = USPH_REAL,
                      .def = 0.5,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1,
                      .hi_open = true,
                      .doc = "radius of the kernel's pole" } },
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 for i.i.d. points, below for more even ones; rho sets how near the pairs are that count",
    .degenerate = "finite and smooth everywhere; n = 1: 0",
    .pass = &TEST.pass,
    .expected = usph_uniformity_zero,
    .bound = usph_uniformity_monotone,
};
