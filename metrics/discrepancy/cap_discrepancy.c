#include <math.h>

#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

/* Stolarsky's constant G(d/2) / ((d-1) sqrt(pi) G((d-1)/2)). */
static double stolarsky(size_t d)
{
    static const double SQRT_PI = 1.7724538509055160273;
    const double h = 0.5 * ((double)d - 1);
    return exp(usph_log_gamma_ratio(h, 0.5)) / (2 * h * SQRT_PI);
}

/* The kernel -r, whose sum is minus the sum of distances. */
extern const usph_kernel usph_kernel_riesz;
static const usph_spec MINUS_DISTANCE = {
    .entry = &usph_kernel_riesz.entry,
    .values = { -1 },
};

static usph_status cap_discrepancy_eval(const usph_metric_spec *m, usph_shape shape,
                                        const double *x, usph_workspace *ws,
                                        usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const double c = stolarsky(shape.d);
    usph_pairs_energy energy;
    (void)m;
    const usph_pairs_form form = { .kernel = &MINUS_DISTANCE };
    USPH_TRY(usph_pairs_energy_sum(&form, shape, x, ws, &energy, grad));
    const double mean_distance = -usph_kernel_mean(&MINUS_DISTANCE, shape.d);
    out->value = c * (mean_distance + 2 * energy.sum / (n * n));
    out->coincident = energy.coincident;
    out->accuracy = energy.accuracy;
    const size_t size = usph_shape_size(shape);
    if (grad != NULL)
        for (size_t p = 0; p < size; p++)
            grad[p] *= 2 * c / (n * n);
    return USPH_OK;
}

static double cap_discrepancy_move(const usph_metric_spec *m, usph_shape shape,
                                   const double *x, size_t i, const double *xi)
{
    const double n = (double)shape.n;
    (void)m;
    return 2 * stolarsky(shape.d) / (n * n) *
           usph_pairs_energy_move(&MINUS_DISTANCE, false, shape, x, i, xi);
}

static double cap_discrepancy_expected(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return -stolarsky(shape.d) * usph_kernel_mean(&MINUS_DISTANCE, shape.d) /
           (double)shape.n;
}

static double minus_root(double r2, const void *ctx)
{
    (void)ctx;
    return -sqrt(r2);
}

/* -r is completely monotone in r2 up to a constant: bounds of the energy carry over. */
static usph_bound cap_discrepancy_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    const double alone = cap_discrepancy_expected(m, shape) * n;
    if (shape.n == 1)
        return (usph_bound){ .value = alone, .tight = true };
    const double optimum = usph_universal_mean(shape, minus_root, NULL);
    const bool tight = !isnan(optimum);
    const double mean = tight ? optimum : -sqrt(usph_simplex_r2(shape.n));
    return (usph_bound){
        .value = fmax(0, alone + stolarsky(shape.d) * mean * (n - 1) / n),
        .tight = tight,
    };
}

/**
 * Squared L2 spherical cap discrepancy, exactly, by Stolarsky's invariance principle.
 *
 * Definition: integral over caps (centre uniform, height t in [-1, 1]) of
 *             (share of points in the cap - its area)^2
 *             = c_d (E|x - y| - n^-2 sum_{i,j} |x_i - x_j|).
 * Shapes: n >= 1, d >= 2. Cost: O(n^2 d).
 * Coincident points: finite value, no gradient there (the distance has a kink).
 * Source: Stolarsky1973, BrauchartDick2013.
 */
const usph_metric usph_metric_cap_discrepancy = {
    .entry = {
        .name = "cap_discrepancy",
        .title = "cap discrepancy",
        .formula = "c_d (E|x - y| - mean of |x_i - x_j| over all i, j)",
        .source = "BrauchartDick2013",
        .note = "the square of the L2 discrepancy; the same order as riesz:s=-1",
    },
    .flags = USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "mean squared error of the share of points in a random cap as its area",
    .degenerate = "coincident points: finite, no gradient there; n = 1: that of one point",
    .scratch = usph_metric_pairs_scratch,
    .eval = cap_discrepancy_eval,
    .move = cap_discrepancy_move,
    .expected = cap_discrepancy_expected,
    .bound = cap_discrepancy_bound,
};
