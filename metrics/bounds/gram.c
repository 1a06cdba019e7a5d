#include <math.h>

#include "metrics/bounds/bound.h"
#include "metrics/bounds/ulb.h"

enum {
    MAX_BLOCKS = 2048, /* degrees whose dimensions are below n */
    MAX_TERMS = 100000,
};

static const usph_bound NO_BOUND = { .value = NAN };

/* A plain Gaussian Gram matrix: no ridge, no antipodes, a given width. */
static bool is_plain(const usph_metric_spec *m, usph_shape shape)
{
    return shape.n >= 2 && usph_bound_parameter(m, "eps2", 0) > 0 &&
           usph_bound_parameter(m, "jitter", 0) == 0 &&
           usph_bound_parameter(m, "half", 0) == 0 &&
           usph_bound_parameter(m, "scale", 0) == 0;
}

/* The determinant of 1 on and c off the diagonal, the largest for a mean square c^2. */
static usph_bound rms_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    if (!is_plain(m, shape))
        return NO_BOUND;
    const usph_bound mean =
        usph_ulb_log_mean(2 * usph_bound_parameter(m, "eps2", 0), shape);
    const double c = exp(0.5 * mean.value);
    if (isnan(c))
        return NO_BOUND;
    const double value = (n - 1) * log1p(-c) + log1p((n - 1) * c);
    const double slack = 8e-16 * (n * c + fabs(log1p(-c)) * n);
    return (usph_bound){
        .value = fmin(0, value + slack),
        .tight = shape.n <= shape.d + 1,
        .slack = slack,
        .level = mean.level,
    };
}

/* What the spectrum of the kernel allows: degrees with their dimension and trace. */
typedef struct spectrum {
    size_t count;
    long double size[MAX_BLOCKS];
    long double mass[MAX_BLOCKS];
} spectrum;

/*
 * Share of degree l in the kernel's diagonal: dimension times
 * exp(-2 e) e^l G(d/2)/G(l + d/2) sum_k e^(2k)/(k! (l + d/2)_k), e = eps2.
 */
typedef struct degrees {
    long double e, half; /* half = d/2 */
    long double lead;    /* exp(-2e) e^l G(d/2)/G(l + d/2) */
    long double dim;
    size_t l;
} degrees;

static long double share_of(const degrees *g)
{
    long double sum = 1;
    long double term = 1;
    for (int k = 1; k < MAX_TERMS && term > 1e-20L * sum; k++) {
        term *= g->e * g->e / (k * ((long double)g->l + g->half + (k - 1)));
        sum += term;
    }
    return g->dim * g->lead * sum;
}

static void next_degree(degrees *g)
{
    const long double l = (long double)g->l;
    const long double d = 2 * g->half;
    g->lead *= g->e / (l + g->half);
    /* dimension of harmonics: r_(l+1)/r_l; d = 2 has 1, 2, 2, ... */
    g->dim *= g->l == 0 ? d : (2 * l + d) * (l + d - 2) / ((2 * l + d - 2) * (l + 1));
    g->l++;
}

/* Tails behind the degree: the sum of later shares, from the smallest up. */
static bool fill_tails(degrees g, long double n, spectrum *s, long double *tail)
{
    long double share[MAX_BLOCKS];
    long double used = 0;
    size_t inside = 0; /* degrees whose dimensions stay below n */
    size_t l = 0;
    for (; l < MAX_BLOCKS; l++) {
        share[l] = share_of(&g);
        if (used + g.dim < n && inside == l) {
            s->size[inside++] = g.dim;
            used += g.dim;
        }
        if (l > inside + 4 && share[l] < 1e-25L * share[inside])
            break;
        next_degree(&g);
    }
    if (l == MAX_BLOCKS || inside == 0 || !(share[inside] > 0))
        return false;
    /* behind the last one the shares fall faster than geometrically */
    long double sum = 2 * share[l];
    for (size_t k = l + 1; k-- > 1;) {
        sum += share[k];
        if (k <= inside)
            tail[k - 1] = n * sum;
    }
    s->size[inside] = n - used;
    s->count = inside + 1;
    return true;
}

/* Sum of log eigenvalues, largest where no later block is above an earlier one. */
static long double pooled_log(spectrum *s)
{
    size_t top = 0;
    for (size_t k = 1; k < s->count; k++) {
        s->size[++top] = s->size[k];
        s->mass[top] = s->mass[k];
        while (top > 0 &&
               s->mass[top] * s->size[top - 1] > s->mass[top - 1] * s->size[top]) {
            s->mass[top - 1] += s->mass[top];
            s->size[top - 1] += s->size[top];
            top--;
        }
    }
    long double sum = 0;
    for (size_t k = 0; k <= top; k++)
        sum += s->size[k] * logl(s->mass[k] / s->size[k]);
    return sum;
}

/*
 * The n - D smallest eigenvalues, D the dimension of degrees up to l, sum to at most
 * the trace of the later degrees; those but one also to n - 1 - (n-1) a, a the mean
 * entry.
 */
static usph_bound tail_bound(const usph_metric_spec *m, usph_shape shape)
{
    spectrum s;
    long double tail[MAX_BLOCKS];
    const long double n = (long double)shape.n;
    const double eps2 = usph_bound_parameter(m, "eps2", 0);
    if (!is_plain(m, shape) || eps2 > 2000)
        return NO_BOUND;
    const degrees g = { .e = (long double)eps2,
                        .half = 0.5L * (long double)shape.d,
                        .lead = expl(-2 * (long double)eps2),
                        .dim = 1 };
    if (!fill_tails(g, n, &s, tail))
        return NO_BOUND;
    const usph_bound mean = usph_ulb_log_mean(eps2, shape);
    long double before = n;
    long double rest = (n - 1) * -expm1l((long double)mean.value);
    if (isnan(mean.value))
        return NO_BOUND;
    for (size_t k = 0; k + 1 < s.count; k++) {
        rest = fminl(rest, tail[k]);
        s.mass[k] = before - rest;
        before = rest;
    }
    s.mass[s.count - 1] = before;
    const double value = (double)pooled_log(&s);
    const double slack = 1e-14 * (fabs(value) + (double)n * 1e-2);
    return (usph_bound){
        .value = fmin(0, value + slack),
        .slack = slack,
        .level = mean.level,
    };
}

static usph_bound gram_logdet(const usph_metric_spec *m, usph_shape shape)
{
    const usph_bound rms = rms_bound(m, shape);
    const usph_bound tails = tail_bound(m, shape);
    return !rms.tight && tails.value < rms.value ? tails : rms;
}

/**
 * Determinant of a Gaussian Gram matrix from what its spectrum must be.
 *
 * Definition: (rms) the mean square of the entries is at least c^2 = the universal
 * lower bound at twice eps2, and log det <= (n-1) log(1-c) + log(1+(n-1)c); (tails) the
 * kernel is a sum over degrees of parts with rank at most their dimension and given
 * trace, which bounds the sums of the smallest eigenvalues. The smaller of the two.
 * Cost: the rule and a Bessel series a degree.
 * Source: derived in docs/bounds.md.
 */
const usph_bounder usph_bound_gram = {
    .entry = {
        .name = "gram",
        .title = "spectrum of Gaussian Gram matrices",
        .formula = "sums of the smallest eigenvalues, mean square of the entries",
        .source = "BoyvalenkovEtAl2016",
    },
    .cases = (const usph_bound_case[]){
        { "gram_logdet", USPH_HIGHER, gram_logdet },
        { .metric = NULL },
    },
};
