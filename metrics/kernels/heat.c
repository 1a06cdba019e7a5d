#include <math.h>

#include "metrics/kernel.h"

enum {
    MAX_DEGREE = 64,
};

/* a_l dim H_l for l = 1 .. degree; dim by its ratios, exact enough in floating point.
 */
static void weights(const usph_kernel_pairs *at, size_t degree, double *w)
{
    const double d = (double)at->d;
    double harmonics = d;
    for (size_t l = 1; l <= degree; l++) {
        const double k = (double)l;
        w[l] = exp(-at->values[0] * k * (k + d - 2)) * harmonics;
        harmonics *= (2 * k + d) * (k + d - 2) / ((2 * k + d - 2) * (k + 1));
    }
}

/* P_l, P_l', P_l'' of one degree, as the recurrence carries them. */
typedef struct jet {
    double p, p1, p2;
} jet;

/* (l + d - 2) P_(l+1) = (2l + d - 2) t P_l - l P_(l-1), and its derivatives by t. */
static jet next_degree(double l, double d, double t, jet now, jet before)
{
    const double a = (2 * l + d - 2) / (l + d - 2);
    const double b = l / (l + d - 2);
    return (jet){
        .p = a * t * now.p - b * before.p,
        .p1 = a * (now.p + t * now.p1) - b * before.p1,
        .p2 = a * (2 * now.p1 + t * now.p2) - b * before.p2,
    };
}

static jet heat_at(const double *w, size_t degree, double d, double t)
{
    jet before = { .p = 1 };
    jet now = { .p = t, .p1 = 1 };
    jet sum = { 0 };
    for (size_t l = 1; l <= degree; l++) {
        sum.p += w[l] * now.p;
        sum.p1 += w[l] * now.p1;
        sum.p2 += w[l] * now.p2;
        const jet next = next_degree((double)l, d, t, now, before);
        before = now;
        now = next;
    }
    return sum;
}

static void heat_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const size_t degree = (size_t)at->values[1];
    double w[MAX_DEGREE + 1];
    weights(at, degree, w);
    for (size_t p = 0; p < at->m; p++) { /* t = 1 - r2/2 */
        const jet sum = heat_at(w, degree, (double)at->d, 1 - 0.5 * at->r2[p]);
        out->k[p] = sum.p;
        if (out->dk != NULL)
            out->dk[p] = -0.5 * sum.p1;
        if (out->d2k != NULL)
            out->d2k[p] = 0.25 * sum.p2;
    }
}

static double heat_mean(const double *values, size_t d)
{
    (void)values;
    (void)d;
    return 0;
}

/** Heat kernel without its constant, cut at a degree; tau = 0: all degrees alike. */
const usph_kernel usph_kernel_heat = {
    .entry = {
        .name = "heat",
        .title = "heat, band-limited",
        .formula = "K(t) = sum_{l=1..degree} exp(-l (l + d - 2) tau) dim H_l P_l(t)",
        .source = "Gneiting2013",
        .note = "the energy with its diagonal is 0 exactly for spherical designs of that "
                "strength; its mean is 0",
        .params = { { .name = "tau",
                      .type = USPH_REAL,
                      .def = 0.1,
                      .lo = 0,
                      .hi = 1e3,
                      .always = true,
                      .doc = "time of diffusion" },
                    { .name = "degree",
                      .type = USPH_INT,
                      .def = 8,
                      .lo = 1,
                      .hi = MAX_DEGREE,
                      .always = true,
                      .doc = "largest degree of harmonics" } },
    },
    .flags = USPH_KERNEL_POSDEF,
    .eval = heat_eval,
    .mean = heat_mean,
};
