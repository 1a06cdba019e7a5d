#include <math.h>

#include "core/special.h"
#include "metrics/bounds/bound.h"

static const double PI = 3.14159265358979323846;
static const double ROUNDING = 1e-12; /* of the cosine, by two integrals */

enum {
    HALVINGS = 60,
};

/* Lower limit of Schlaefli's integral for F_k: sec 2a = k - 1. */
static double lower_limit(int k)
{
    return 0.5 * acos(1.0 / (k - 1));
}

/* b(theta) with sec 2b = sec 2theta - 2, or F_3 of it, for the integral of F_(k). */
static double integrand(double theta, double from_a, double to_b, const void *ctx)
{
    const int k = *(const int *)ctx;
    const double start = lower_limit(k);
    (void)to_b;
    /* sec 2b - 1 = sec 2theta - 3, without cancellation from the start of k = 4 on */
    const double rise =
        2 * sin(2 * start + from_a) * sin(from_a) / (cos(2 * theta) * cos(2 * start));
    const double excess = rise + (k - 4);
    const double b = asin(sqrt(0.5 * excess / (1 + excess)));
    return k == 4 ? 2 * b / PI : 2 * b / PI - 1.0 / 3;
}

/* Schlaefli's function in Coxeter's normalization, k = 3, 4, 5. */
static double schlaefli(int k, double a)
{
    if (k == 3)
        return 2 * a / PI - 1.0 / 3;
    return 2 / PI * usph_integrate(integrand, &k, lower_limit(k), a);
}

/* How many caps whose centres have at most that cosine the theorem allows. */
static double count_at(double cosine, int d)
{
    const double a = 0.5 * acos(1 / (1 / cosine + d - 2));
    return 2 * schlaefli(d - 1, a) / schlaefli(d, a);
}

static usph_bound boroczky_separation(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    if ((shape.d != 4 && shape.d != 5) || shape.n <= 2 * shape.d || shape.n > 100000)
        return (usph_bound){ .value = NAN };
    double low = 0;
    double high = 1;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = 0.5 * (low + high);
        if (count_at(middle, (int)shape.d) < (double)shape.n)
            low = middle;
        else
            high = middle;
    }
    const double value = acos(low);
    const double slack = ROUNDING / sin(value);
    return (usph_bound){
        .value = value + slack,
        .tight = shape.d == 4 && shape.n == 120,
        .slack = slack,
    };
}

/**
 * The simplex bound for packings of caps, d = 4 and 5.
 *
 * Definition: with sec 2a = 1/cos + d - 2, at most 2 F_(d-1)(a)/F_d(a) points, F
 *             Schlaefli's function: a packing is nowhere denser than d mutually
 * touching caps. Attained by the 600-cell. Cost: some 100 one-dimensional integrals.
 * Source: Boroczky1978.
 */
const usph_bounder usph_bound_coxeter_boroczky = {
    .entry = {
        .name = "coxeter_boroczky",
        .title = "density of touching caps",
        .formula = "n <= 2 F_(d-1)(a)/F_d(a), sec 2a = 1/cos + d - 2",
        .source = "Boroczky1978",
    },
    .cases = (const usph_bound_case[]){
        { "separation", USPH_HIGHER, boroczky_separation },
        { .metric = NULL },
    },
};
