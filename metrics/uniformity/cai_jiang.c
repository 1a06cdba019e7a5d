#include <math.h>
#include <stdbool.h>

#include "metrics/uniformity/cap_share.h"
#include "metrics/uniformity/uniformity.h"

/* The state in the pass. */
enum {
    LEAST,      /* of r2 q2 = 4 sin^2(theta) */
    COINCIDENT, /* pairs at distance 0 */
    STATE,
};

static size_t cai_jiang_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return STATE;
}

static void cai_jiang_begin(const usph_metric_spec *m, usph_shape shape, double *state)
{
    (void)m;
    (void)shape;
    state[LEAST] = 4; /* of a right angle */
}

static void cai_jiang_visit(const usph_metric_spec *m, usph_shape shape,
                            const usph_pairs_run *run, double *state)
{
    double least = state[LEAST];
    double zeros = 0;
    (void)m;
    (void)shape;
#pragma omp simd reduction(min : least) reduction(+ : zeros)
    for (size_t p = 0; p < run->count; p++) {
        const double value = run->r2[p] * run->q2[p];
        least = value < least ? value : least;
        zeros += run->r2[p] == 0 ? 1 : 0;
    }
    state[LEAST] = least;
    state[COINCIDENT] += zeros;
}

/* No pair is within the angle of the observed one, to a line: Poisson approximation. */
static double tail(usph_shape shape, double sine2)
{
    const double n = (double)shape.n;
    const double share =
        2 * usph_cap_share(usph_cap_law_of(shape.d), sqrt(1 - sine2), sine2);
    return exp(-0.5 * n * (n - 1) * share);
}

static usph_status cai_jiang_end(const usph_metric_spec *m, usph_shape shape,
                                 const double *x, usph_workspace *ws,
                                 const double *state, usph_measure *out)
{
    const double n = (double)shape.n;
    const double d = (double)shape.d;
    const double sine2 = fmin(1, 0.25 * state[LEAST]); /* 1 - max t^2 */
    (void)m;
    (void)x;
    (void)ws;
    out->value = d * log(sine2) + 4 * d / (d - 2) * log(n) - log(d);
    out->coincident = (size_t)state[COINCIDENT];
    out->p_upper = tail(shape, sine2);
    out->p_lower = 1 - out->p_upper;
    return USPH_OK;
}

static usph_status cai_jiang_check(const usph_metric_spec *m, usph_shape shape,
                                   usph_error *err)
{
    if (shape.d < 3)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "cai_jiang is not defined for d = 2; it needs d >= 3");
    return usph_uniformity_two(m, shape, err);
}

static const usph_metric_pass PASS = {
    .angles = true,
    .state = cai_jiang_state,
    .begin = cai_jiang_begin,
    .visit = cai_jiang_visit,
    .end = cai_jiang_end,
};

/**
 * Cai and Jiang's coherence test in the regime of many points: d log(1 - max t_ij^2) +
 * 4d/(d-2) log n - log d.
 *
 * Shapes: n >= 2, d >= 3. Cost: O(n^2 d). Higher is more uniform: the lines through the
 * points are apart. Does not change when a point is negated.
 * Its p-values take the numbers of pairs within an angle as Poisson variables, which is
 * right in the limit n to infinity for every d (CaiFanJiang2013); the limit law of the
 * source is that of d to infinity.
 * Coincident and antipodal points: -inf. The mean over i.i.d. points has no closed
 * form. Source: CaiJiang2012.
 */
const usph_metric usph_metric_cai_jiang = {
    .entry = {
        .name = "cai_jiang",
        .title = "Cai-Jiang test",
        .formula = "d log(1 - max t_ij^2) + 4d/(d-2) log n - log d",
        .source = "CaiJiang2012",
        .note = "the mutual coherence as a test; not smooth",
    },
    .flags = USPH_METRIC_TEST | USPH_METRIC_SIGN_FREE,
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "the two points nearest to one line decide; p_lower says whether they are too near",
    .degenerate = "coincident and antipodal points: -inf; n = 1: not defined",
    .check = cai_jiang_check,
    .pass = &PASS,
};
