#include <math.h>

#include "core/special.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

enum { /* the pass's own numbers */
    SUM,
    COINCIDENT,
    STATE,
};

static size_t p_frame_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return STATE;
}

/* |t|^p, t = 1 - r2/2; twice, since a pair stands for (i, j) and (j, i). */
static void p_frame_visit(const usph_metric_spec *m, usph_shape shape,
                          const usph_pairs_run *run, double *state)
{
    const double p = m->metric.values[0];
    (void)shape;
    for (size_t k = 0; k < run->count; k++) {
        const double t = 1 - 0.5 * run->r2[k];
        state[SUM] += 2 * pow(fabs(t), p);
        state[COINCIDENT] += run->r2[k] == 0;
        if (run->w != NULL)
            run->w[k] = -p * copysign(pow(fabs(t), p - 1), t);
    }
}

static usph_status p_frame_end(const usph_metric_spec *m, usph_shape shape,
                               const double *x, usph_workspace *ws, const double *state,
                               usph_measure *out)
{
    (void)m;
    (void)x;
    (void)ws;
    out->value = (double)shape.n + state[SUM];
    out->coincident = (size_t)state[COINCIDENT];
    return USPH_OK;
}

/* E |t|^p = G(d/2) G((p+1)/2) / (sqrt(pi) G((d+p)/2)) */
static double mean_power(double p, size_t d)
{
    static const double SQRT_PI = 1.7724538509055160273;
    int sign = 0;
    return exp(lgamma_r(0.5 * (p + 1), &sign) -
               usph_log_gamma_ratio(0.5 * (double)d, 0.5 * p)) /
           SQRT_PI;
}

static double p_frame_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    return n + n * (n - 1) * mean_power(m->metric.values[0], shape.d);
}

/*
 * n for orthonormal sets; for p >= 2 Welch's mean square by the power mean; for even p
 * all of Sidelnikov's, n^2 E t^p, which projective designs attain.
 */
static usph_bound p_frame_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double p = m->metric.values[0];
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    double best = n;
    if (shape.n <= shape.d)
        return (usph_bound){ .value = n, .tight = true };
    if (p >= 2)
        best = n + n * (n - 1) * pow((n / d - 1) / (n - 1), 0.5 * p);
    if (fmod(p, 2) == 0)
        best = fmax(best, n * n * mean_power(p, shape.d));
    return (usph_bound){ .value = best, .tight = p == 2 };
}

/**
 * p-frame potential: sum of |<x_i, x_j>|^p over all ordered pairs, i = j included.
 *
 * Shapes: n >= 1. Cost: O(n^2 d). Smooth for p > 1.
 * Source: EhlerOkoudjou2012; bounds in docs/method.md.
 */
const usph_metric usph_metric_p_frame = {
    .entry = {
        .name = "p_frame",
        .title = "p-frame potential",
        .formula = "sum of |<x_i, x_j>|^p over all i, j",
        .source = "EhlerOkoudjou2012",
        .note = "p = 2 is the frame potential",
        .params = { { .name = "p",
                      .type = USPH_REAL,
                      .def = 4,
                      .lo = 1,
                      .lo_open = true,
                      .hi = 1e3,
                      .always = true,
                      .doc = "exponent" } },
    },
    .flags = USPH_METRIC_SMOOTH | USPH_METRIC_SIGN_FREE,
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "even p: n^2 E t^p for projective designs of that strength; the larger p "
               "is, the more the closest lines count",
    .degenerate = "finite everywhere; coincident and antipodal pairs count 1; n = 1: 1",
    .pass = &(const usph_metric_pass){ .state = p_frame_state,
                                       .visit = p_frame_visit,
                                       .end = p_frame_end },
    .expected = p_frame_expected,
    .bound = p_frame_bound,
};
