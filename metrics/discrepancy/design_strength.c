#include <math.h>

#include "metrics/gegenbauer.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

enum {
    COINCIDENT = USPH_MAX_DEGREE, /* in the state, behind the sums of P_k */
    STATE,
};

static size_t degree_of(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[0];
}

static size_t design_strength_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return STATE;
}

static void design_strength_visit(const usph_metric_spec *m, usph_shape shape,
                                  const usph_pairs_run *run, double *state)
{
    usph_gegenbauer_sums(shape.d, degree_of(m), run->count, run->r2, state);
    for (size_t p = 0; p < run->count; p++)
        state[COINCIDENT] += run->r2[p] == 0 ? 1 : 0;
}

static usph_status design_strength_end(const usph_metric_spec *m, usph_shape shape,
                                       const double *x, usph_workspace *ws,
                                       const double *state, usph_measure *out)
{
    const double tol = m->metric.values[1];
    const double n = (double)shape.n;
    size_t t = 0;
    double power = 0;
    (void)x;
    (void)ws;
    while (t < degree_of(m)) {
        power = (n + 2 * state[t]) / (n * n);
        if (power > tol)
            break;
        t++;
    }
    out->value = (double)t;
    out->kind = t == degree_of(m) ? USPH_KIND_LOWER_BOUND : USPH_KIND_EXACT;
    out->coincident = (size_t)state[COINCIDENT];
    out->extra[out->extras++] = (usph_extra){ "next_power", power };
    return USPH_OK;
}

/* C(a, b) as a real number */
static double choose(double a, size_t b)
{
    double value = 1;
    for (size_t k = 1; k <= b; k++)
        value *= (a - (double)b + (double)k) / (double)k;
    return value;
}

/*
 * A t-design has at least C(d-1+s, s) + C(d-2+s, s-1) points for t = 2s and at least 2
 * C(d-1+s, s) for t = 2s + 1.
 */
static double points_needed(double d, size_t t)
{
    const size_t s = t / 2;
    const double full = choose(d - 1 + (double)s, s);
    return t % 2 != 0 ? 2 * full : full + choose(d - 2 + (double)s, s - 1);
}

static usph_bound design_strength_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n * (1 + 1e-12);
    size_t t = 0;
    (void)m;
    if (shape.d == 2) /* t + 1 points are needed */
        return (usph_bound){ .value = (double)shape.n - 1 };
    while (points_needed((double)shape.d, t + 1) <= n)
        t++;
    return (usph_bound){ .value = (double)t };
}

static const usph_metric_pass PASS = {
    .state = design_strength_state,
    .visit = design_strength_visit,
    .end = design_strength_end,
};

/**
 * Strength as a spherical design: the largest t <= `max` such that the powers of
 * degrees 1 .. t (see design_defect) are all at most `tol`; next_power is that of
 * degree t + 1, or of degree `max`; a strength of `max` is a lower bound.
 *
 * Shapes: all. Cost: O(n^2 (d + max)). Not smooth. Coincident points count as often as
 * they come.
 * Source: DelsarteGoethalsSeidel1977; the bound is theirs too.
 */
const usph_metric usph_metric_design_strength = {
    .entry = {
        .name = "design_strength",
        .title = "design strength",
        .formula = "largest t with all powers of degrees 1 .. t at most tol",
        .source = "DelsarteGoethalsSeidel1977",
        .note = "not smooth: design_defect has a gradient",
        .params = { { .name = "max",
                      .type = USPH_INT,
                      .def = 32,
                      .lo = 1,
                      .hi = USPH_MAX_DEGREE,
                      .doc = "highest degree looked at" },
                    { .name = "tol",
                      .type = USPH_REAL,
                      .def = 1e-10,
                      .lo = 1e-15,
                      .hi = 1,
                      .doc = "largest power that counts as 0" } },
    },
    .better = USPH_HIGHER,
    .unit = "1",
    .cost = "n^2 (d + max)",
    .reading = "the points integrate all polynomials up to this degree exactly; 0 for random points",
    .degenerate = "finite everywhere; n = 1: 0",
    .work = usph_metric_search_work,
    .pass = &PASS,
    .bound = design_strength_bound,
};
