#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/suite/suite.h"
#include "core/rng.h"
#include "metrics/bounds/bound.h"
#include "metrics/bounds/certify.h"
#include "metrics/bounds/nodes.h"
#include "metrics/bounds/propose.h"
#include "metrics/kernel.h"
#include "metrics/universal.h"
#include "points/generator.h"
#include "tests/runner.h"

enum {
    MAX_ROWS = 512,
    FIELDS = 11,
};

/* A line of tests/data/bounds.csv. */
typedef struct row {
    char text[256];
    const char *quantity, *kernel, *name1, *name2, *tight, *note;
    usph_shape shape;
    double bound1, bound2; /* NAN: empty */
} row;

static row rows[MAX_ROWS];
static size_t row_count;

static double number(const char *text)
{
    if (text[0] == '\0')
        return NAN;
    return strtod(text, NULL);
}

static void split(row *r)
{
    const char *field[FIELDS];
    char *at = r->text;
    r->text[strcspn(r->text, "\r\n")] = '\0';
    for (size_t f = 0; f < FIELDS; f++) {
        field[f] = at;
        at += strcspn(at, ",");
        if (*at == ',')
            *at++ = '\0';
    }
    r->quantity = field[0];
    r->shape.d = strtoul(field[1], NULL, 10);
    r->shape.n = strtoul(field[2], NULL, 10);
    r->kernel = field[3];
    r->name1 = field[5];
    r->bound1 = number(field[6]);
    r->name2 = field[7];
    r->bound2 = number(field[8]);
    r->tight = field[9];
    r->note = field[10];
}

static void read_rows(void)
{
    char path[4096];
    char head[256];
    const char *root = getenv("USPH_TEST_ROOT");
    snprintf(path, sizeof path, "%s/tests/data/bounds.csv", root != NULL ? root : ".");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL && fgets(head, sizeof head, file) != NULL, "%s", path);
    row_count = 0;
    while (row_count < MAX_ROWS &&
           fgets(rows[row_count].text, sizeof rows->text, file) != NULL)
        split(&rows[row_count++]);
    fclose(file);
    ck_assert_uint_ge(row_count, 240);
}

static const char *describe(const row *r)
{
    static char text[256];
    snprintf(text, sizeof text, "%s %s n=%zu d=%zu", r->quantity, r->kernel, r->shape.n,
             r->shape.d);
    return text;
}

static usph_metric_spec metric(const char *text)
{
    usph_metric_spec m;
    usph_error err = { "" };
    usph_assert_ok(usph_metric_parse(text, &m, &err), err);
    return m;
}

/* "riesz:1" of the table as a kernel of ours. */
static usph_metric_spec energy_of(const row *r)
{
    char text[128];
    const char *value = strchr(r->kernel, ':');
    if (value == NULL)
        snprintf(text, sizeof text, "energy/%s", r->kernel);
    else
        snprintf(text, sizeof text, "energy/%.*s:%s=%s", (int)(value - r->kernel),
                 r->kernel, r->kernel[0] == 'r' ? "s" : "t", value + 1);
    return metric(text);
}

static usph_bound by(const char *name, const usph_metric_spec *m, usph_shape shape)
{
    const usph_entry *entry = usph_registry_find(&usph_bounds, name, strlen(name));
    ck_assert_msg(entry != NULL, "%s", name);
    return usph_bound_by(usph_bounder_of(entry), m, shape);
}

/* What an entry says of a metric that need not exist. */
static double said(const char *name, const char *of, const usph_metric_spec *m,
                   usph_shape shape)
{
    const usph_entry *entry = usph_registry_find(&usph_bounds, name, strlen(name));
    ck_assert_msg(entry != NULL, "%s", name);
    const usph_bound_case *c = usph_bounder_of(entry)->cases;
    while (c->metric != NULL && strcmp(c->metric, of) != 0)
        c++;
    ck_assert_msg(c->metric != NULL, "%s says nothing of %s", name, of);
    return c->of(m, shape).value;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the quadrature ------------------------------------------------------------- */

/* Levenshtein's function L_m(d, s), by its definition; the largest node has L = n. */
static long double levenshtein(int m, size_t d, long double s)
{
    long double p[64];
    const int k = (m + 1) / 2;
    const long double dim = (long double)d;
    long double choose = 1; /* C(d + k - 3, k - 1), or C(d + k - 2, k) */
    usph_jacobi_values(usph_space_jacobi(USPH_SPACE_SPHERE, d), (size_t)k + 1, s, p);
    for (int j = 1; j <= k - (m % 2); j++)
        choose *= (dim - 2 + j) / j;
    if (m % 2 == 1)
        return choose *
               ((2 * k + dim - 3) / (dim - 1) - (p[k - 1] - p[k]) / ((1 - s) * p[k]));
    return choose * ((2 * k + dim - 1) / (dim - 1) -
                     (1 + s) * (p[k] - p[k + 1]) / ((1 - s) * (p[k] + p[k + 1])));
}

static const usph_shape SHAPES[] = {
    { 5, 3 },  { 7, 3 },  { 12, 3 },  { 100, 3 }, { 120, 4 }, { 24, 4 },
    { 17, 5 }, { 27, 6 }, { 500, 8 }, { 40, 10 }, { 64, 16 }, { 196560, 24 },
};

START_TEST(test_largest_node_is_levenshteins)
{
    static usph_nodes rule;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const usph_shape s = SHAPES[i];
        ck_assert(usph_nodes_find(USPH_SPACE_SPHERE, s.d, s.n, &rule));
        const long double l = levenshtein(rule.level, s.d, rule.node[rule.count - 1]);
        usph_assert_close((double)(l / (long double)s.n), 1, 1e-12, "n=%zu d=%zu, m=%d",
                          s.n, s.d, rule.level);
    }
}
END_TEST

/* f(1)/n + sum w_i P_k(t_i) is 0 for 1 <= k <= level and not for the next even one. */
static void check_exact(usph_space space, size_t d, size_t n)
{
    static usph_nodes rule;
    static long double p[4096];
    static long double test[4096];
    ck_assert_msg(usph_nodes_find(space, d, n, &rule), "space %d n=%zu d=%zu", space, n,
                  d);
    const size_t top = (size_t)rule.level;
    for (size_t k = 0; k <= top; k++)
        test[k] = 1 / (long double)n;
    for (size_t i = 0; i < rule.count; i++) {
        usph_jacobi_values(rule.jacobi, top, rule.node[i], p);
        for (size_t k = 0; k <= top; k++)
            test[k] += rule.weight[i] * p[k];
    }
    for (size_t k = 0; k <= top; k++)
        usph_assert_close((double)test[k], k == 0, 1e-14, "space %d n=%zu d=%zu k=%zu",
                          space, n, d, k);
}

START_TEST(test_rule_is_exact)
{
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        check_exact(USPH_SPACE_SPHERE, SHAPES[i].d, SHAPES[i].n);
        check_exact(USPH_SPACE_LINES, SHAPES[i].d, SHAPES[i].n);
        check_exact(USPH_SPACE_COMPLEX_LINES, SHAPES[i].d, SHAPES[i].n);
    }
    check_exact(USPH_SPACE_SPHERE, 3, 1000000);
    check_exact(USPH_SPACE_SPHERE, 512, 1000000);
    check_exact(USPH_SPACE_SPHERE, 2, 101);
}
END_TEST

START_TEST(test_no_rule)
{
    static usph_nodes rule;
    ck_assert(!usph_nodes_find(USPH_SPACE_SPHERE, 3, 1, &rule));
    ck_assert(!usph_nodes_find(USPH_SPACE_LINES, 5, 5, &rule));
    ck_assert(!usph_nodes_find(USPH_SPACE_SPHERE, 2, 1000000, &rule));
}
END_TEST

/* The Leech lattice's inner products and how many points see each. */
START_TEST(test_leech)
{
    static usph_nodes rule;
    static const double T[] = { -1, -0.5, -0.25, 0, 0.25, 0.5 };
    static const double COUNT[] = { 1, 4600, 47104, 93150, 47104, 4600 };
    ck_assert(usph_nodes_find(USPH_SPACE_SPHERE, 24, 196560, &rule));
    ck_assert_uint_eq(rule.count, 6);
    for (size_t i = 0; i < 6; i++) {
        usph_assert_close((double)rule.node[i], T[i], 1e-14, "node");
        usph_assert_close((double)rule.weight[i] * 196560 / COUNT[i], 1, 1e-12,
                          "count");
    }
}
END_TEST

/* ---- the table ------------------------------------------------------------------ */

static void check_relative(double got, double want, double tol, const row *r)
{
    ck_assert_msg(fabs(got - want) <= tol * fabs(want) + 1e-15,
                  "%s: %.15g, table %.15g, off by %.2g", describe(r), got, want,
                  fabs(got / want - 1));
}

START_TEST(test_energies_of_the_table)
{
    size_t checked = 0;
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        if (strncmp(r->quantity, "energy", 6) != 0)
            continue;
        const usph_metric_spec m = energy_of(r);
        const usph_bound bound = by("ulb", &m, r->shape);
        check_relative(bound.value * usph_metric_pairs(&m, r->shape), r->bound1, 1e-9,
                       r);
        ck_assert_int_eq(bound.level, atoi(r->name1 + strlen("ULB level ")));
        const char *first = strstr(r->note, "first negative test degree ");
        const int degree = first == NULL ? 0 : atoi(first + 27);
        ck_assert_msg(bound.improvable_from == degree, "%s: %d, table %d", describe(r),
                      bound.improvable_from, degree);
        checked++;
    }
    ck_assert_uint_ge(checked, 170);
}
END_TEST

START_TEST(test_codes_of_the_table)
{
    const usph_metric_spec m = metric("separation");
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        if (strcmp(r->quantity, "max cosine") != 0)
            continue;
        const char *name = r->shape.d == 3 ? "fejes_toth" : "levenshtein";
        const double denser = by("coxeter_boroczky", &m, r->shape).value;
        double angle = by(name, &m, r->shape).value;
        if (denser < angle) /* NAN is not */
            angle = denser;
        ck_assert_msg(fabs(cos(angle) - r->bound1) <= 1e-9, "%s: %.12g, table %.12g",
                      describe(r), cos(angle), r->bound1);
        const double best = usph_metric_bound(&m, r->shape).value;
        ck_assert_msg(best <= angle + 1e-12, "%s", describe(r));
    }
}
END_TEST

START_TEST(test_lines_and_coverings_of_the_table)
{
    const usph_metric_spec none = metric("separation");
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        if (strcmp(r->quantity, "coherence") == 0)
            check_relative(said("levenshtein", "coherence", &none, r->shape), r->bound1,
                           1e-9, r);
        if (strncmp(r->quantity, "covering", 8) != 0)
            continue;
        check_relative(said("fejes_toth", "covering", &none, r->shape), r->bound1, 1e-9,
                       r);
        check_relative(said("volume", "covering", &none, r->shape), r->bound2, 1e-9, r);
    }
}
END_TEST

/*
 * The table has sums, the metric is the mean. It truncates positive kernels as they
 * are, which is weaker than after taking K(antipode) off, as is done here: then n - 1/2
 * for 1/r on S^2.
 */
START_TEST(test_polarization_of_the_table)
{
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        if (strcmp(r->quantity, "polarization") != 0)
            continue;
        const usph_metric_spec m = energy_of(r);
        const double n = (double)r->shape.n;
        const double got = n * said("truncated_average", "polarization", &m, r->shape);
        ck_assert_msg(got <= r->bound1 + 1e-9 * fabs(r->bound1),
                      "%s: %.12g, table %.12g", describe(r), got, r->bound1);
        if (strcmp(r->kernel, "log") == 0)
            check_relative(got, r->bound1, 1e-9, r);
        if (strcmp(r->kernel, "riesz:1") == 0)
            usph_assert_close(got, n - 0.5, 1e-10, "%s", describe(r));
        if (strncmp(r->name2, "simplex", 7) == 0)
            check_relative(n * said("few_points", "polarization", &m, r->shape),
                           r->bound2, 1e-9, r);
    }
}
END_TEST

START_TEST(test_gram_of_the_table)
{
    for (size_t i = 0; i < row_count; i++) {
        const row *r = &rows[i];
        char text[64];
        if (strcmp(r->quantity, "logdet Gram") != 0)
            continue;
        snprintf(text, sizeof text, "gram_logdet:eps2=%s",
                 r->kernel + strlen("gauss:"));
        const usph_metric_spec m = metric(text);
        check_relative(by("gram", &m, r->shape).value, fmin(r->bound1, r->bound2), 1e-9,
                       r);
    }
}
END_TEST

/* Values that are known in closed form: platonic solids, polygons, few points. */
START_TEST(test_closed_forms)
{
    static const double PI = 3.14159265358979323846;
    const usph_metric_spec m = metric("energy/riesz:s=1");
    usph_assert_close(said("fejes_toth", "quantization", &m, (usph_shape){ 4, 3 }),
                      0.543513, 2e-6, "tetrahedron");
    usph_assert_close(said("fejes_toth", "quantization", &m, (usph_shape){ 12, 3 }),
                      0.171542, 2e-6, "icosahedron");
    usph_assert_close(said("volume", "quantization", &m, (usph_shape){ 5, 2 }),
                      PI * PI / 75, 1e-12, "pentagon");
    usph_assert_close(said("volume", "nearest_angle", &m, (usph_shape){ 7, 2 }),
                      2 * PI / 7, 1e-12, "heptagon");
    usph_assert_close(said("volume", "koleo", &m, (usph_shape){ 7, 2 }),
                      -log(2 * sin(PI / 7)), 1e-12, "heptagon");
    usph_assert_close(said("few_points", "koleo", &m, (usph_shape){ 4, 3 }),
                      -0.5 * log(8.0 / 3), 1e-12, "tetrahedron");
    usph_assert_close(said("few_points", "nearest_cosine", &m, (usph_shape){ 4, 3 }),
                      -1.0 / 3, 1e-12, "tetrahedron");
    usph_assert_close(said("few_points", "covering", &m, (usph_shape){ 4, 3 }),
                      acos(1.0 / 3), 1e-12, "tetrahedron");
    usph_assert_close(said("few_points", "covering", &m, (usph_shape){ 5, 2 }), PI / 5,
                      1e-12, "pentagon");
    usph_assert_close(said("fejes_toth", "mesh_ratio", &m, (usph_shape){ 6, 3 }),
                      acos(1 / sqrt(3)) / (PI / 4), 1e-12, "octahedron");
    usph_assert_close(
        said("coxeter_boroczky", "separation", &m, (usph_shape){ 120, 4 }), PI / 5,
        1e-11, "600-cell");
}
END_TEST

/* ---- sharp sets ----------------------------------------------------------------- */

static double kernel_of(double r2, const void *ctx)
{
    return usph_kernel_at(ctx, 3, r2); /* d does not matter to these kernels */
}

static const usph_shape SHARP[] = {
    { 4, 3 },    { 6, 3 },    { 12, 3 },    { 16, 5 },      { 27, 6 },   { 56, 7 },
    { 240, 8 },  { 112, 21 }, { 162, 21 },  { 100, 22 },    { 275, 22 }, { 891, 22 },
    { 552, 23 }, { 325, 52 }, { 4600, 23 }, { 196560, 24 },
};

START_TEST(test_sharp_sets_attain)
{
    static const char *const KERNELS[] = { "energy/log", "energy/riesz:s=1",
                                           "energy/riesz:s=-1", "energy/riesz:s=6",
                                           "energy/gauss:t=2" };
    for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
        const usph_metric_spec m = metric(KERNELS[k]);
        for (size_t i = 0; i < sizeof SHARP / sizeof *SHARP; i++) {
            const double want = usph_universal_mean(SHARP[i], kernel_of, &m.kernel);
            const usph_bound bound = by("ulb", &m, SHARP[i]);
            ck_assert(bound.tight);
            ck_assert_msg(fabs(bound.value - want) <= 1e-12 * fabs(want),
                          "%s n=%zu: %.17g, set %.17g", KERNELS[k], SHARP[i].n,
                          bound.value, want);
        }
    }
}
END_TEST

START_TEST(test_sharp_codes)
{
    const usph_metric_spec m = metric("separation");
    for (size_t i = 0; i < sizeof SHARP / sizeof *SHARP; i++) {
        const double r = sqrt(usph_universal_separation2(SHARP[i]));
        const double want = 2 * asin(0.5 * r);
        usph_assert_close(by("levenshtein", &m, SHARP[i]).value, want, 1e-12,
                          "n=%zu d=%zu", SHARP[i].n, SHARP[i].d);
    }
}
END_TEST

/* ---- linear programs ------------------------------------------------------------ */

/* All rows take half a minute: a few by default, all with USPH_TEST_ALL. */
static size_t stride(void)
{
    return getenv("USPH_TEST_ALL") != NULL ? 1 : 12;
}

START_TEST(test_lp_energies_of_the_table)
{
    for (size_t i = 0; i < row_count; i += stride()) {
        const row *r = &rows[i];
        if (strncmp(r->quantity, "energy", 6) != 0 || isnan(r->bound2))
            continue;
        const usph_metric_spec m = energy_of(r);
        const double pairs = usph_metric_pairs(&m, r->shape);
        const double sum = by("lp", &m, r->shape).value * pairs;
        ck_assert_msg(sum >= r->bound2 - 1e-6 * fabs(r->bound2),
                      "%s: %.12g, table %.12g", describe(r), sum, r->bound2);
        if (strcmp(r->tight, "tight") == 0 && r->shape.d != 4)
            ck_assert_msg(sum <= r->bound1 * (1 + copysign(1e-14, r->bound1)),
                          "%s: %.17g is attained, not %.17g", describe(r), r->bound1,
                          sum);
    }
}
END_TEST

START_TEST(test_lp_codes_of_the_table)
{
    const usph_metric_spec m = metric("separation");
    for (size_t i = 0; i < row_count; i += stride()) {
        const row *r = &rows[i];
        if (strcmp(r->quantity, "max cosine") != 0 || strncmp(r->name2, "LP", 2) != 0)
            continue;
        const double cosine = cos(by("delsarte", &m, r->shape).value);
        ck_assert_msg(cosine >= r->bound2 - 1e-6, "%s: %.12g, table %.12g", describe(r),
                      cosine, r->bound2);
        const double attained = usph_universal_separation2(r->shape);
        if (!isnan(attained))
            ck_assert_msg(cosine <= 1 - 0.5 * attained + 1e-15, "%s: %.17g",
                          describe(r), cosine);
    }
}
END_TEST

/* 1/r^2: convex in the cosine. */
static usph_ceiling_value inverse_square(const void *ctx, double phi)
{
    const double s = 2 * sin(0.5 * phi);
    const double h = 1 / (s * s);
    (void)ctx;
    return (usph_ceiling_value){ .h = h, .slope = 2 * h * h, .error = 1e-14 * h };
}

static const usph_ceiling INVERSE = {
    .at = inverse_square,
    .falling = true,
    .to = 3.14159265358979323846,
};

/* Mean that coefficients claim when nobody checks them. */
static double claim(const usph_polynomial *p, double n)
{
    return (n * p->f[0] - (double)usph_polynomial_at(p, 1)) / (n - 1);
}

/* What a solver says of sets that are optimal, before and after the check. */
START_TEST(test_uncertified_programs_are_caught)
{
    static const usph_shape CODES[] = { { 12, 3 }, { 27, 6 }, { 56, 7 }, { 240, 8 } };
    const usph_metric_spec m = metric("energy/riesz:s=2");
    for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
        const double n = (double)CODES[i].n;
        const double attained = usph_universal_mean(CODES[i], kernel_of, &m.kernel);
        const usph_program program = { .n = n, .ceiling = &INVERSE };
        usph_polynomial p = { .d = CODES[i].d, .degree = 20 };
        usph_certificate proof;
        ck_assert(usph_propose(&program, &p));
        ck_assert_msg(claim(&p, n) > attained * (1 + 1e-13),
                      "n=%g: the solver was right by itself, %.17g of %.17g", n,
                      claim(&p, n), attained);
        ck_assert(usph_certify(&p, &INVERSE, 1e-11, &proof));
        const double mean = usph_certified_mean(&proof, &p, n);
        ck_assert_msg(mean <= attained && mean > attained * (1 - 1e-6),
                      "n=%g: %.17g of %.17g", n, mean, attained);
    }
}
END_TEST

/* A polynomial lifted by 1e-6 loses that again; a negative coefficient is dropped. */
START_TEST(test_certify_repairs)
{
    const usph_program program = { .n = 12, .ceiling = &INVERSE };
    usph_polynomial p = { .d = 3, .degree = 20 };
    usph_certificate before;
    usph_certificate after;
    ck_assert(usph_propose(&program, &p));
    ck_assert(usph_certify(&p, &INVERSE, 1e-11, &before));
    p.f[0] += 1e-6;
    ck_assert(usph_certify(&p, &INVERSE, 1e-11, &after));
    usph_assert_close(after.excess - before.excess, 1e-6, 1e-10, "excess");
    ck_assert_double_le(usph_certified_mean(&after, &p, 12), 39.0 / 66);
    p.f[3] = -1e-6;
    ck_assert(usph_certify(&p, &INVERSE, 1e-11, &after));
    ck_assert_double_le(usph_certified_mean(&after, &p, 12), 39.0 / 66);
    p.f[2] = NAN;
    ck_assert(!usph_certify(&p, &INVERSE, 1e-11, &after) ||
              usph_certified_mean(&after, &p, 12) <= 39.0 / 66);
}
END_TEST

/* Any coefficients at all: less the excess, nowhere above the ceiling. */
START_TEST(test_certificates_hold_on_a_grid)
{
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), 0, USPH_FOR_POINTS);
    for (size_t round = 0; round < 30; round++) {
        usph_polynomial p = { .d = 2 + round % 7, .degree = 3 + round % 12 };
        usph_certificate proof;
        for (size_t k = 0; k <= p.degree; k++)
            p.f[k] = usph_rng_uniform(&rng) / (double)(1 + k * k);
        ck_assert(usph_certify(&p, &INVERSE, 1e-9, &proof));
        double worst = -INFINITY;
        for (int i = 1; i <= 20000; i++) {
            const double phi = INVERSE.to * i / 20000;
            const double f = (double)usph_polynomial_at(&p, cosl((long double)phi));
            worst = fmax(worst, f - inverse_square(NULL, phi).h);
        }
        ck_assert_msg(worst <= proof.excess, "round %zu: %.17g above %.17g", round,
                      worst, proof.excess);
        ck_assert_msg(proof.excess <= fmax(0, worst) + 1e-6, "round %zu: %.3g of %.3g",
                      round, proof.excess, worst);
    }
}
END_TEST

/* Two antipodal pairs beat the simplex for -log of the angle, and nothing beats them.
 */
START_TEST(test_angular_kernels)
{
    static const double PI = 3.14159265358979323846;
    const usph_shape four = { 4, 3 };
    usph_metric_spec m = metric("energy/log_angle");
    ck_assert(isnan(by("ulb", &m, four).value));
    const double pairs = -(2 * log(PI) + 4 * log(PI / 2)) / 6;
    usph_bound bound = by("lp", &m, four);
    ck_assert_msg(bound.value <= pairs && bound.value > pairs - 1e-5, "%.12g of %.12g",
                  bound.value, pairs);
    m = metric("energy/riesz_angle:s=1");
    bound = by("lp", &m, (usph_shape){ 24, 4 });
    ck_assert_msg(fabs(276 * bound.value - 187.16622) < 1e-4, "%.12g",
                  276 * bound.value);
}
END_TEST

/* ---- sets that solvers end at --------------------------------------------------- */

/* Objectives of all sorts: their sets are the ones that come near to bounds. */
static const char *const OBJECTIVES[] = {
    "energy/log",  "energy/riesz:s=2", "energy/gauss:t=2", "separation_soft",
    "gram_logdet", "cap_discrepancy",  "wasserstein",      "koleo",
};

/* Some metrics optimized, every metric measured: nothing beyond any bound. */
static void check_ends(const char *points, const char *n, const char *d,
                       size_t max_steps)
{
    static usph_suite suite;
    usph_error err = { "" };
    suite = (usph_suite){ .seeds = 1, .seed = usph_test_seed(), .threads = 1 };
    suite.bounds = USPH_BOUNDS_LP;
    suite.stop.max_steps = max_steps;
    suite.metrics.count = usph_metric_all(suite.metrics.items, USPH_MAX_SPECS);
    for (size_t k = 0; k < sizeof OBJECTIVES / sizeof *OBJECTIVES; k++)
        suite.objectives.items[suite.objectives.count++] = metric(OBJECTIVES[k]);
    usph_assert_ok(usph_spec_parse(&usph_generators, points, &suite.points, &err), err);
    usph_assert_ok(usph_sizes_parse(n, true, &suite.n, &err), err);
    usph_assert_ok(usph_sizes_parse(d, false, &suite.d, &err), err);
    const size_t count = usph_suite_count(&suite) * suite.metrics.count;
    usph_record *records = calloc(count, sizeof *records);
    ck_assert_ptr_nonnull(records);
    usph_assert_ok(usph_suite_run(&suite, records, NULL, NULL, &err), err);
    size_t bounded = 0;
    for (size_t i = 0; i < count; i++) {
        const usph_record *r = &records[i];
        if (!isnan(r->gap))
            bounded++;
        /* 1e-12 of the bound, or of 1e-3 where that is nearly 0: rounding of the value
         */
        const double slack = 1e-12 * fmax(1, 1e-3 / fabs(r->bound));
        const bool exact = strcmp(r->kind, "exact") == 0; /* an estimate may be off */
        ck_assert_msg(!r->impossible && !(exact && r->gap < -slack),
                      "%s after %s from %s, n=%zu d=%zu: %.17g, bound %.17g (%s)",
                      r->metric, r->objective, points, (size_t)r->n, (size_t)r->d,
                      r->value, r->bound, r->bound_method);
    }
    ck_assert_uint_ge(bounded, count / 2);
    free(records);
}

START_TEST(test_ends_of_solvers_respect_bounds)
{
    check_ends("uniform", "4,7,12", "3", 300);
    check_ends("uniform", "6", "2,5", 300);
    check_ends("vmf:kappa=50", "9", "4", 5);
}
END_TEST

/* ---- refusal, cost -------------------------------------------------------------- */

static double cost(const char *text, usph_shape shape)
{
    const usph_metric_spec m = metric(text);
    double best = INFINITY;
    for (int k = 0; k < 5; k++) {
        const double start = seconds();
        (void)by("ulb", &m, shape);
        best = fmin(best, seconds() - start);
    }
    return best;
}

/* A kernel without the flag, as those of the angle are. */
START_TEST(test_other_kernels_are_refused)
{
    usph_metric_spec m = metric("energy/log");
    usph_kernel concave = *usph_kernel_of(m.kernel.entry);
    concave.flags = 0;
    m.kernel.entry = &concave.entry;
    ck_assert(isnan(by("ulb", &m, (usph_shape){ 12, 3 }).value));
    ck_assert(isnan(usph_metric_bound(&m, (usph_shape){ 12, 3 }).value));
}
END_TEST

/* Ten times what was measured: machines differ, orders of growth should not. */
START_TEST(test_cost)
{
    ck_assert_double_lt(cost("energy/riesz:s=1", (usph_shape){ 100, 3 }), 1e-3);
    ck_assert_double_lt(cost("energy/riesz:s=1", (usph_shape){ 100000, 3 }), 0.2);
    if (getenv("USPH_TEST_TIMES") != NULL)
        printf("ulb: %.3g ms at n = 100, %.3g ms at n = 100000\n",
               1e3 * cost("energy/riesz:s=1", (usph_shape){ 100, 3 }),
               1e3 * cost("energy/riesz:s=1", (usph_shape){ 100000, 3 }));
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *tc = tcase_create("bounds");
    tcase_add_unchecked_fixture(tc, read_rows, NULL);
    tcase_add_test(tc, test_largest_node_is_levenshteins);
    tcase_add_test(tc, test_rule_is_exact);
    tcase_add_test(tc, test_no_rule);
    tcase_add_test(tc, test_leech);
    tcase_add_test(tc, test_energies_of_the_table);
    tcase_add_test(tc, test_codes_of_the_table);
    tcase_add_test(tc, test_lines_and_coverings_of_the_table);
    tcase_add_test(tc, test_polarization_of_the_table);
    tcase_add_test(tc, test_gram_of_the_table);
    tcase_add_test(tc, test_closed_forms);
    tcase_add_test(tc, test_sharp_sets_attain);
    tcase_add_test(tc, test_sharp_codes);
    tcase_add_test(tc, test_lp_energies_of_the_table);
    tcase_add_test(tc, test_lp_codes_of_the_table);
    tcase_add_test(tc, test_uncertified_programs_are_caught);
    tcase_add_test(tc, test_certify_repairs);
    tcase_add_test(tc, test_certificates_hold_on_a_grid);
    tcase_add_test(tc, test_angular_kernels);
    tcase_add_test(tc, test_ends_of_solvers_respect_bounds);
    tcase_add_test(tc, test_other_kernels_are_refused);
    tcase_add_test(tc, test_cost);
    suite_add_tcase(suite, tc);
    return suite;
}
