#include <float.h>
#include <math.h>

#include "metrics/bounds/bound.h"
#include "metrics/bounds/nodes.h"
#include "metrics/bounds/propose.h"

static const double PI = 3.14159265358979323846;

enum {
    MAX_POINTS = 1000,
    HALVINGS = 28, /* of the cosine */
};

static usph_ceiling_value zero(const void *ctx, double phi)
{
    (void)ctx;
    (void)phi;
    return (usph_ceiling_value){ 0 };
}

/* A polynomial for codes whose largest cosine is s. */
static bool propose_for(usph_shape shape, double s, usph_polynomial *p,
                        usph_ceiling *ceiling)
{
    *ceiling = (usph_ceiling){ .at = zero, .from = acos(s), .to = PI };
    const usph_program program = {
        .n = (double)shape.n,
        .normalized = true,
        .ceiling = ceiling,
    };
    p->d = shape.d;
    p->degree = shape.d < 4 && shape.n < 40     ? 20
                : shape.d >= 4 && shape.n < 100 ? 24
                                                : 36;
    return usph_propose(&program, p);
}

/* Whether the solver thinks that no n points have cosines up to s: f(1)/f_0 < n. */
static bool looks_impossible(usph_shape shape, double s)
{
    usph_polynomial p;
    usph_ceiling ceiling;
    if (!propose_for(shape, s, &p, &ceiling))
        return false;
    return usph_polynomial_at(&p, 1) < (long double)shape.n;
}

/* Whether it is proved. */
static bool is_impossible(usph_shape shape, double s, usph_certificate *proof,
                          int *level)
{
    usph_polynomial p;
    usph_ceiling ceiling;
    if (!propose_for(shape, s, &p, &ceiling) ||
        !usph_certify(&p, &ceiling, 1e-12, proof))
        return false;
    *level = (int)p.degree;
    return proof->f0 > 0 &&
           proof->at_one * (1 + 1e-15L) < (long double)shape.n * proof->f0;
}

static usph_bound delsarte_separation(const usph_metric_spec *m, usph_shape shape)
{
    static const double BACK[] = { 0, 1e-9, 3e-9, 1e-8, 3e-8, 1e-7, 1e-6, 1e-5, 1e-4 };
    usph_bound bound = { .value = NAN };
    usph_nodes rule;
    usph_certificate proof;
    (void)m;
    if (shape.n <= 2 * shape.d || shape.n > MAX_POINTS ||
        !usph_nodes_find(USPH_SPACE_SPHERE, shape.d, shape.n, &rule))
        return bound;
    double low = (double)rule.node[rule.count - 1];
    double high = low + 0.3 * (1 - low);
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = 0.5 * (low + high);
        if (looks_impossible(shape, middle))
            low = middle;
        else
            high = middle;
    }
    for (size_t k = 0; k < sizeof BACK / sizeof *BACK; k++) {
        const double s = low - BACK[k];
        if (!is_impossible(shape, s, &proof, &bound.level))
            continue;
        bound.value = acos(s) + 4 * DBL_EPSILON;
        bound.slack = proof.excess;
        break;
    }
    return bound;
}

/**
 * Delsarte's linear programming bound for codes, certified.
 *
 * Definition: f = 1 + sum f_k P_k with f_k >= 0 and f <= 0 on [-1, s] allows at most
 *             f(1) points whose inner products are at most s. The largest s with fewer
 *             than n is found by halving and then proved by usph_certify, at a slightly
 *             smaller s if need be.
 * Cost: some 30 linear programs, up to seconds; n <= 1000.
 * Source: DelsarteGoethalsSeidel1977.
 */
const usph_bounder usph_bound_delsarte = {
    .entry = {
        .name = "delsarte",
        .title = "Delsarte's bound for codes, certified",
        .formula = "n <= f(1)/f_0 over f <= 0 on [-1, s]",
        .source = "DelsarteGoethalsSeidel1977",
    },
    .slow = true,
    .cases = (const usph_bound_case[]){
        { "separation", USPH_HIGHER, delsarte_separation },
        { .metric = NULL },
    },
};
