#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "tests/runner.h"
#include "tests/variants.h"

/*
 * Every metric on every kind of degenerate set: a value that is a number or an
 * infinity, or a refusal that says why; a gradient that is finite, or none. NaN is
 * never a value.
 */

static usph_metric_spec variants[USPH_MAX_VARIANTS];
static size_t variant_count;

typedef void fill(usph_shape shape, double *x);

static void all_equal(usph_shape shape, double *x)
{
    for (size_t i = 0; i < shape.n; i++)
        for (size_t k = 0; k < shape.d; k++)
            x[i * shape.d + k] = k == 0 ? 1 : 0;
}

static void uniform(usph_shape shape, double *x)
{
    usph_rng rng;
    usph_rng_init(&rng, 5, 0, USPH_FOR_POINTS);
    usph_sphere_uniform(shape, &rng, x);
}

static void duplicates(usph_shape shape, double *x)
{
    uniform(shape, x);
    for (size_t i = 1; i < shape.n; i += 2)
        memcpy(x + i * shape.d, x + (i - 1) * shape.d, shape.d * sizeof *x);
}

/* Pairs that differ by one unit in the last place of their largest coordinate. */
static void near_duplicates(usph_shape shape, double *x)
{
    duplicates(shape, x);
    for (size_t i = 1; i < shape.n; i += 2)
        for (size_t k = 0; k < shape.d; k++)
            if (fabs(x[i * shape.d + k]) > 0.4)
                x[i * shape.d + k] = nextafter(x[i * shape.d + k], 2);
}

static void antipodal(usph_shape shape, double *x)
{
    uniform(shape, x);
    for (size_t i = 1; i < shape.n; i += 2)
        for (size_t k = 0; k < shape.d; k++)
            x[i * shape.d + k] = -x[(i - 1) * shape.d + k];
}

/* The two poles only, so that all pairs coincide or are opposite. */
static void poles(usph_shape shape, double *x)
{
    all_equal(shape, x);
    for (size_t i = 0; i < shape.n; i += 2)
        x[i * shape.d] = -1;
}

/* On a great circle. */
static void rank_two(usph_shape shape, double *x)
{
    memset(x, 0, usph_shape_size(shape) * sizeof *x);
    for (size_t i = 0; i < shape.n; i++) {
        x[i * shape.d] = cos(0.7 * (double)(i * i));
        x[i * shape.d + 1] = sin(0.7 * (double)(i * i));
    }
}

static void one_hot(usph_shape shape, double *x)
{
    memset(x, 0, usph_shape_size(shape) * sizeof *x);
    for (size_t i = 0; i < shape.n; i++)
        x[i * shape.d + i % shape.d] = 1;
}

static void half_sphere(usph_shape shape, double *x)
{
    uniform(shape, x);
    for (size_t i = 0; i < shape.n; i++)
        x[i * shape.d] = fabs(x[i * shape.d]);
}

static const struct {
    const char *name;
    fill *fill;
} SETS[] = {
    { "uniform", uniform },           { "all equal", all_equal },
    { "duplicates", duplicates },     { "near duplicates", near_duplicates },
    { "antipodal pairs", antipodal }, { "poles", poles },
    { "great circle", rank_two },     { "one-hot", one_hot },
    { "hemisphere", half_sphere },
};

static const usph_shape SHAPES[] = {
    { 1, 2 }, { 1, 3 }, { 2, 2 },  { 2, 3 }, { 3, 5 },   { 4, 3 },
    { 5, 4 }, { 8, 4 }, { 12, 3 }, { 9, 2 }, { 20, 30 }, { 40, 3 },
};

static const char *label(const usph_metric_spec *m, usph_shape shape, size_t set)
{
    static char text[USPH_MAX_SPEC + 96];
    usph_metric_print(m, text, USPH_MAX_SPEC);
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, ", %s, n = %zu, d = %zu", SETS[set].name,
             shape.n, shape.d);
    return text;
}

static bool is_share(double p)
{
    return isnan(p) || (p >= 0 && p <= 1);
}

static void check_value(const usph_metric_spec *m, usph_shape shape, size_t set,
                        const double *x, usph_workspace *ws)
{
    usph_measure measure = { .value = NAN };
    const usph_status status = usph_metric_eval(m, shape, x, ws, &measure, NULL);
    const char *text = label(m, shape, set);
    if (status == USPH_ERR_DOMAIN)
        return;
    ck_assert_msg(status == USPH_OK, "%s: %s", text, usph_status_text(status));
    ck_assert_msg(!isnan(measure.value), "%s: NaN", text);
    ck_assert_msg(is_share(measure.p_lower) && is_share(measure.p_upper),
                  "%s: p %g, %g", text, measure.p_lower, measure.p_upper);
    ck_assert_msg(measure.extras <= USPH_MAX_EXTRA, "%s: extras", text);
    for (size_t e = 0; e < measure.extras; e++)
        ck_assert_msg(measure.extra[e].name != NULL && !isnan(measure.extra[e].value),
                      "%s: extra %zu", text, e);
}

static void check_gradient(const usph_metric_spec *m, usph_shape shape, size_t set,
                           const double *x, usph_workspace *ws)
{
    const size_t size = usph_shape_size(shape);
    usph_measure measure = { .value = NAN };
    double *grad = calloc(size, sizeof *grad);
    const usph_status status = usph_metric_eval(m, shape, x, ws, &measure, grad);
    const char *text = label(m, shape, set);
    ck_assert_msg(status == USPH_OK || status == USPH_ERR_DOMAIN, "%s: %s", text,
                  usph_status_text(status));
    for (size_t p = 0; p < size && status == USPH_OK; p++)
        ck_assert_msg(isfinite(grad[p]), "%s: gradient %zu is %g", text, p, grad[p]);
    free(grad);
}

static void check_set(const usph_metric_spec *m, usph_shape shape, size_t set)
{
    usph_workspace ws = { 0 };
    usph_error err = { "" };
    double *x = usph_test_points(shape, 1);
    SETS[set].fill(shape, x);
    const usph_status status = usph_metric_check(m, shape, &err);
    if (status == USPH_OK) {
        ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(m, shape, 1)),
                         USPH_OK);
        check_value(m, shape, set, x, &ws);
        if ((usph_metric_of(m)->flags & USPH_METRIC_SMOOTH) != 0)
            check_gradient(m, shape, set, x, &ws);
    } else {
        ck_assert_msg(err.text[0] != '\0', "%s: refused without a word",
                      label(m, shape, set));
    }
    usph_workspace_free(&ws);
    free(x);
}

START_TEST(test_degenerate)
{
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++)
        for (size_t k = 0; k < sizeof SETS / sizeof *SETS; k++)
            check_set(&variants[_i], SHAPES[s], k);
}
END_TEST

/* The mean and the bound are numbers, infinities, or NaN for "none"; the bound is one
   that the uniform set does not beat. */
START_TEST(test_expectation_of_any_shape)
{
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        const double expected = usph_metric_expected(&variants[_i], SHAPES[s]);
        const usph_bound bound = usph_metric_bound(&variants[_i], SHAPES[s]);
        const double sign =
            usph_metric_of(&variants[_i])->better == USPH_LOWER ? 1 : -1;
        if (isnan(expected) || isnan(bound.value))
            continue;
        ck_assert_msg(sign * (expected - bound.value) >=
                          -1e-12 * fmax(fabs(bound.value), 1e-3),
                      "%s: mean %.17g beats bound %.17g",
                      label(&variants[_i], SHAPES[s], 0), expected, bound.value);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("degenerate");
    TCase *tc = tcase_create("degenerate");
    variant_count = usph_metric_variants(variants, USPH_MAX_VARIANTS);
    tcase_add_loop_test(tc, test_degenerate, 0, (int)variant_count);
    tcase_add_loop_test(tc, test_expectation_of_any_shape, 0, (int)variant_count);
    suite_add_tcase(suite, tc);
    return suite;
}
