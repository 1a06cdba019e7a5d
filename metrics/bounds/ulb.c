#include "metrics/bounds/ulb.h"

#include <float.h>
#include <math.h>

#include "metrics/bounds/bound.h"
#include "metrics/bounds/nodes.h"
#include "metrics/kernel.h"
#include "metrics/universal.h"

enum {
    LAST_TEST = 60, /* degree up to which improvements are looked for */
};

static const usph_bound NO_BOUND = { .value = NAN };

extern const usph_kernel usph_kernel_riesz;

/* A sum over the nodes, and what rounding may have added to it. */
typedef struct sum {
    long double value;
    long double error;
} sum;

/*
 * Kernels are computed in double: 8 roundings each, and that of r2. The nodes are good
 * to 64 roundings, the weights to 64 count + 4 n of them: so measured with 40 digits up
 * to (n, d) = (196560, 24) and s = 22, where the true errors are 2 to 5000 times less.
 */
static void add_node(sum *s, const usph_nodes *rule, size_t i, const usph_spec *kernel,
                     size_t d, long double t)
{
    const double r2 = (double)(2 - 2 * t);
    const double q2 = (double)(2 + 2 * t);
    double k = 0;
    double dk = 0;
    usph_kernel_of(kernel->entry)
        ->eval(&(usph_kernel_pairs){ kernel->values, d, 1, &r2, &q2 },
               &(usph_kernel_values){ .k = &k, .dk = &dk });
    const double share =
        (64 * (double)rule->count + 4 * (double)rule->n) * (double)LDBL_EPSILON;
    const double slope = 2 * fabs(dk) * 64 * (double)LDBL_EPSILON;
    s->value += rule->weight[i] * (long double)k;
    s->error += rule->weight[i] * (long double)(slope + fabs(dk) * r2 * DBL_EPSILON +
                                                fabs(k) * (share + 8 * DBL_EPSILON));
}

/* sum_i w_i K(t_i), of the lines with K(t) + K(-t). */
static sum rule_sum(const usph_nodes *rule, const usph_spec *kernel, size_t d,
                    bool lines)
{
    sum s = { 0 };
    for (size_t i = 0; i < rule->count; i++) {
        const long double x = rule->node[i];
        const long double t = lines ? sqrtl(fmaxl(0, 0.5L * (1 + x))) : x;
        add_node(&s, rule, i, kernel, d, t);
        if (lines)
            add_node(&s, rule, i, kernel, d, -t);
    }
    return s;
}

static usph_bound with_rule(const usph_nodes *rule, double value, double slack)
{
    slack += 4 * DBL_EPSILON * fabs(value);
    return (usph_bound){
        .value = value - slack,
        .slack = slack,
        .level = rule->level,
        .improvable_from = usph_nodes_improvable_from(rule, LAST_TEST),
    };
}

bool usph_ulb_attained(usph_shape shape)
{
    return !isnan(usph_universal_separation2(shape)) &&
           !(shape.n == 120 && shape.d == 4);
}

static usph_bound ulb_lines(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    usph_nodes rule;
    if (!usph_nodes_find(USPH_SPACE_LINES, shape.d, shape.n, &rule))
        return NO_BOUND;
    const sum s = rule_sum(&rule, &m->kernel, shape.d, true);
    const double antipode = usph_kernel_at(&m->kernel, shape.d, 4);
    return with_rule(&rule, (n * (double)s.value + antipode) / (2 * n - 1),
                     n * (double)s.error / (2 * n - 1));
}

static usph_bound ulb_energy(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    usph_nodes rule;
    if ((usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) == 0)
        return NO_BOUND;
    if (usph_bound_parameter(m, "half", 0) != 0)
        return ulb_lines(m, shape);
    if (!usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule))
        return NO_BOUND;
    const sum s = rule_sum(&rule, &m->kernel, shape.d, false);
    usph_bound bound =
        with_rule(&rule, n * (double)s.value / (n - 1), n * (double)s.error / (n - 1));
    bound.tight = usph_ulb_attained(shape);
    return bound;
}

/* The same with c_d (mean distance - mean of |x_i - x_j|), of which c_d W is left. */
static usph_bound ulb_cap(const usph_metric_spec *m, usph_shape shape)
{
    const usph_spec minus_distance = { .entry = &usph_kernel_riesz.entry,
                                       .values = { -1 } };
    usph_nodes rule;
    if (!usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule))
        return NO_BOUND;
    const sum s = rule_sum(&rule, &minus_distance, shape.d, false);
    const double alone = usph_metric_expected(m, shape) * (double)shape.n;
    const double mean = -usph_kernel_mean(&minus_distance, shape.d);
    const double factor = alone / mean;
    usph_bound bound = with_rule(&rule, factor * (mean + (double)s.value),
                                 factor * (double)s.error + 16 * DBL_EPSILON * alone);
    bound.value = fmax(0, bound.value);
    bound.tight = usph_ulb_attained(shape);
    return bound;
}

/* log of the mean of exp(-t r2), shifted by the closest node where it would underflow.
 */
usph_bound usph_ulb_log_mean(double t, usph_shape shape)
{
    usph_nodes rule;
    if (!usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule))
        return NO_BOUND;
    const long double last = rule.node[rule.count - 1];
    const double n = (double)shape.n;
    long double value = 0;
    for (size_t i = 0; i < rule.count; i++)
        value += rule.weight[i] * expl(2 * (long double)t * (rule.node[i] - last));
    const double log_sum = (double)(logl(value * (long double)(n / (n - 1))) -
                                    2 * (long double)t * (1 - last));
    const double share = 64 * (double)rule.count + 4 * n + 128 * t;
    usph_bound bound = with_rule(&rule, log_sum, share * (double)LDBL_EPSILON);
    bound.tight = usph_ulb_attained(shape);
    return bound;
}

static usph_bound ulb_gaussian(const usph_metric_spec *m, usph_shape shape)
{
    return usph_ulb_log_mean(m->metric.values[0], shape);
}

/* exp(beta <x, y>) = exp(beta) exp(-(beta/2) r2) */
static usph_bound ulb_soft(const usph_metric_spec *m, usph_shape shape)
{
    const double beta = m->metric.values[0];
    usph_bound bound = usph_ulb_log_mean(0.5 * beta, shape);
    bound.slack = bound.slack / beta + 2 * DBL_EPSILON;
    bound.value = 1 + bound.value / beta - 2 * DBL_EPSILON;
    return bound;
}

/**
 * Universal lower bound for the energies of completely monotone kernels.
 *
 * Definition: mean of K over pairs >= n/(n-1) sum_i w_i K(2 - 2 t_i) with Levenshtein's
 *             nodes t_i and weights w_i: the interpolating polynomial stays below K,
 * and its mean is the quadrature's. For the half-space form the same with the lines'
 * rule and K(t) + K(-t). Not for kernels without USPH_KERNEL_MONOTONE, such as those of
 * the angle: there sets lie below it. Cost: the rule, O(n) on S^2, and one kernel value
 * a node. Source: BoyvalenkovEtAl2016; half-space form derived in docs/bounds.md.
 */
const usph_bounder usph_bound_ulb = {
    .entry = {
        .name = "ulb",
        .title = "universal lower bound",
        .formula = "n/(n-1) sum w_i K(t_i) over Levenshtein's nodes",
        .source = "BoyvalenkovEtAl2016",
    },
    .cases = (const usph_bound_case[]){
        { "energy", USPH_LOWER, ulb_energy },
        { "cap_discrepancy", USPH_LOWER, ulb_cap },
        { "gaussian_uniformity", USPH_LOWER, ulb_gaussian },
        { "separation_soft", USPH_LOWER, ulb_soft },
        { .metric = NULL },
    },
};
