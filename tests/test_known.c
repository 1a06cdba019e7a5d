#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/known/known.h"
#include "core/points.h"
#include "io/format.h"
#include "metrics/metric.h"
#include "points/generator.h"
#include "tests/reference.h"
#include "tests/runner.h"

/* Generators of exact configurations. */
static const char *const EXACT[] = { "simplex",     "cross_polytope", "ngon",
                                     "icosahedron", "cell24",         "cell600",
                                     "e8_roots" };

static double value_and_kind(const usph_metric_spec *m, usph_shape shape,
                             const double *x, usph_kind *kind)
{
    usph_workspace ws = { 0 };
    usph_measure measure;
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(m, shape, 1)),
                     USPH_OK);
    ck_assert_int_eq(usph_metric_eval(m, shape, x, &ws, &measure, NULL), USPH_OK);
    usph_workspace_free(&ws);
    *kind = measure.kind;
    return measure.value;
}

static double value_of(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    usph_kind kind;
    return value_and_kind(m, shape, x, &kind);
}

/* The exact configuration of that shape, or none. */
static bool make(usph_shape shape, usph_points *out)
{
    for (size_t g = 0; g < sizeof EXACT / sizeof *EXACT; g++) {
        const usph_spec spec = usph_spec_default(
            usph_registry_find(&usph_generators, EXACT[g], strlen(EXACT[g])));
        if (usph_generator_shape(&spec, &shape, NULL) != USPH_OK)
            continue;
        ck_assert_int_eq(usph_points_alloc(shape, out, NULL), USPH_OK);
        usph_generate(&spec, shape, NULL, out->x);
        return true;
    }
    return false;
}

/* Rows of the table of sharp configurations that our generators build. */
START_TEST(test_sharp_configurations)
{
    size_t checked = 0;
    for (size_t i = 0; i < usph_known_count(); i++) {
        const usph_known *known = usph_known_at(i);
        const usph_shape shape = { known->n, known->d };
        usph_metric_spec m;
        usph_points points = { 0 };
        const bool exact = known->precision <= 4e-15 * fmax(1, fabs(known->value));
        /* the best lines are other sets than the best points */
        const bool lines = strncmp(known->quantity, "coherence", 9) == 0;
        if (!exact || lines ||
            usph_metric_parse(known->quantity, &m, NULL) != USPH_OK ||
            !make(shape, &points))
            continue;
        const double value = value_of(&m, shape, points.x);
        const double want = usph_known_value(known, &m);
        ck_assert_msg(fabs(value - want) <= 1e-12 * fabs(want),
                      "%s n=%zu d=%zu: %.17g, table %.17g", known->quantity, known->n,
                      known->d, value, want);
        usph_points_free(&points);
        checked++;
    }
    /* 31 configurations with separation and at least three energies each */
    ck_assert_uint_ge(checked, 120);
}
END_TEST

START_TEST(test_lookup)
{
    usph_metric_spec m;
    usph_error err = { "" };
    usph_assert_ok(usph_metric_parse("energy/riesz:s=1", &m, &err), err);
    const usph_known *known = usph_known_find(&m, (usph_shape){ 100, 3 });
    ck_assert_ptr_nonnull(known);
    usph_assert_close(known->value, 4448.350634331, 1e-12, "Thomson, 100");
    ck_assert_str_eq(known->status, "best_known");
    usph_assert_close(usph_known_value(known, &m), known->value / 4950, 1e-15, "mean");
    ck_assert_ptr_null(usph_known_find(&m, (usph_shape){ 100, 4 }));
    known = usph_known_find(&m, (usph_shape){ 12, 3 });
    ck_assert_str_eq(known->status, "proved");
    for (size_t i = 0; i < usph_known_count(); i++)
        ck_assert_msg(usph_known_at(i)->source[0] != '\0', "row %zu", i);
}
END_TEST

/* No value may beat a proved bound of ours by more than its digits. */
START_TEST(test_known_values_respect_bounds)
{
    for (size_t i = 0; i < usph_known_count(); i++) {
        const usph_known *known = usph_known_at(i);
        const usph_shape shape = { known->n, known->d };
        usph_metric_spec m;
        if (usph_metric_parse(known->quantity, &m, NULL) != USPH_OK)
            continue;
        const usph_bound bound = usph_metric_bound(&m, shape);
        const double sign = usph_metric_of(&m)->better == USPH_LOWER ? 1 : -1;
        const double pairs = usph_metric_pairs(&m, shape);
        const double slack = known->precision / (isnan(pairs) ? 1 : pairs) +
                             1e-12 * fmax(1, fabs(bound.value));
        if (!isnan(bound.value))
            ck_assert_msg(sign * (usph_known_value(known, &m) - bound.value) >= -slack,
                          "%s n=%zu d=%zu", known->quantity, known->n, known->d);
    }
}
END_TEST

/* Real input: trained word vectors, every metric against long double. */
START_TEST(test_word_vectors)
{
    const char *root = getenv("USPH_TEST_ROOT");
    char path[4096];
    usph_points points = { 0 };
    usph_points_report report;
    usph_error err = { "" };
    usph_metric_spec all[256];
    const size_t count = usph_metric_all(all, 256);
    ck_assert_ptr_nonnull(root);
    snprintf(path, sizeof path, "%s/tests/data/words.vec", root);
    usph_assert_ok(usph_points_read(path, &points, NULL, &err), err);
    usph_assert_ok(usph_points_prepare(&points, false, &report, &err), err);
    ck_assert_uint_eq(points.shape.n, 1000);
    ck_assert_uint_eq(points.shape.d, 50);
    ck_assert_uint_eq(report.not_unit, 1000);
    ck_assert_uint_eq(report.duplicate, 0);
    for (size_t k = 0; k < count; k++) {
        char text[USPH_MAX_SPEC];
        usph_metric_print(&all[k], text, sizeof text);
        /* the references of tests integrate for every pair: fewer words for them */
        const bool test = (usph_metric_of(&all[k])->flags & USPH_METRIC_TEST) != 0;
        const usph_shape shape = { test ? 60 : points.shape.n, points.shape.d };
        if (usph_metric_check(&all[k], shape, NULL) != USPH_OK)
            continue; /* more points than harmonics, for example */
        usph_kind kind = USPH_KIND_EXACT;
        const double got = value_and_kind(&all[k], shape, points.x, &kind);
        if (kind != USPH_KIND_EXACT)
            continue; /* what is searched or sampled has tests of its own */
        const double want = usph_reference(&all[k], shape, points.x);
        ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want),
                      "%s: %.17g, reference %.17g, off by %.2g", text, got, want,
                      fabs(got / want - 1));
    }
    usph_points_free(&points);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("known");
    TCase *tc = tcase_create("known");
    tcase_add_test(tc, test_sharp_configurations);
    tcase_add_test(tc, test_lookup);
    tcase_add_test(tc, test_known_values_respect_bounds);
    tcase_add_test(tc, test_word_vectors);
    suite_add_tcase(suite, tc);
    return suite;
}
