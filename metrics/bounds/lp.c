#include <float.h>
#include <math.h>
#include <string.h>

#include "metrics/bounds/bound.h"
#include "metrics/bounds/nodes.h"
#include "metrics/bounds/propose.h"
#include "metrics/kernel.h"

static const double PI = 3.14159265358979323846;

enum {
    MAX_POINTS = 1000, /* beyond, the universal lower bound is as good */
    LEAST_DEGREE = 20,
};

static const usph_bound NO_BOUND = { .value = NAN };

extern const usph_kernel usph_kernel_gauss;
extern const usph_kernel usph_kernel_riesz;

/* A kernel as a ceiling, of lines with K(t) + K(-t). */
typedef struct hat {
    const usph_spec *kernel;
    size_t d;
    bool angular, lines;
} hat;

static usph_ceiling_value kernel_value(const void *ctx, double phi)
{
    const hat *c = ctx;
    const double s = 2 * sin(0.5 * phi);
    const double o = 2 * cos(0.5 * phi);
    const double r2[2] = { s * s, o * o };
    const double q2[2] = { o * o, s * s };
    double k[2];
    double dk[2];
    const size_t count = c->lines ? 2 : 1;
    usph_kernel_of(c->kernel->entry)
        ->eval(&(usph_kernel_pairs){ c->kernel->values, c->d, count, r2, q2 },
               &(usph_kernel_values){ .k = k, .dk = dk });
    usph_ceiling_value v = { 0 };
    for (size_t p = 0; p < count; p++) {
        v.h += k[p];
        v.slope += (p == 0 ? -2 : 2) * dk[p]; /* r2 = 2 - 2t, or 2 + 2t */
        v.error += 0x1p-49 * (fabs(k[p]) + fabs(dk[p]) * r2[p]);
    }
    if (c->angular) { /* dr2 = 2 sin phi dphi, and phi is good to a few roundings */
        v.slope = 2 * sin(phi) * dk[0];
        v.error = 0x1p-49 * (fabs(k[0]) + fabs(v.slope) * PI);
    }
    return v;
}

/* Whether K is convex in the angle: theta^-s, -theta^s with s <= 1, log, exp. */
static bool is_angle_convex(const usph_spec *kernel)
{
    const char *name = kernel->entry->name;
    if (strcmp(name, "riesz_angle") == 0)
        return kernel->values[0] >= -1;
    return strcmp(name, "log_angle") == 0 || strcmp(name, "laplace_angle") == 0;
}

static size_t degree_for(usph_shape shape, int level)
{
    const size_t least = (size_t)level + 12;
    size_t degree = LEAST_DEGREE;
    if (shape.d <= 4)
        degree = shape.n <= 50 ? 24 : 36;
    degree = least > degree ? least : degree;
    return degree < USPH_MAX_DEGREE ? degree : USPH_MAX_DEGREE;
}

/* Lower bound of the mean of K (of lines K(t) + K(-t)) over ordered pairs. */
static usph_bound mean_bound(const usph_spec *kernel, bool lines, usph_shape shape)
{
    const bool angular = is_angle_convex(kernel);
    const bool chordal =
        (usph_kernel_of(kernel->entry)->flags & USPH_KERNEL_MONOTONE) != 0;
    const hat context = { kernel, shape.d, angular, lines };
    const usph_ceiling ceiling = {
        .at = kernel_value,
        .ctx = &context,
        .angular = angular,
        .falling = true,
        .to = lines ? 0.5 * PI : PI,
    };
    const usph_program program = {
        .n = (double)shape.n,
        .even = lines,
        .ceiling = &ceiling,
    };
    usph_nodes rule;
    usph_certificate proof;
    if ((!angular && !chordal) || (angular && lines) || shape.n > MAX_POINTS ||
        shape.n < 2)
        return NO_BOUND;
    rule.level = 1;
    (void)usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule);
    usph_polynomial p = { .d = shape.d, .degree = degree_for(shape, rule.level) };
    if (!usph_propose(&program, &p))
        return NO_BOUND;
    const double size = fabs((double)usph_polynomial_at(&p, 0)) + fabs(p.f[0]);
    if (!usph_certify(&p, &ceiling, 1e-11 * size, &proof))
        return NO_BOUND;
    return (usph_bound){
        .value = usph_certified_mean(&proof, &p, (double)shape.n),
        .slack = proof.excess,
        .level = (int)p.degree,
    };
}

static usph_bound lp_energy(const usph_metric_spec *m, usph_shape shape)
{
    const bool lines = usph_bound_parameter(m, "half", 0) != 0;
    usph_bound bound = mean_bound(&m->kernel, lines, shape);
    if (lines) {
        const double n = (double)shape.n;
        const double antipode = usph_kernel_at(&m->kernel, shape.d, 4);
        bound.value = ((n - 1) * bound.value + antipode) / (2 * n - 1);
        bound.value -= 4 * DBL_EPSILON * (fabs(bound.value) + fabs(antipode));
    }
    return bound;
}

static usph_bound log_mean(double t, usph_shape shape)
{
    const usph_spec gauss = { .entry = &usph_kernel_gauss.entry, .values = { t } };
    usph_bound bound = mean_bound(&gauss, false, shape);
    bound.slack /= bound.value;
    bound.value = bound.value > 0 ? log(bound.value) - DBL_EPSILON : -HUGE_VAL;
    return isfinite(bound.value) ? bound : NO_BOUND;
}

static usph_bound lp_gaussian(const usph_metric_spec *m, usph_shape shape)
{
    return log_mean(m->metric.values[0], shape);
}

static usph_bound lp_soft(const usph_metric_spec *m, usph_shape shape)
{
    const double beta = m->metric.values[0];
    usph_bound bound = log_mean(0.5 * beta, shape);
    bound.slack /= beta;
    bound.value = 1 + bound.value / beta - 4 * DBL_EPSILON;
    return bound;
}

static usph_bound lp_cap(const usph_metric_spec *m, usph_shape shape)
{
    const usph_spec minus = { .entry = &usph_kernel_riesz.entry, .values = { -1 } };
    const double n = (double)shape.n;
    const double alone = usph_metric_expected(m, shape) * n;
    const double factor = alone / -usph_kernel_mean(&minus, shape.d);
    usph_bound bound = mean_bound(&minus, false, shape);
    bound.slack = factor * bound.slack + 16 * DBL_EPSILON * alone;
    bound.value = alone + factor * (n - 1) / n * bound.value - 16 * DBL_EPSILON * alone;
    return bound;
}

/**
 * Linear programming bound of energies.
 *
 * Definition: f = sum f_k P_k with f_k >= 0 for k >= 1 and f <= K gives
 *             n^2 f_0 - n f(1) <= sum of K over ordered pairs. A linear program
 * proposes f, and usph_certify makes it a proof; kernels need not be monotone, only
 *             convex in the cosine or in the angle.
 * Cost: up to a second; n <= 1000.
 * Source: DelsarteGoethalsSeidel1977, Yudin1992.
 */
const usph_bounder usph_bound_lp = {
    .entry = {
        .name = "lp",
        .title = "linear programming bound, certified",
        .formula = "max n^2 f_0 - n f(1) over f <= K",
        .source = "Yudin1992",
    },
    .slow = true,
    .cases = (const usph_bound_case[]){
        { "energy", USPH_LOWER, lp_energy },
        { "gaussian_uniformity", USPH_LOWER, lp_gaussian },
        { "separation_soft", USPH_LOWER, lp_soft },
        { "cap_discrepancy", USPH_LOWER, lp_cap },
        { .metric = NULL },
    },
};
