#include "metrics/uniformity/projected.h"

#include <math.h>
#include <string.h>

#include "metrics/pairs/runs.h"
#include "metrics/uniformity/cap_share.h"

static const double PI = 3.14159265358979323846;

/* Layout of a table: h(theta) and dh/du as series in u on [0, 1]. */
enum {
    TERMS, /* in use */
    LIMIT, /* u = sqrt(1 - theta/limit); 0: u = sqrt(theta/pi) */
    VALUE = 4,
    SLOPE = VALUE + USPH_SERIES,
};

enum {
    RUN = 256, /* the most pairs in a run */
};

/* dW/ds of the measure, at s >= 0 and rest = 1 - s^2 */
static double level_density(usph_projected measure, usph_cap_law law, double s,
                            double rest)
{
    const double f = usph_cap_density(law, rest);
    if (measure == USPH_CRAMER_VON_MISES)
        return f;
    const double share = usph_cap_share(law, s, rest);
    return share > 0 ? f / (share * (1 - share)) : 0;
}

enum {
    PLACES = 111, /* of the quadrature */
};

/* A rule for int_0^(pi/2) g(sin p, cos p) cos^(d-1) p dp. */
typedef struct rule {
    double sine[PLACES], cosine[PLACES], weight[PLACES];
} rule;

/* cos^d p is below a rounding beyond this angle. */
static double span_of(double d)
{
    return fmin(0.5 * PI, 9 / sqrt(d));
}

/*
 * Tanh-sinh quadrature: for small theta the integrand is nearly singular at one end,
 * for large d it is narrow at the other. Source: TakahasiMori1974.
 */
static void set_rule(double d, rule *r)
{
    static const double STEP = 0.0625;
    const double span = span_of(d);
    for (int k = 0; k < PLACES; k++) {
        const int middle = PLACES / 2;
        const double t = (k - middle) * STEP;
        const double e = exp(-PI * sinh(t)); /* (1 - tanh)/(1 + tanh) */
        r->sine[k] = sin(span / (1 + e));
        r->cosine[k] = sin(0.5 * PI - span + span * e / (1 + e));
        r->weight[k] = span * PI * STEP * cosh(t) * e / ((1 + e) * (1 + e)) *
                       pow(r->cosine[k], d - 1);
    }
}

/* -dh/dtheta = (c / pi) int_0^(pi/2) W'(c sin p) cos^(d-1) p dp with c = cos(theta/2)
 */
static double projected_fall(usph_projected measure, usph_cap_law law, const rule *r,
                             double theta)
{
    const double c = cos(0.5 * theta);
    const double small = sin(0.5 * theta);
    double sum = 0;
    for (size_t k = 0; k < PLACES; k++) {
        const double sp = small * r->sine[k];
        const double rest = r->cosine[k] * r->cosine[k] + sp * sp;
        if (r->weight[k] > 0 && rest > 0)
            sum += r->weight[k] * level_density(measure, law, c * r->sine[k], rest);
    }
    return c / PI * sum;
}

/* Chebyshev coefficients on [0, 1] from values at the nodes. */
static void interpolate(size_t nodes, const double *values, double *series)
{
    for (size_t k = 0; k < nodes; k++) {
        double sum = 0;
        for (size_t j = 0; j < nodes; j++)
            sum += values[j] * cos(PI * (double)k * ((double)j + 0.5) / (double)nodes);
        series[k] = (k == 0 ? 1 : 2) * sum / (double)nodes;
    }
}

static double node_at(size_t nodes, size_t j)
{
    const double c = cos(0.5 * PI * ((double)j + 0.5) / (double)nodes);
    return c * c; /* (1 + cos)/2 */
}

/* The series of the integral, with the value that it has at u = `end` (0 or 1). */
static void integrate(size_t nodes, double end, double at_end, double *table)
{
    const double *slope = table + SLOPE;
    double *series = table + VALUE;
    double value = 0;
    for (size_t k = 1; k < nodes; k++) {
        const double next = k + 1 < nodes ? slope[k + 1] : 0;
        const double before = k == 1 ? 2 * slope[0] : slope[k - 1];
        series[k] = (before - next) / (4 * (double)k); /* half the length of [0, 1] */
        value += end > 0 || k % 2 == 0 ? series[k] : -series[k];
    }
    series[0] = at_end - value;
}

/* What a series may be cut to without changing it by more than a rounding. */
static double terms_of(size_t nodes, const double *table)
{
    size_t terms = nodes;
    while (terms > 2 && fabs(table[VALUE + terms - 1]) < 3e-17 &&
           fabs(table[SLOPE + terms - 1]) < 3e-15)
        terms--;
    return (double)terms;
}

void usph_projected_table(usph_projected measure, size_t d, double *table)
{
    const size_t nodes = USPH_SERIES / 2;
    const usph_cap_law law = usph_cap_law_of(d);
    double values[USPH_SERIES];
    rule r;
    set_rule(law.d, &r);
    for (size_t j = 0; j < nodes; j++) {
        const double u = node_at(nodes, j);
        values[j] = -2 * PI * u * projected_fall(measure, law, &r, PI * u * u);
    }
    interpolate(nodes, values, table + SLOPE);
    integrate(nodes, 0, measure == USPH_ANDERSON_DARLING ? 1 : 1.0 / 6, table);
    table[TERMS] = terms_of(nodes, table);
    table[LIMIT] = 0;
}

/*
 * h falls with (1 - s^2/cos^2(theta/2))^((d-2)/2) up to theta = limit, where two caps
 * of that size part, and is constant beyond: u takes out the half-integer power there.
 */
void usph_projected_table_at(double t, size_t d, double *table)
{
    const double part = fmin(t, 1 - t);
    const double s = t == 0.5 ? 0 : usph_cap_level(usph_cap_law_of(d), part);
    const double limit = 2 * acos(s);
    const size_t nodes = USPH_SERIES; /* the fall is the steeper the larger d */
    double values[USPH_SERIES];
    for (size_t j = 0; j < nodes; j++) {
        const double u = node_at(nodes, j);
        const double theta = limit * (1 - u) * (1 + u);
        const double c = cos(0.5 * theta);
        /* cos^2 a - cos^2 b = sin(b - a) sin(b + a) */
        const double open =
            sin(0.5 * limit * u * u) * sin(0.5 * (limit + theta)) / (c * c);
        values[j] =
            limit / PI * u * (s > 0 ? pow(fmin(1, open), 0.5 * ((double)d - 2)) : 1);
    }
    interpolate(nodes, values, table + SLOPE);
    integrate(nodes, 1, part * (1 - part), table);
    table[TERMS] = terms_of(nodes, table);
    table[LIMIT] = limit;
}

/* u of each pair */
static void arguments(const double *table, const usph_pairs_run *run, double *u)
{
    const double limit = table[LIMIT];
    const double factor = 1 / (limit > 0 ? limit : PI);
    for (size_t p = 0; p < run->count; p++) {
        const double part = run->theta[p] * factor;
        const double u2 = limit > 0 ? 1 - part : part;
        const double low = u2 < 0 ? 0 : u2; /* no fmin: it would not become a vector */
        u[p] = sqrt(low > 1 ? 1 : low);
    }
}

/* du/dr2 = du/dtheta / (r q); the factor 1/2u of du/dtheta meets dh/du ~ u */
static double argument_slope(double limit, double u, double r2, double q2)
{
    const double rq = sqrt(r2) * fmax(sqrt(q2), 1e-8); /* h is even about theta = pi */
    if (limit > 0)
        return u > 0 ? -0.5 / (limit * u * rq) : 0;
    return 0.5 / (PI * u * rq);
}

void usph_projected_pair(const double *table, const usph_pairs_run *run, double *h,
                         double *dh)
{
    _Alignas(64) double u[RUN];
    const size_t terms = (size_t)table[TERMS];
    arguments(table, run, u);
    usph_runs_now()->chebyshev(terms, table + VALUE, run->count, u, h);
    if (dh != NULL)
        usph_runs_now()->chebyshev(terms, table + SLOPE, run->count, u, dh);
    for (size_t p = 0; p < run->count && dh != NULL; p++)
        dh[p] *= argument_slope(table[LIMIT], u[p], run->r2[p], run->q2[p]);
}

/*
 * Coefficient of the indicator of a cap, c_k(s) = int_(-1)^s P_k f, is
 * -c_d/(d-1) (1-s^2)^((d-1)/2) P_(k-1)(s) in dimension d + 2; adds weight c_k^2 to v2.
 */
static void add_cap(double d, double s, double weight, size_t count, double *v2)
{
    double before = 0;
    double here = 1;
    for (size_t k = 0; k < count; k++) {
        const double kk = (double)k;
        v2[k] += weight * here * here;
        const double next = ((2 * kk + d) * s * here - kk * before) / (kk + d);
        before = here;
        here = next;
    }
}

void usph_projected_weights_at(double t, size_t d, size_t count, double *v2)
{
    const double dd = (double)d;
    const double s = t == 0.5 ? 0 : usph_cap_level(usph_cap_law_of(d), fmin(t, 1 - t));
    const double front =
        exp(usph_cap_law_of(d).log_constant + 0.5 * (dd - 1) * log1p(-s * s)) /
        (dd - 1);
    memset(v2, 0, count * sizeof *v2);
    add_cap(dd, s, front * front, count, v2);
}

/* Midpoint rule in the angle: the integrand is a smooth periodic function, or nearly.
 */
void usph_projected_weights(usph_projected measure, size_t d, size_t count, double *v2)
{
    const size_t nodes = d == 2 ? 2048 : 256;
    const usph_cap_law law = usph_cap_law_of(d);
    const double dd = (double)d;
    const double span = span_of(dd);
    memset(v2, 0, count * sizeof *v2);
    for (size_t j = 0; j < nodes; j++) {
        const double a = span * ((double)j + 0.5) / (double)nodes; /* from pi/2 */
        const double s = sin(a);
        const double rest = cos(a) * cos(a);
        const double cap =
            exp(2 * law.log_constant + (dd - 1) * log(rest)) / ((dd - 1) * (dd - 1));
        const double weight = cap * level_density(measure, law, s, rest) * cos(a);
        add_cap(dd, s, 2 * weight * span / (double)nodes, count, v2); /* both halves */
    }
}
