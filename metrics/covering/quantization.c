#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/special.h"
#include "core/sphere.h"
#include "metrics/covering/hull.h"
#include "metrics/metric.h"

static const double PI = 3.14159265358979323846;

enum {
    NODES = 20, /* of the Gauss-Legendre rule: halves of edges are no longer than pi */
};

/* Node in (0, 1) and weight of the Gauss-Legendre rule, by Newton's method. */
static double gauss_node(int j, double *weight)
{
    double t = cos(PI * (j + 0.75) / (NODES + 0.5));
    double slope = 1;
    for (int step = 0; step < 6; step++) {
        double before = 1;
        double now = t;
        for (int k = 1; k < NODES; k++) {
            const double next = ((2 * k + 1) * t * now - k * before) / (k + 1);
            before = now;
            now = next;
        }
        slope = NODES * (t * now - before) / (t * t - 1);
        t -= now / slope;
    }
    *weight = 1 / ((1 - t * t) * slope * slope);
    return 0.5 * (1 + t);
}

/* int_0^r a^2 sin(a) da; for small r by its series. */
static double second_moment(double r)
{
    if (r > 1)
        return -r * r * cos(r) + 2 * r * sin(r) + 2 * cos(r) - 2;
    double power = r * r * r * r;
    double sum = 0;
    for (int k = 0; k < 11; k++) {
        sum += power / (2 * k + 4);
        power *= -r * r / ((2 * k + 2) * (2 * k + 3));
    }
    return sum;
}

/* Moments over the cells around the ends of an edge. */
typedef struct moments {
    const double *x;
    double node[NODES];
    double weight[NODES];
    double second; /* int of angle^2 */
    double area;
} moments;

static void moments_init(moments *m, const double *x)
{
    *m = (moments){ .x = x };
    for (int j = 0; j < NODES; j++)
        m->node[j] = gauss_node(j, &m->weight[j]);
}

/*
 * Twice the right triangle between a point, the middle of an edge of length 2 a and a
 * place at the distance h from there on the bisector: with cos R = cos a cos f, and
 * sin a/sin^2 R df for the angle around the point. Odd in h.
 */
static void add_right_triangles(moments *m, double a, double h)
{
    for (int j = 0; j < NODES; j++) {
        const double f = h * m->node[j];
        const double s = sin(0.5 * a) * sin(0.5 * a);
        const double t = sin(0.5 * f) * sin(0.5 * f);
        const double sine2 = s + t - 2 * s * t; /* of R/2 */
        const double r = 2 * atan2(sqrt(sine2), sqrt(1 - sine2));
        const double turn = 2 * m->weight[j] * h * sin(a) / (4 * sine2 * (1 - sine2));
        m->second += turn * second_moment(r);
        m->area += turn * 2 * sine2;
    }
}

static void cross(const double *a, const double *b, double *out)
{
    for (size_t k = 0; k < 3; k++)
        out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

/* The edge from p to q, with the triangle and its circumcentre to the left. */
static void add_edge(moments *m, const double *p, const double *q, const double *centre)
{
    double sum[3];
    double along[3];
    double left[3];
    for (size_t k = 0; k < 3; k++) {
        sum[k] = p[k] + q[k];
        along[k] = q[k] - p[k];
    }
    cross(sum, along, left);
    const double s = sqrt(usph_dot(3, sum, sum));
    const double a = sqrt(usph_dot(3, along, along));
    const double l = sqrt(usph_dot(3, left, left));
    if (!(l > 0)) /* opposite or equal ends: the area will not be that of the sphere */
        return;
    const double h = atan2(usph_dot(3, left, centre) / l, usph_dot(3, sum, centre) / s);
    add_right_triangles(m, atan2(a, s), h);
}

static void add_facet(void *ctx, const usph_hull_facet *facet)
{
    moments *m = ctx;
    const double *p = m->x + 3 * facet->corner[0];
    const double *q = m->x + 3 * facet->corner[1];
    const double *r = m->x + 3 * facet->corner[2];
    double pq[3];
    double pr[3];
    double normal[3];
    for (size_t k = 0; k < 3; k++) {
        pq[k] = q[k] - p[k];
        pr[k] = r[k] - p[k];
    }
    cross(pq, pr, normal);
    const bool left = usph_dot(3, normal, facet->normal) > 0;
    const double *second = left ? q : r;
    const double *third = left ? r : q;
    add_edge(m, p, second, facet->normal);
    add_edge(m, second, third, facet->normal);
    add_edge(m, third, p, facet->normal);
}

/* By the Voronoi cells; false if they do not make up the sphere. */
static bool on_sphere(usph_shape shape, const double *x, double *value)
{
    moments m;
    moments_init(&m, x);
    if (usph_hull(shape, x, true, add_facet, &m) != USPH_OK)
        return false;
    *value = m.second / (4 * PI);
    return fabs(m.area - 4 * PI) < 1e-11;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A gap g holds g^3/12 of the integral over the circle. */
static double on_circle(size_t n, const double *x, double *turn)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        turn[i] = atan2(x[2 * i + 1], x[2 * i]);
    qsort(turn, n, sizeof *turn, compare);
    for (size_t i = 0; i < n; i++) {
        const double gap =
            i + 1 < n ? turn[i + 1] - turn[i] : turn[0] + 2 * PI - turn[i];
        sum += gap * gap * gap / 12;
    }
    return sum / (2 * PI);
}

static double nearest2(usph_shape shape, const double *x, const double *v)
{
    double most = -1;
    for (size_t i = 0; i < shape.n; i++)
        most = fmax(most, usph_dot(shape.d, v, x + i * shape.d));
    const double angle = acos(fmin(most, 1)); /* of random places: not near 0 */
    return angle * angle;
}

static void by_sample(size_t samples, usph_shape shape, const double *x, double *v,
                      usph_measure *out)
{
    usph_rng rng;
    double mean = 0;
    double spread = 0;
    usph_rng_init(&rng, 0, 0, USPH_FOR_METRIC);
    for (size_t s = 0; s < samples; s++) {
        usph_sphere_uniform((usph_shape){ 1, shape.d }, &rng, v);
        const double change = nearest2(shape, x, v) - mean;
        mean += change / (double)(s + 1);
        spread += change * change * (double)s / (double)(s + 1);
    }
    const double count = (double)samples;
    out->value = mean;
    out->kind = USPH_KIND_ESTIMATE;
    out->extra[out->extras++] =
        (usph_extra){ "standard_error", sqrt(spread / (count * (count - 1))) };
}

static size_t quantization_scratch(const usph_metric_spec *m, usph_shape shape,
                                   unsigned threads)
{
    (void)m;
    (void)threads;
    return usph_workspace_cost(shape.d == 2 ? shape.n : shape.d);
}

static usph_status quantization_eval(const usph_metric_spec *m, usph_shape shape,
                                     const double *x, usph_workspace *ws,
                                     usph_measure *out, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    double *work = usph_workspace_take(ws, shape.d == 2 ? shape.n : shape.d);
    (void)grad;
    out->kind = USPH_KIND_EXACT;
    if (shape.d == 2)
        out->value = on_circle(shape.n, x, work);
    else if (shape.d != 3 || !on_sphere(shape, x, &out->value))
        by_sample((size_t)m->metric.values[0], shape, x, work, out);
    usph_workspace_release(ws, mark);
    return USPH_OK;
}

/* int_0^top 2 a weight(share of a cap of radius a) da in eight panels */
static double integrate_radii(usph_shape shape, double top,
                              double (*weight)(double n, double share))
{
    enum {
        PANELS = 8
    };
    double sum = 0;
    for (int j = 0; j < NODES; j++) {
        double w;
        const double t = gauss_node(j, &w);
        for (int panel = 0; panel < PANELS; panel++) {
            const double a = top * (panel + t) / PANELS;
            sum += top / PANELS * w * 2 * a *
                   weight((double)shape.n, usph_cap_area(shape.d, a));
        }
    }
    return sum;
}

static double none_within(double n, double share)
{
    return exp(n * log1p(-share));
}

static double covered(double n, double share)
{
    return n * share;
}

/* E angle^2 = int 2 a P(no point within a), as far as it matters. */
static double quantization_expected(const usph_metric_spec *m, usph_shape shape)
{
    const double share = -expm1(-50 / (double)shape.n);
    (void)m;
    return integrate_radii(shape, share < 0.5 ? usph_cap_angle(shape.d, share) : PI,
                           none_within);
}

/*
 * Moments of n caps that share the sphere (any d; the n-gon, one point and an antipodal
 * pair have them); on S^2 of 12 (n - 2) right triangles with angles w = pi n/(6(n-2)):
 * the moment theorem (FejesToth1972).
 */
static usph_bound quantization_bound(const usph_metric_spec *m, usph_shape shape)
{
    const double n = (double)shape.n;
    (void)m;
    if (shape.d == 2)
        return (usph_bound){ .value = PI * PI / (3 * n * n), .tight = true };
    if (shape.d == 3 && shape.n >= 3) {
        const double w = PI * n / (6 * (n - 2));
        const double a = acos(fmin(0.5 / sin(w), 1)); /* cos a = cos(pi/3)/sin w */
        moments triangles;
        moments_init(&triangles, NULL);
        add_right_triangles(&triangles, a, acos(fmin(cos(w) / sin(PI / 3), 1)));
        return (usph_bound){ .value = triangles.second * 6 * (n - 2) / (4 * PI),
                             .tight = shape.n == 4 || shape.n == 6 || shape.n == 12 };
    }
    const double radius = shape.n == 1 ? PI : usph_cap_angle(shape.d, 1 / n);
    return (usph_bound){
        .value = radius * radius - integrate_radii(shape, radius, covered),
        .tight = shape.n <= 2,
    };
}

/**
 * Quantization error: the mean squared angle from a place on the sphere to the nearest
 * point.
 *
 * Definition: E_v min_i angle(v, x_i)^2, v uniform.
 * Shapes:     all.
 * Value:      exact on the circle (gaps) and on S^2 (Voronoi cells by the hull, cut
 * into right triangles, each by Gauss quadrature to rounding); kind is estimate for d >
 * 3, and for the few sets whose cells are not found (n <= 3, points in a half-space):
 * the mean over `samples` random places (seed 0), with its standard error. Cost: n log
 * n for d <= 3, samples n d else. Coincident points: as if they were one. Source:
 * FejesToth1972 for the moment theorem; derivation in docs/method.md.
 */
const usph_metric usph_metric_quantization = {
    .entry = {
        .name = "quantization",
        .title = "quantization error",
        .formula = "mean over v of min over i of angle(v, x_i)^2",
        .source = "FejesToth1972",
        .note = "exact for d <= 3, sampled with a standard error beyond",
        .params = { { .name = "samples",
                      .type = USPH_INT,
                      .def = 4096,
                      .lo = 16,
                      .hi = 1e9,
                      .doc = "random places, d > 3" } },
    },
    .flags = USPH_METRIC_QUADRATURE | USPH_METRIC_NOT_ROTATION_INVARIANT,
    .better = USPH_LOWER,
    .unit = "rad^2",
    .cost = "samples n d",
    .reading = "how far a random place is from the points, squared: the mean hole, where "
               "covering has the worst",
    .degenerate = "coincident points: as one; n = 1: the mean squared angle to it",
    .scratch = quantization_scratch,
    .eval = quantization_eval,
    .expected = quantization_expected,
    .bound = quantization_bound,
};
