#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/entry.h"
#include "core/points.h"
#include "core/rng.h"
#include "core/special.h"
#include "core/sphere.h"
#include "core/workspace.h"
#include "io/format.h"
#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "points/generator.h"
#include "solvers/solver.h"
#include "tests/runner.h"
#include "tests/variants.h"

static const usph_registry *const REGISTRIES[] = {
    &usph_kernels, &usph_metrics, &usph_solvers, &usph_generators, &usph_formats,
};
enum {
    REGISTRY_COUNT = sizeof REGISTRIES / sizeof *REGISTRIES,
};

START_TEST(test_entries_are_well_formed)
{
    const usph_registry *reg = REGISTRIES[_i];
    ck_assert_uint_gt(reg->count, 0);
    for (size_t i = 0; i < reg->count; i++) {
        const usph_entry *e = reg->items[i];
        ck_assert_uint_eq(strspn(e->name, "abcdefghijklmnopqrstuvwxyz0123456789_"),
                          strlen(e->name));
        ck_assert_ptr_eq(usph_registry_find(reg, e->name, strlen(e->name)), e);
        ck_assert_msg(e->title != NULL && e->formula != NULL, "%s", e->name);
        for (size_t p = 0; p < usph_entry_params(e); p++) {
            const usph_param *param = &e->params[p];
            ck_assert_msg(param->doc != NULL, "%s.%s", e->name, param->name);
            ck_assert_msg(param->def >= param->lo && param->def <= param->hi, "%s.%s",
                          e->name, param->name);
        }
    }
}
END_TEST

START_TEST(test_specs_print_as_they_parse)
{
    usph_spec specs[USPH_MAX_VARIANTS];
    const usph_registry *reg = REGISTRIES[_i];
    const size_t count = usph_registry_variants(reg, specs, USPH_MAX_VARIANTS);
    for (size_t i = 0; i < count; i++) {
        char text[USPH_MAX_SPEC];
        usph_spec back;
        usph_error err = { "" };
        usph_spec_print(&specs[i], text, sizeof text);
        usph_assert_ok(usph_spec_parse(reg, text, &back, &err), err);
        ck_assert_ptr_eq(back.entry, specs[i].entry);
        for (size_t p = 0; p < usph_entry_params(back.entry); p++)
            ck_assert_msg(back.values[p] == specs[i].values[p], "%s", text);
    }
}
END_TEST

/* What a wrong spec is answered with. */
static const struct {
    const char *text;
    usph_status status;
    const char *says;
} WRONG[] = {
    { "riez", USPH_ERR_NAME, "did you mean 'riesz'" },
    { "xyzzy", USPH_ERR_NAME, "known: riesz, log, gauss" },
    { "", USPH_ERR_NAME, "unknown kernel" },
    { "riesz:s=-2", USPH_ERR_ARG, "outside (-2, 1000000]" },
    { "riesz:s=-3", USPH_ERR_ARG, "riesz.s = -3 is outside" },
    { "riesz:s=0", USPH_ERR_ARG, "use the kernel log" },
    { "riesz:s=1e7", USPH_ERR_ARG, "outside" },
    { "riesz:s=nan", USPH_ERR_PARSE, "needs a number" },
    { "riesz:s=1x", USPH_ERR_PARSE, "needs a number" },
    { "riesz:s=", USPH_ERR_PARSE, "needs a number" },
    { "riesz:s", USPH_ERR_PARSE, "expected key=value" },
    { "riesz:", USPH_ERR_PARSE, "nothing follows" },
    { "riesz:s=1,", USPH_ERR_PARSE, "nothing follows the last comma" },
    { "riesz:s=1,s=2", USPH_ERR_PARSE, "given twice" },
    { "riesz:t=1", USPH_ERR_NAME, "did you mean 's'" },
    { "log:s=1", USPH_ERR_NAME, "takes no parameters" },
    { "gauss:t=0", USPH_ERR_ARG, "outside (0, 1000000]" },
};

START_TEST(test_wrong_specs_say_what_is_wrong)
{
    usph_spec spec = { .entry = NULL };
    usph_error err = { "" };
    const usph_status status =
        usph_spec_parse(&usph_kernels, WRONG[_i].text, &spec, &err);
    ck_assert_msg(status == WRONG[_i].status, "'%s': %s", WRONG[_i].text, err.text);
    /* a parameter of one letter has no near word */
    if (strcmp(WRONG[_i].text, "riesz:t=1") != 0)
        ck_assert_msg(strstr(err.text, WRONG[_i].says) != NULL, "'%s': %s",
                      WRONG[_i].text, err.text);
    ck_assert_ptr_null(spec.entry);
}
END_TEST

START_TEST(test_metric_specs)
{
    usph_metric_spec m;
    usph_error err = { "" };
    char text[USPH_MAX_SPEC];
    usph_assert_ok(usph_metric_parse("energy:half=1/riesz:s=1", &m, &err), err);
    usph_metric_print(&m, text, sizeof text);
    ck_assert_str_eq(text, "energy:half=1/riesz:s=1");
    ck_assert_int_eq(usph_metric_parse("energy", &m, &err), USPH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "needs a kernel"));
    ck_assert_int_eq(usph_metric_parse("separation/log", &m, &err), USPH_ERR_PARSE);
    ck_assert_ptr_nonnull(strstr(err.text, "takes no kernel"));
    usph_metric_spec all[128];
    const size_t count = usph_metric_all(all, 128);
    size_t names = 0;
    for (size_t k = 0; k < count; k++)
        names += k == 0 || all[k].metric.entry != all[k - 1].metric.entry;
    ck_assert_uint_eq(names, usph_metrics.count);
    ck_assert_uint_eq(usph_metric_all(NULL, 0), count);
}
END_TEST

START_TEST(test_philox_known_answer)
{
    /* Random123's own test vector for counter 0 and key 0 */
    static const uint64_t WANT[4] = { 0x16554d9eca36314c, 0xdb20fe9d672d0fdc,
                                      0xd7e772cee186176b, 0x7e68b68aec7ba23b };
    usph_rng rng;
    usph_rng_init(&rng, 0, 0, USPH_FOR_POINTS);
    for (size_t k = 0; k < 4; k++)
        ck_assert_uint_eq(usph_rng_u64(&rng), WANT[k]);
}
END_TEST

START_TEST(test_random_streams_differ)
{
    usph_rng a;
    usph_rng b;
    usph_rng_init(&a, 1, 2, USPH_FOR_POINTS);
    usph_rng_init(&b, 1, 2, USPH_FOR_SOLVER);
    ck_assert_uint_ne(usph_rng_u64(&a), usph_rng_u64(&b));
    usph_rng_init(&a, 1, 2, USPH_FOR_POINTS);
    usph_rng_init(&b, 2, 1, USPH_FOR_POINTS);
    ck_assert_uint_ne(usph_rng_u64(&a), usph_rng_u64(&b));
}
END_TEST

START_TEST(test_normal_moments)
{
    enum {
        COUNT = 100001
    };
    double *z = calloc(COUNT, sizeof *z);
    double moment[5] = { 0 };
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), 0, USPH_FOR_METRIC);
    usph_rng_normal(&rng, COUNT, z);
    for (size_t i = 0; i < COUNT; i++)
        for (int k = 1; k <= 4; k++)
            moment[k] += pow(z[i], k) / COUNT;
    free(z);
    /* five standard errors; variances of z, z^2, z^3, z^4 are 1, 2, 15, 96 */
    const double unit = 5 / sqrt(COUNT);
    usph_assert_close(moment[1], 0, unit, "mean");
    usph_assert_close(moment[2], 1, unit * sqrt(2), "variance");
    usph_assert_close(moment[3], 0, unit * sqrt(15), "third moment");
    ck_assert_double_lt(fabs(moment[4] - 3), unit * sqrt(96));
}
END_TEST

START_TEST(test_below_is_unbiased)
{
    size_t count[7] = { 0 };
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), 1, USPH_FOR_METRIC);
    for (size_t i = 0; i < 70000; i++)
        count[usph_rng_below(&rng, 7)]++;
    for (size_t k = 0; k < 7; k++)
        ck_assert_double_lt(fabs((double)count[k] - 10000), 5 * sqrt(10000.0 * 6 / 7));
}
END_TEST

START_TEST(test_workspace_is_a_stack)
{
    usph_workspace ws = { 0 };
    ck_assert_int_eq(usph_workspace_reserve(&ws, 100), USPH_OK);
    const size_t mark = usph_workspace_mark(&ws);
    double *a = usph_workspace_take(&ws, 3);
    const double *b = usph_workspace_take(&ws, 5);
    ck_assert_int_eq((int)(b - a), 8);
    ck_assert_uint_eq((uintptr_t)a % 64, 0);
    usph_workspace_release(&ws, mark);
    ck_assert_ptr_eq(usph_workspace_take(&ws, 1), a);
    ck_assert_uint_eq(ws.peak, 16);
    usph_workspace_release(&ws, mark);
    usph_workspace_free(&ws);
}
END_TEST

START_TEST(test_shapes_refused)
{
    usph_points points = { 0 };
    usph_error err = { "" };
    ck_assert_int_eq(usph_points_alloc((usph_shape){ 0, 3 }, &points, &err),
                     USPH_ERR_SHAPE);
    ck_assert_int_eq(usph_points_alloc((usph_shape){ 5, 1 }, &points, &err),
                     USPH_ERR_SHAPE);
    ck_assert_int_eq(usph_points_alloc((usph_shape){ SIZE_MAX / 4, 16 }, &points, &err),
                     USPH_ERR_SHAPE);
    ck_assert_ptr_nonnull(strstr(err.text, "does not fit"));
}
END_TEST

static usph_status prepare(const double *rows, usph_shape shape, bool drop_zero,
                           usph_points *out, usph_points_report *report,
                           usph_error *err)
{
    ck_assert_int_eq(usph_points_alloc(shape, out, NULL), USPH_OK);
    memcpy(out->x, rows, usph_shape_size(shape) * sizeof *rows);
    return usph_points_prepare(out, drop_zero, report, err);
}

START_TEST(test_rows_are_prepared)
{
    static const double ROWS[] = { 3,      4, /**/ 0, 0,     /**/ 1e-300, 0,
                                   /**/ 1, 0, -0.,    1e200, /**/ 0,      2 };
    const usph_shape shape = { 6, 2 };
    usph_points points = { 0 };
    usph_points_report report;
    usph_error err = { "" };
    ck_assert_int_eq(prepare(ROWS, shape, false, &points, &report, &err),
                     USPH_ERR_DATA);
    ck_assert_ptr_nonnull(strstr(err.text, "row 2 is zero"));
    usph_points_free(&points);
    usph_assert_ok(prepare(ROWS, shape, true, &points, &report, &err), err);
    ck_assert_uint_eq(points.shape.n, 5);
    ck_assert_uint_eq(report.zero, 1);
    ck_assert_uint_eq(report.not_unit, 4);
    ck_assert_uint_eq(report.duplicate, 2); /* (1, 0) twice, (0, 1) twice */
    for (size_t i = 0; i < 5; i++)
        usph_assert_close(hypot(points.x[2 * i], points.x[2 * i + 1]), 1, 3e-16, "row");
    usph_points_free(&points);
}
END_TEST

START_TEST(test_unit_rows_keep_their_bits)
{
    const usph_shape shape = { 50, 7 };
    double *x = usph_test_points(shape, usph_test_seed());
    usph_points points = { 0 };
    usph_points_report report;
    usph_error err = { "" };
    usph_assert_ok(prepare(x, shape, false, &points, &report, &err), err);
    ck_assert_mem_eq(points.x, x, usph_shape_size(shape) * sizeof *x);
    usph_points_free(&points);
    free(x);
}
END_TEST

START_TEST(test_log_gamma_ratio)
{
    static const double X[] = { 0.25, 0.5, 1, 3.75, 12, 40.5, 1000, 50000 };
    static const double A[] = { -0.125, 0.25, 0.5, 1, 7.5, 123 };
    for (size_t i = 0; i < sizeof X / sizeof *X; i++) {
        for (size_t k = 0; k < sizeof A / sizeof *A; k++) {
            const long double want = lgammal((long double)X[i] + A[k]) - lgammal(X[i]);
            /* the second part is the rounding of the long-double difference */
            const double tol = 4e-15 + 2e-19 * (double)fabsl(lgammal(X[i]));
            usph_assert_close(usph_log_gamma_ratio(X[i], A[k]), (double)want, tol,
                              "x = %g, a = %g", X[i], A[k]);
        }
    }
}
END_TEST

START_TEST(test_digamma)
{
    usph_assert_close(usph_digamma(1), -0.57721566490153286061, 2e-15, "psi(1)");
    usph_assert_close(usph_digamma(0.5), -1.96351002602142347944, 2e-15, "psi(1/2)");
    usph_assert_close(usph_digamma(10), 2.25175258906672110765, 2e-15, "psi(10)");
    for (int k = -1; k < 12; k++) {
        const double x = 0.5 * pow(1.7, k);
        usph_assert_close(usph_digamma(x + 1) - usph_digamma(x), 1 / x, 4e-15,
                          "recurrence at %g", x);
    }
}
END_TEST

START_TEST(test_rotation_is_orthogonal)
{
    const size_t d = (size_t[]){ 2, 3, 17, 64 }[_i];
    double *q = calloc(d * d, sizeof *q);
    usph_workspace ws = { 0 };
    usph_rng rng;
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_sphere_rotation_scratch(d)),
                     USPH_OK);
    usph_rng_init(&rng, usph_test_seed(), 0, USPH_FOR_METRIC);
    ck_assert_int_eq(usph_sphere_rotation(d, &rng, &ws, q), USPH_OK);
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < d; k++)
            usph_assert_close(usph_dot(d, q + i * d, q + k * d), i == k, 1e-14, "QQ'");
    usph_workspace_free(&ws);
    free(q);
}
END_TEST

/* Half the surface of S^1 and S^2 by elementary functions, and d = 5 by its integral.
 */
START_TEST(test_cap_area)
{
    static const double PI = 3.14159265358979323846;
    for (int k = 0; k <= 40; k++) {
        const double a = PI * k / 40;
        const double c = cos(a);
        usph_assert_close(usph_cap_area(2, a), a / PI, 1e-15, "circle");
        usph_assert_close(usph_cap_area(3, a), pow(sin(0.5 * a), 2), 1e-15, "sphere");
        usph_assert_close(usph_cap_area(5, a), 0.5 - c * (3 - c * c) / 4, 1e-15,
                          "d = 5");
        for (size_t d = 2; d < 600; d = d * 3 / 2 + 1)
            usph_assert_close(usph_cap_area(d, a) + usph_cap_area(d, PI - a), 1, 1e-14,
                              "complement, d = %zu", d);
    }
    /* F_d(a) ~ a^(d-1)/((d-1) B((d-1)/2, 1/2)) */
    usph_assert_close(usph_cap_area(3, 1e-9) / 2.5e-19, 1, 1e-15, "small cap");
}
END_TEST

START_TEST(test_cap_angle_is_the_inverse)
{
    static const double AREAS[] = { 0, 1e-12, 1e-3, 0.2, 0.5, 0.7, 1 };
    for (size_t d = 2; d < 600; d = d * 3 / 2 + 1) {
        for (size_t k = 0; k < sizeof AREAS / sizeof *AREAS; k++)
            usph_assert_close(usph_cap_area(d, usph_cap_angle(d, AREAS[k])), AREAS[k],
                              2e-14, "d = %zu", d);
    }
}
END_TEST

static double square_of_cosine(double theta, const void *ctx)
{
    (void)ctx;
    return cos(theta) * cos(theta);
}

static double minus_log(double theta, const void *ctx)
{
    (void)ctx;
    return -log(2 * sin(0.5 * theta));
}

START_TEST(test_sphere_mean)
{
    for (size_t d = 2; d < 3000; d = 2 * d + 1)
        usph_assert_close(usph_sphere_mean(square_of_cosine, NULL, d) * (double)d, 1,
                          1e-13, "d = %zu", d);
    usph_assert_close(usph_sphere_mean(minus_log, NULL, 3), 0.5 - log(2), 1e-13, "log");
    usph_assert_close(usph_sphere_mean(minus_log, NULL, 4), -0.25, 1e-13, "log");
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("core");
    TCase *tc = tcase_create("core");
    tcase_add_loop_test(tc, test_entries_are_well_formed, 0, REGISTRY_COUNT);
    tcase_add_loop_test(tc, test_specs_print_as_they_parse, 0, REGISTRY_COUNT);
    tcase_add_loop_test(tc, test_wrong_specs_say_what_is_wrong, 0,
                        sizeof WRONG / sizeof *WRONG);
    tcase_add_test(tc, test_metric_specs);
    tcase_add_test(tc, test_philox_known_answer);
    tcase_add_test(tc, test_random_streams_differ);
    tcase_add_test(tc, test_normal_moments);
    tcase_add_test(tc, test_below_is_unbiased);
    tcase_add_test(tc, test_workspace_is_a_stack);
    tcase_add_test(tc, test_shapes_refused);
    tcase_add_test(tc, test_rows_are_prepared);
    tcase_add_test(tc, test_unit_rows_keep_their_bits);
    tcase_add_test(tc, test_log_gamma_ratio);
    tcase_add_test(tc, test_digamma);
    tcase_add_test(tc, test_cap_area);
    tcase_add_test(tc, test_cap_angle_is_the_inverse);
    tcase_add_test(tc, test_sphere_mean);
    tcase_add_loop_test(tc, test_rotation_is_orthogonal, 0, 4);
    suite_add_tcase(suite, tc);
    return suite;
}
