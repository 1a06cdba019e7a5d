#include <float.h>
#include <math.h>

#include "metrics/bounds/bound.h"
#include "metrics/bounds/nodes.h"
#include "metrics/bounds/ulb.h"

static const usph_bound NO_BOUND = { .value = NAN };

/* 64 roundings of the cosine, as an angle; less where the slope of acos is small. */
static double angle_slack(long double t)
{
    const long double sine = sqrtl(fmaxl((1 - t) * (1 + t), 1e-18L));
    return (double)(64 * LDBL_EPSILON / sine) + 8 * DBL_EPSILON;
}

/* No code is wider than its rule's largest node. */
static usph_bound levenshtein_separation(const usph_metric_spec *m, usph_shape shape)
{
    usph_nodes rule;
    (void)m;
    if (!usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule))
        return NO_BOUND;
    const long double t = rule.node[rule.count - 1];
    const double slack = angle_slack(t);
    return (usph_bound){
        .value = 2 * (double)atan2l(sqrtl(1 - t), sqrtl(1 + t)) + slack,
        .tight = usph_ulb_attained(shape),
        .slack = slack,
        .level = rule.level,
        .improvable_from = usph_nodes_improvable_from(&rule, 60),
    };
}

/* The same for lines: Welch's bound is level 1, the orthoplex bound within level 2. */
static usph_bound levenshtein_coherence(const usph_metric_spec *m, usph_shape shape)
{
    usph_nodes rule;
    (void)m;
    if (shape.n <= shape.d)
        return (usph_bound){ .value = 0, .tight = true };
    if (!usph_nodes_find(USPH_SPACE_LINES, shape.d, shape.n, &rule))
        return NO_BOUND;
    const double t = (double)sqrtl(0.5L * (1 + rule.node[rule.count - 1]));
    const double slack = 4 * DBL_EPSILON * t;
    return (usph_bound){ .value = t - slack, .slack = slack, .level = rule.level };
}

/**
 * Levenshtein's bound for codes on the sphere and for lines.
 *
 * Definition: the largest inner product of n points is at least the largest node of
 *             their quadrature.
 * Cost: the rule.
 * Source: Levenshtein1992; Welch1974 for lines at the first level.
 */
const usph_bounder usph_bound_levenshtein = {
    .entry = {
        .name = "levenshtein",
        .title = "Levenshtein's bound for codes",
        .formula = "largest cosine >= largest node",
        .source = "Levenshtein1992",
    },
    .cases = (const usph_bound_case[]){
        { "separation", USPH_HIGHER, levenshtein_separation },
        { "coherence", USPH_LOWER, levenshtein_coherence },
        { .metric = NULL },
    },
};
