#include <math.h>

#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

static bool is_half(const usph_metric_spec *m)
{
    return m->metric.values[0] != 0;
}

static usph_status energy_check(const usph_metric_spec *m, usph_shape shape,
                                usph_error *err)
{
    /* with half=1 a single point and its antipode are a pair */
    return is_half(m) ? USPH_OK : usph_metric_needs_pairs(m, shape, err);
}

static double energy_pairs(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    return is_half(m) ? n * (2 * n - 1) : usph_shape_pairs(shape);
}

/*
 * The half-space form doubles the set to X and -X: each pair of X stands in it twice,
 * as K(r2) + K(q2), and each point has its own antipode at r2 = 4.
 */
static usph_status energy_eval(const usph_metric_spec *m, usph_shape shape,
                               const double *x, usph_workspace *ws, usph_measure *out,
                               double *grad)
{
    const bool half = is_half(m);
    const double pairs = energy_pairs(m, shape);
    const double times = half ? 2 : 1;
    usph_pairs_energy energy;
    const usph_pairs_form form = { .kernel = &m->kernel, .half = half };
    USPH_TRY(usph_pairs_energy_sum(&form, shape, x, ws, &energy, grad));
    double sum = times * energy.sum;
    if (half)
        sum += (double)shape.n * usph_kernel_at(&m->kernel, shape.d, 4);
    out->value = sum / pairs;
    out->coincident = energy.coincident;
    out->accuracy = energy.accuracy;
    const size_t size = usph_shape_size(shape);
    if (grad != NULL)
        for (size_t p = 0; p < size; p++)
            grad[p] *= times / pairs;
    return USPH_OK;
}

static size_t energy_scratch(const usph_metric_spec *m, usph_shape shape,
                             unsigned threads)
{
    const size_t sum = usph_metric_pairs_scratch(m, shape, threads);
    const size_t hessian = usph_pairs_hessian_scratch(shape);
    return sum > hessian ? sum : hessian;
}

static usph_status energy_hessian(const usph_metric_spec *m, usph_shape shape,
                                  const double *x, const double *v, usph_workspace *ws,
                                  double *hv)
{
    const bool half = is_half(m);
    const double scale = (half ? 2 : 1) / energy_pairs(m, shape);
    const usph_pairs_form form = { .kernel = &m->kernel, .half = half };
    USPH_TRY(usph_pairs_hessian(&form, shape, x, v, ws, hv));
    const size_t size = usph_shape_size(shape);
    for (size_t p = 0; p < size; p++)
        hv[p] *= scale;
    return USPH_OK;
}

static double energy_move(const usph_metric_spec *m, usph_shape shape, const double *x,
                          size_t i, const double *xi)
{
    const bool half = is_half(m);
    const double change = usph_pairs_energy_move(&m->kernel, half, shape, x, i, xi);
    return (half ? 2 : 1) * change / energy_pairs(m, shape);
}

static double energy_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double mean = usph_kernel_mean(&m->kernel, shape.d);
    const double n = (double)shape.n;
    if (!is_half(m) || isinf(mean))
        return mean;
    return (2 * (n - 1) * mean + usph_kernel_at(&m->kernel, shape.d, 4)) / (2 * n - 1);
}

/* A kernel in a dimension, for functions that take one of r2. */
typedef struct kernel_in {
    const usph_spec *kernel;
    size_t d;
} kernel_in;

static double kernel_of_r2(double r2, const void *ctx)
{
    const kernel_in *in = ctx;
    return usph_kernel_at(in->kernel, in->d, r2);
}

/*
 * K convex and decreasing in r2: by Jensen and sum r2 <= n^2 no set beats the mean at
 * the simplex distance 2n/(n-1). K(r2) + K(4 - r2) is least where both are 2.
 */
static usph_bound energy_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    if ((usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) == 0)
        return (usph_bound){ .value = NAN };
    if (is_half(m)) {
        const double apart = usph_kernel_at(&m->kernel, shape.d, 2);
        const double antipode = usph_kernel_at(&m->kernel, shape.d, 4);
        return (usph_bound){
            .value = (2 * (n - 1) * apart + antipode) / (2 * n - 1),
            .tight = shape.n <= shape.d,
        };
    }
    const double optimum =
        usph_universal_mean(shape, kernel_of_r2, &(kernel_in){ &m->kernel, shape.d });
    if (!isnan(optimum))
        return (usph_bound){ .value = optimum, .tight = true };
    return (usph_bound){
        .value = usph_kernel_at(&m->kernel, shape.d, usph_simplex_r2(shape.n)),
    };
}

/**
 * Mean of a kernel over the unordered pairs: hyperspherical energy (MHE).
 *
 * Definition: <K(|x_i - x_j|)>, or with half=1 the same for the 2n points X and -X, so
 *             that a point and its antipode count as one line.
 * Shapes:     n >= 2 (n >= 1 with half=1), d >= 2.
 * Cost:       O(n^2 d).
 * Coincident points: +inf for singular kernels, with their number; no gradient there.
 * Source:     LiuEtAl2021; half-space form and its bound derived in docs/method.md.
 */
const usph_metric usph_metric_energy = {
    .entry = {
        .name = "energy",
        .title = "energy",
        .formula = "mean of K(|x_i - x_j|) over pairs i < j",
        .source = "LiuEtAl2021",
        .note = "the sum over unordered pairs, which the literature tabulates, is reported "
                "beside the mean",
        .params = { { .name = "half",
                      .type = USPH_BOOL,
                      .def = 0,
                      .lo = 0,
                      .hi = 1,
                      .doc = "1: of the 2n points X and -X (half-space form)" } },
    },
    .flags = USPH_METRIC_KERNEL | USPH_METRIC_SMOOTH,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "compare it with the value of i.i.d. points and the best set: in many dimensions the range between them is a per cent",
    .degenerate = "coincident points: +inf for singular kernels, with their number, and no gradient; antipodal points are the same with half=1; n = 1 is refused unless half=1",
    .check = energy_check,
    .scratch = energy_scratch,
    .eval = energy_eval,
    .move = energy_move,
    .pairs = energy_pairs,
    .expected = energy_expected,
    .bound = energy_bound,
    .hessian = energy_hessian,
};
