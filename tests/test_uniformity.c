#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/uniformity/chisquares.h"
#include "metrics/uniformity/uniformity.h"
#include "tests/quadrature.h"
#include "tests/reference_uniformity.h"
#include "tests/runner.h"
#include "tests/variants.h"

static const double PI = 3.14159265358979323846;

/* One evaluation, which has to succeed. */
static usph_measure measure_of(const usph_metric_spec *m, usph_shape shape,
                               const double *x)
{
    usph_workspace ws = { 0 };
    usph_measure measure;
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(m, shape, 1)),
                     USPH_OK);
    ck_assert_int_eq(usph_metric_eval(m, shape, x, &ws, &measure, NULL), USPH_OK);
    usph_workspace_free(&ws);
    return measure;
}

/* The points of data/sphunif.csv. */
static void fixed_points(usph_shape shape, double *x)
{
    static const double PRIMES[] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29 };
    for (size_t i = 0; i < shape.n; i++)
        for (size_t j = 0; j < shape.d; j++)
            x[i * shape.d + j] =
                sin((double)(i + 1) * sqrt(PRIMES[j]) + (double)(j + 1));
    usph_sphere_normalize(shape, x);
}

enum {
    GAUSS = 160,
    GRID = 1000,
};

/* Gauss-Legendre rule on [-1, 1] by Newton's method. */
static void gauss_rule(double *node, double *weight)
{
    for (size_t k = 0; k < GAUSS; k++) {
        double z = cos(PI * ((double)k + 0.75) / (GAUSS + 0.5));
        double slope = 1;
        for (int step = 0; step < 20; step++) {
            double before = 1;
            double here = z;
            for (size_t j = 1; j < GAUSS; j++) {
                const double jj = (double)j;
                const double next = ((2 * jj + 1) * z * here - jj * before) / (jj + 1);
                before = here;
                here = next;
            }
            slope = GAUSS * (before - z * here) / ((1 - z) * (1 + z));
            z -= here / slope;
        }
        node[k] = z;
        weight[k] = 2 / ((1 - z) * (1 + z) * slope * slope);
    }
}

/* What the package integrates over t in [0, end], by statistic and dimension. */
static double package_integrand(const char *metric, size_t d, double theta, double t)
{
    const double z = tan(0.5 * theta) * t / sqrt((1 - t) * (1 + t));
    const double f = (double)usph_reference_density(d, t);
    const double side = (double)usph_reference_share(d - 1, z);
    const double share = (double)usph_reference_share(d, -t);
    if (strcmp(metric, "pcvm") == 0)
        return f * (1 - share) * side;
    if (strcmp(metric, "prt") == 0)
        return f * side;
    return share > 0 ? f * (log1p(-share) - log(share)) * (1 - side) : 0;
}

/* Its table over theta, and the table's linear interpolation. */
static void package_grid(const char *metric, size_t d, double level, double *grid)
{
    double node[GAUSS];
    double weight[GAUSS];
    gauss_rule(node, weight);
    for (size_t g = 0; g < GRID; g++) {
        const double theta = PI * (double)g / (GRID - 1);
        const double end = strcmp(metric, "prt") == 0 ? level : cos(0.5 * theta);
        grid[g] = 0;
        for (size_t k = 0; k < GAUSS; k++)
            grid[g] += 0.5 * end * weight[k] *
                       package_integrand(metric, d, theta, 0.5 * end * (node[k] + 1));
    }
}

static double package_table(const double *grid, double theta)
{
    const double place = theta / PI * (GRID - 1);
    const size_t g = place >= GRID - 1 ? GRID - 2 : (size_t)place;
    return grid[g] + (place - (double)g) * (grid[g + 1] - grid[g]);
}

/* The level that a share 1/3 of the sphere is beyond, in dimension 10. */
static double third(size_t d)
{
    double low = 0;
    double high = 1;
    for (int step = 0; step < 60; step++) {
        const double mid = 0.5 * (low + high);
        *(usph_reference_share(d, -mid) > 1.0L / 3 ? &low : &high) = mid;
    }
    return low;
}

/* The statistic as the package computes it. */
static double by_package(const char *metric, usph_shape shape, const double *x)
{
    double grid[GRID];
    const size_t d = shape.d;
    const double level = third(d);
    const double n = (double)shape.n;
    double sum = 0;
    package_grid(metric, d, level, grid);
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            const double theta = (double)usph_reference_angle(shape, x, i, j);
            const double value = package_table(grid, theta);
            const double share = (double)usph_reference_share(d, cos(0.5 * theta));
            if (strcmp(metric, "pcvm") == 0)
                sum += theta / (2 * PI) + 2 * share * share - 4 * value - 13.0 / 12;
            else if (strcmp(metric, "pad") == 0)
                sum += 1 - 2 * log(2) + 4 * value;
            else
                sum += (theta < 2 * acos(level) ? 1.0 / 3 - theta / (2 * PI) + 2 * value
                                                : 1.0 / 6) -
                       0.5 + 2.0 / 9;
        }
    }
    const double mean = strcmp(metric, "pcvm") == 0  ? 1.0 / 6
                        : strcmp(metric, "pad") == 0 ? 1
                                                     : 2.0 / 9;
    return mean + 2 / n * sum;
}

static void check_row(const char *text, usph_shape shape, double want, bool grid)
{
    double *x = calloc(usph_shape_size(shape), sizeof *x);
    usph_metric_spec m;
    usph_error err = { "" };
    fixed_points(shape, x);
    usph_assert_ok(usph_metric_parse(text, &m, &err), err);
    const double got = measure_of(&m, shape, x).value;
    if (grid) { /* the error of the package's interpolation */
        ck_assert_msg(fabs(got - want) < 2e-5, "%s d=%zu: %.17g", text, shape.d, got);
        const double same = by_package(text, shape, x);
        ck_assert_msg(fabs(same - want) < 1e-10, "%s d=%zu by grid: %.17g, want %.17g",
                      text, shape.d, same, want);
    } else {
        ck_assert_msg(fabs(got - want) < 1e-10, "%s d=%zu: %.17g, want %.17g", text,
                      shape.d, got, want);
    }
    free(x);
}

START_TEST(test_values_of_the_package)
{
    char path[1024];
    char line[256];
    size_t rows = 0;
    snprintf(path, sizeof path, "%s/tests/data/sphunif.csv", getenv("USPH_TEST_ROOT"));
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        usph_shape shape;
        char metric[64];
        char computed[16];
        double value = NAN;
        ck_assert_int_eq(sscanf(line, "%zu,%zu,%*[^,],%63[^,],%lf,%15s", &shape.n,
                                &shape.d, metric, &value, computed),
                         5);
        check_row(metric, shape, value, strcmp(computed, "grid") == 0);
        rows++;
    }
    fclose(file);
    ck_assert_uint_eq(rows, 51);
}
END_TEST

/* Upper tail of chi-squared: exp(-y) sum y^k/k! for even degrees of freedom. */
static double even_tail(size_t dof, double x)
{
    double term = 1;
    double sum = 0;
    for (size_t k = 0; k < dof / 2; k++) {
        sum += term;
        term *= 0.5 * x / (double)(k + 1);
    }
    return exp(-0.5 * x) * sum;
}

/* To a relative 1e-11, also where the tail is tiny. */
static void check_tail(double got, double want, const char *side, double x)
{
    ck_assert_msg(fabs(got - want) <= 1e-11 * want, "%s tail at %g: %.17g, want %.17g",
                  side, x, got, want);
}

START_TEST(test_law_of_one_degree)
{
    static const size_t DIMENSIONS[] = { 2, 4, 10, 100 };
    for (size_t k = 0; k < sizeof DIMENSIONS / sizeof *DIMENSIONS; k++) {
        const size_t d = DIMENSIONS[k];
        const double dof = (double)d;
        double v2[USPH_DEGREES] = { 2.5 };
        for (double z = -0.9; z < 9; z += 0.7) {
            double lower = 0;
            double upper = 0;
            const double x = dof * (1 + z / sqrt(dof)); /* of chi-squared */
            usph_chisquares_tails(v2, USPH_DEGREES, d, 2.5 * (x - dof), &lower, &upper);
            const double want = even_tail(d, x);
            check_tail(upper, want, "upper", x);
            usph_assert_close(lower, 1 - want, 1e-11, "lower tail at %g, d = %zu", x,
                              d);
        }
    }
}
END_TEST

/* Small lower tails keep their digits: P(chi^2_2 < x) = 1 - exp(-x/2). */
START_TEST(test_law_of_small_tails)
{
    const double v2[USPH_DEGREES] = { 1 };
    for (double x = 1e-9; x < 1; x *= 10) {
        double lower = 0;
        double upper = 0;
        usph_chisquares_tails(v2, USPH_DEGREES, 2, x - 2, &lower, &upper);
        /* x - 2 is rounded: so much of x is known */
        check_tail(lower, -expm1(-0.5 * (2 + (x - 2))), "lower", x);
    }
}
END_TEST

/* Two terms with 2 degrees of freedom each: a difference of exponentials. */
START_TEST(test_law_of_two_degrees)
{
    const double a = 1;
    const double b = 0.25;
    const double v2[USPH_DEGREES] = { a, b };
    for (double x = 0.1; x < 60; x *= 1.5) {
        double lower = 0;
        double upper = 0;
        usph_chisquares_tails(v2, USPH_DEGREES, 2, x - 2 * (a + b), &lower, &upper);
        const double want = (a * exp(-0.5 * x / a) - b * exp(-0.5 * x / b)) / (a - b);
        check_tail(upper, want, "upper", x);
    }
}
END_TEST

/* The tests of the registry that are Sobolev tests with a law in some dimension. */
static bool is_sobolev(const usph_metric_spec *m)
{
    const usph_metric *metric = usph_metric_of(m);
    return (metric->flags & USPH_METRIC_TEST) != 0 && metric->pass != NULL &&
           metric->pass->visit == usph_uniformity_visit;
}

static const usph_uniformity *sobolev_of(const usph_metric_spec *m)
{
    return (const usph_uniformity *)usph_metric_of(m)->pass;
}

typedef struct coefficient {
    const usph_metric_spec *m;
    size_t d, k;
    double *table;
} coefficient;

/* h(theta) P_k(cos theta) sin^(d-2) theta */
static double coefficient_at(double theta, double from_a, double to_b, const void *ctx)
{
    const coefficient *c = ctx;
    enum {
        VECTOR = 8
    };
    double r2[VECTOR];
    double q2[VECTOR];
    double angle[VECTOR];
    double h[VECTOR];
    double before = 1;
    double here = cos(theta);
    for (size_t p = 0; p < VECTOR; p++) {
        r2[p] = 4 * sin(0.5 * from_a) * sin(0.5 * from_a);
        q2[p] = 4 * sin(0.5 * to_b) * sin(0.5 * to_b);
        angle[p] = theta;
    }
    const usph_pairs_run run = { .count = 1, .r2 = r2, .q2 = q2, .theta = angle };
    sobolev_of(c->m)->pair(c->m, c->d, c->table, &run, h, NULL);
    for (size_t j = 1; j < c->k; j++) {
        const double below = (double)(j + c->d) - 2;
        const double next =
            (((double)j + below) * cos(theta) * here - (double)j * before) / below;
        before = here;
        here = next;
    }
    const double sine = from_a < to_b ? sin(from_a) : sin(to_b);
    const double value = h[0] * here * pow(sine, (double)c->d - 2);
    return isfinite(value) ? value : 0;
}

static double volume_at(double theta, double from_a, double to_b, const void *ctx)
{
    const size_t *d = ctx;
    (void)theta;
    return pow(from_a < to_b ? sin(from_a) : sin(to_b), (double)*d - 2);
}

/* v_k^2 = E h P_k: the weights belong to the function, whose mean is 0. */
static void check_weights(const usph_metric_spec *m, size_t d)
{
    double v2[USPH_DEGREES];
    double table[512];
    coefficient c = { m, d, 1, table };
    char text[USPH_MAX_SPEC];
    usph_metric_print(m, text, sizeof text);
    if (usph_metric_check(m, (usph_shape){ 5, d }, NULL) != USPH_OK ||
        !sobolev_of(m)->weights(m, d, USPH_DEGREES, v2))
        return;
    ck_assert_uint_le(sobolev_of(m)->table, 512);
    if (sobolev_of(m)->prepare != NULL)
        sobolev_of(m)->prepare(m, d, table);
    /* of the quadrature, h being of order 1: prt has a kink; 1e-5: projected weights */
    const double rough = strncmp(text, "prt", 3) == 0 ? 1e-6 : 1e-11;
    const double volume = usph_test_integrate(volume_at, &d, 0, PI);
    for (c.k = 1; c.k <= 6; c.k++) {
        const double got = usph_test_integrate(coefficient_at, &c, 0, PI) / volume;
        ck_assert_msg(fabs(got - v2[c.k - 1]) <
                          rough * fmax(1, v2[c.k - 1]) + 1e-5 * v2[c.k - 1],
                      "%s d=%zu k=%zu: E h P_k = %.17g, weight %.17g", text, d, c.k,
                      got, v2[c.k - 1]);
    }
}

START_TEST(test_weights_are_of_the_function)
{
    static const size_t DIMENSIONS[] = { 2, 3, 4, 5, 10 };
    static usph_metric_spec specs[USPH_MAX_VARIANTS];
    const size_t count = usph_metric_variants(specs, USPH_MAX_VARIANTS);
    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < sizeof DIMENSIONS / sizeof *DIMENSIONS; j++)
            if (is_sobolev(&specs[k]))
                check_weights(&specs[k], DIMENSIONS[j]);
}
END_TEST

/* Both tails of i.i.d. points are as frequent as they say. */
START_TEST(test_tails_are_frequencies)
{
    enum {
        DRAWS = 400
    };
    static usph_metric_spec specs[128];
    static const double LEVEL = 0.1;
    const usph_shape shape = { 60, 3 };
    const size_t all = usph_metric_all(specs, 128);
    /* 5 standard errors, and 0.01 for what n = 60 is not infinity */
    const double slack = 5 * sqrt(LEVEL * (1 - LEVEL) / DRAWS) + 0.01;
    for (size_t k = 0; k < all; k++) {
        size_t low = 0;
        size_t high = 0;
        if ((usph_metric_of(&specs[k])->flags & USPH_METRIC_TEST) == 0)
            continue;
        for (uint64_t draw = 0; draw < DRAWS; draw++) {
            double *x = usph_test_points(shape, usph_test_seed() + draw);
            const usph_measure measure = measure_of(&specs[k], shape, x);
            low += measure.p_lower < LEVEL ? 1 : 0;
            high += measure.p_upper < LEVEL ? 1 : 0;
            free(x);
            if (isnan(measure.p_lower))
                break;
        }
        if (low + high == 0)
            continue; /* no law for this dimension */
        ck_assert_msg(fabs((double)low / DRAWS - LEVEL) < slack &&
                          fabs((double)high / DRAWS - LEVEL) < slack,
                      "%s: %zu low, %zu high of %d",
                      usph_metric_of(&specs[k])->entry.name, low, high, DRAWS);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("uniformity");
    TCase *tc = tcase_create("uniformity");
    tcase_add_test(tc, test_values_of_the_package);
    tcase_add_test(tc, test_law_of_one_degree);
    tcase_add_test(tc, test_law_of_small_tails);
    tcase_add_test(tc, test_law_of_two_degrees);
    tcase_add_test(tc, test_weights_are_of_the_function);
    tcase_add_test(tc, test_tails_are_frequencies);
    suite_add_tcase(suite, tc);
    return suite;
}
