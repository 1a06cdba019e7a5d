#include <math.h>

#include "core/special.h"
#include "metrics/bounds/bound.h"
#include "metrics/kernel.h"

static const double PI = 3.14159265358979323846;

enum {
    HALVINGS = 60, /* of an angle: to rounding */
};

/* h = K - K(antipode) >= 0 as a function of the angle, under its law. */
typedef struct potential {
    const usph_spec *kernel;
    size_t d;
    double far;
    double density; /* c_d of the law c_d sin^(d-2) */
} potential;

static double height(const potential *p, double theta)
{
    const double chord = 2 * sin(0.5 * theta);
    return usph_kernel_at(p->kernel, p->d, chord * chord) - p->far;
}

static double weighted(double theta, double from_a, double to_b, const void *ctx)
{
    const potential *p = ctx;
    (void)from_a;
    return p->density * height(p, theta) * pow(sin(to_b), (double)p->d - 2);
}

/* Mean of min(h, h(theta)). */
static double truncated_mean(const potential *p, double theta)
{
    return usph_integrate(weighted, p, theta, PI) +
           height(p, theta) * usph_cap_area(p->d, theta);
}

/*
 * The largest p with p = n mean(min(h, p)): that mean over p falls as p grows, so the
 * angle with h = p is bracketed, and its lower end is on the safe side.
 */
static usph_bound average_polarization(const usph_metric_spec *m, usph_shape shape)
{
    const double d = (double)shape.d;
    const double n = (double)shape.n;
    const potential p = {
        .kernel = &m->kernel,
        .d = shape.d,
        .far = usph_kernel_at(&m->kernel, shape.d, 4),
        .density = exp(usph_log_gamma_ratio(0.5 * (d - 1), 0.5)) / sqrt(PI),
    };
    if ((usph_kernel_of(m->kernel.entry)->flags & USPH_KERNEL_MONOTONE) == 0)
        return (usph_bound){ .value = NAN };
    double low = 0;
    double high = PI;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = 0.5 * (low + high);
        if (n * truncated_mean(&p, middle) < height(&p, middle))
            low = middle;
        else
            high = middle;
    }
    const double mean = usph_kernel_mean(&m->kernel, shape.d);
    double value = mean;
    if (low > 0) /* else K is bounded and never truncated */
        value = fmin(mean, height(&p, low) / n + p.far);
    const double slack = 1e-12 * (fabs(value) + fabs(p.far));
    return (usph_bound){ .value = value + slack, .slack = slack };
}

/**
 * Average of the truncated potential.
 *
 * Definition: with h = K - K(antipode), min_v of the sum of h(v, x_i) is at most the
 *             largest p with p = n mean(min(h, p)): above it the minimum of the
 *             truncated sum meets no truncated term, and it is at most its average.
 *             Finite also where the average is not.
 * Cost: some 60 one-dimensional integrals.
 * Source: derived in docs/bounds.md.
 */
const usph_bounder usph_bound_truncated_average = {
    .entry = {
        .name = "truncated_average",
        .title = "average of the truncated potential",
        .formula = "p = n mean(min(K, p))",
        .source = "BorodachovHardinSaff2019",
    },
    .cases = (const usph_bound_case[]){
        { "polarization", USPH_HIGHER, average_polarization },
        { .metric = NULL },
    },
};
