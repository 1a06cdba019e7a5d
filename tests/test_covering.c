#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/known/known.h"
#include "core/sphere.h"
#include "metrics/covering/hull.h"
#include "metrics/metric.h"
#include "points/generator.h"
#include "tests/reference.h"
#include "tests/runner.h"
#include "tests/variants.h"

static const double PI = 3.14159265358979323846;

static usph_measure measure_of(const char *text, usph_shape shape, const double *x)
{
    usph_metric_spec m;
    usph_error err = { "" };
    usph_workspace ws = { 0 };
    usph_measure out;
    usph_assert_ok(usph_metric_parse(text, &m, &err), err);
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(&m, shape, 1)),
                     USPH_OK);
    const usph_status status = usph_metric_eval(&m, shape, x, &ws, &out, NULL);
    ck_assert_msg(status == USPH_OK, "%s: %s", text, usph_status_text(status));
    usph_workspace_free(&ws);
    return out;
}

static double extra_of(const usph_measure *out, const char *name)
{
    for (size_t k = 0; k < out->extras; k++)
        if (strcmp(out->extra[k].name, name) == 0)
            return out->extra[k].value;
    return NAN;
}

static double *generate(const char *name, usph_shape shape)
{
    usph_error err = { "" };
    usph_spec spec;
    double *x = usph_test_points(shape, 1);
    usph_assert_ok(usph_spec_parse(&usph_generators, name, &spec, &err), err);
    usph_generate(&spec, shape, NULL, x);
    return x;
}

/* Radii of symmetric sets, by the centre of a facet: of a simplex with k corners whose
   inner products are t, the cosine is sqrt((1 + (k-1) t)/k). */
START_TEST(test_covering_of_symmetric_sets)
{
    static const struct {
        const char *generator;
        usph_shape shape;
        double cosine;
        double holes;
    } SETS[] = {
        { "ngon", { 7, 2 }, 0.90096886790241913, 7 }, /* cos pi/7 */
        { "simplex", { 4, 3 }, 1.0 / 3, 4 },
        { "simplex", { 10, 9 }, 1.0 / 9, 10 },
        { "cross_polytope", { 6, 3 }, 0.57735026918962576, 8 },
        { "cross_polytope", { 16, 8 }, 0.35355339059327376, 256 },
        { "icosahedron", { 12, 3 }, 0.79465447229176612, 20 },
        /* sqrt((1 + 3 cos 36)/4) */
        { "cell600", { 120, 4 }, 0.92561479341095809, 600 },
        /* the 2160 cross-polytopes of 45 degrees, not the 17280 simplices */
        { "e8_roots", { 240, 8 }, 0.70710678118654752, 2160 },
    };
    for (size_t s = 0; s < sizeof SETS / sizeof *SETS; s++) {
        double *x = generate(SETS[s].generator, SETS[s].shape);
        const usph_measure hull =
            measure_of("covering:max_facets=1e7", SETS[s].shape, x);
        const usph_measure climbs =
            measure_of("covering:max_facets=0", SETS[s].shape, x);
        usph_assert_close(hull.value, acos(SETS[s].cosine), 1e-13, "%s",
                          SETS[s].generator);
        usph_assert_close(climbs.value, hull.value, 1e-12, "climbs of %s",
                          SETS[s].generator);
        ck_assert_int_eq(hull.kind, USPH_KIND_EXACT);
        ck_assert_int_eq(climbs.kind, USPH_KIND_LOWER_BOUND);
        ck_assert_double_eq(extra_of(&hull, "witnesses"), SETS[s].holes);
        free(x);
    }
}
END_TEST

START_TEST(test_covering_of_a_cube)
{
    const usph_shape shape = { 8, 3 };
    double x[24];
    for (size_t i = 0; i < 8; i++)
        for (size_t k = 0; k < 3; k++)
            x[3 * i + k] = (i >> k & 1) != 0 ? sqrt(1.0 / 3) : -sqrt(1.0 / 3);
    const usph_measure out = measure_of("covering", shape, x);
    usph_assert_close(out.value, acos(sqrt(1.0 / 3)), 1e-14, "cube");
    ck_assert_double_eq(extra_of(&out, "witnesses"), 6);
}
END_TEST

/* Values of the table that our generators attain. */
START_TEST(test_known_sets)
{
    static const char *const GENERATORS[] = { "simplex", "cross_polytope",
                                              "icosahedron" };
    static const usph_shape SHAPES[] = { { 4, 3 }, { 6, 3 }, { 12, 3 } };
    static const char *const METRICS[] = { "covering", "polarization/log",
                                           "polarization/riesz:s=1",
                                           "polarization/riesz:s=2" };
    for (size_t s = 0; s < 3; s++) {
        double *x = generate(GENERATORS[s], SHAPES[s]);
        for (size_t k = 0; k < sizeof METRICS / sizeof *METRICS; k++) {
            usph_metric_spec m;
            ck_assert_int_eq(usph_metric_parse(METRICS[k], &m, NULL), USPH_OK);
            const usph_known *known = usph_known_find(&m, SHAPES[s]);
            ck_assert_ptr_nonnull(known);
            const double want = usph_known_value(known, &m);
            usph_assert_close(measure_of(METRICS[k], SHAPES[s], x).value, want,
                              1e-12 + known->precision, "%s of %zu points", METRICS[k],
                              SHAPES[s].n);
        }
        free(x);
    }
}
END_TEST

/* Random sets in few dimensions: the climbs find what the hull says, as 200 starts see
   every hole of some size. */
START_TEST(test_climbs_find_the_hole)
{
    static const usph_shape SHAPES[] = { { 30, 2 }, { 50, 3 }, { 100, 4 }, { 40, 5 } };
    const usph_shape shape = SHAPES[_i];
    double *x = usph_test_points(shape, usph_test_seed());
    const double hull = measure_of("covering", shape, x).value;
    const double climbs =
        measure_of("covering:max_facets=0,starts=200", shape, x).value;
    usph_assert_close(climbs, hull, 1e-12, "n=%zu d=%zu", shape.n, shape.d);
    free(x);
}
END_TEST

/* Everything in a half-space: the nearest point of the hull decides, in any dimension.
 */
START_TEST(test_covering_of_a_cap)
{
    static const usph_shape SHAPES[] = { { 9, 2 }, { 40, 3 }, { 200, 8 }, { 90, 40 } };
    const usph_shape shape = SHAPES[_i];
    double *x = usph_test_points(shape, usph_test_seed());
    for (size_t i = 0; i < shape.n; i++)
        x[i * shape.d] = fabs(x[i * shape.d]) + 0.05;
    usph_sphere_normalize(shape, x);
    usph_metric_spec m;
    ck_assert_int_eq(usph_metric_parse("covering", &m, NULL), USPH_OK);
    const usph_measure out = measure_of("covering", shape, x);
    ck_assert_int_eq(out.kind, USPH_KIND_EXACT);
    ck_assert_double_gt(out.value, PI / 2);
    usph_assert_close(out.value, usph_reference(&m, shape, x), 1e-12, "n=%zu d=%zu",
                      shape.n, shape.d);
    free(x);
}
END_TEST

/* The certificate closes on small sets. */
START_TEST(test_polarization_is_enclosed)
{
    static const char *const KERNELS[] = { "log",       "riesz:s=-1", "riesz:s=1",
                                           "riesz:s=2", "riesz:s=4",  "gauss:t=2" };
    static const usph_shape SHAPES[] = { { 1, 3 }, { 2, 3 },  { 9, 2 },
                                         { 5, 3 }, { 14, 3 }, { 60, 3 } };
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        char text[64];
        double *x = usph_test_points(SHAPES[s], usph_test_seed());
        snprintf(text, sizeof text, "polarization:work=1e7/%s", KERNELS[_i]);
        const usph_measure out = measure_of(text, SHAPES[s], x);
        ck_assert_msg(out.kind == USPH_KIND_EXACT, "%s n=%zu d=%zu: %.17g in [%.17g, ]",
                      text, SHAPES[s].n, SHAPES[s].d, out.value,
                      extra_of(&out, "certified_lower"));
        ck_assert_double_le(extra_of(&out, "certified_lower"), out.value);
        free(x);
    }
}
END_TEST

/* In many dimensions, too, the gradient is that of the pole that is found. */
START_TEST(test_covering_soft_gradient)
{
    static const usph_shape SHAPES[] = { { 12, 3 }, { 12, 8 }, { 40, 5 } };
    const usph_shape shape = SHAPES[_i];
    const double h = 1e-5;
    const size_t size = usph_shape_size(shape);
    double *x = usph_test_points(shape, usph_test_seed());
    double *v = usph_test_points(shape, usph_test_seed() + 1);
    double *y = usph_test_points(shape, 1);
    double *grad = usph_test_points(shape, 1);
    usph_metric_spec m;
    usph_workspace ws = { 0 };
    usph_measure out;
    ck_assert_int_eq(usph_metric_parse("covering_soft", &m, NULL), USPH_OK);
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(&m, shape, 1)),
                     USPH_OK);
    ck_assert_int_eq(usph_metric_eval(&m, shape, x, &ws, &out, grad), USPH_OK);
    usph_workspace_free(&ws);
    usph_sphere_tangent(shape, x, v);
    usph_sphere_retract(shape, x, h, v, y, NULL);
    const double right = measure_of("covering_soft", shape, y).value;
    usph_sphere_retract(shape, x, -h, v, y, NULL);
    const double left = measure_of("covering_soft", shape, y).value;
    /* a second-order difference: h^2 and 1e-15/h */
    ck_assert_double_eq_tol(usph_dot(size, grad, v), (right - left) / (2 * h), 1e-7);
    free(x);
    free(v);
    free(y);
    free(grad);
}
END_TEST

/* The moment theorem's figures for the three best sets, and symmetric ones by sampling:
   the exact value is within the errors of the estimate. */
START_TEST(test_quantization)
{
    static const char *const GENERATORS[] = { "simplex", "cross_polytope",
                                              "icosahedron" };
    static const usph_shape SHAPES[] = { { 4, 3 }, { 6, 3 }, { 12, 3 } };
    static const double WANT[] = { 0.543513, 0.351437, 0.171542 };
    usph_metric_spec m;
    ck_assert_int_eq(usph_metric_parse("quantization", &m, NULL), USPH_OK);
    for (size_t s = 0; s < 3; s++) {
        double *x = generate(GENERATORS[s], SHAPES[s]);
        const usph_measure out = measure_of("quantization", SHAPES[s], x);
        ck_assert_int_eq(out.kind, USPH_KIND_EXACT);
        ck_assert_double_eq_tol(out.value, WANT[s], 1e-6);
        usph_assert_close(out.value, usph_metric_bound(&m, SHAPES[s]).value, 1e-13,
                          "%s", GENERATORS[s]);
        free(x);
    }
    /* one point: (pi^2 - 4)/2, from a sample */
    const double one[3] = { 0, 0.6, 0.8 };
    const usph_measure single =
        measure_of("quantization:samples=100000", (usph_shape){ 1, 3 }, one);
    ck_assert_int_eq(single.kind, USPH_KIND_ESTIMATE);
    ck_assert_double_eq_tol(single.value, (PI * PI - 4) / 2,
                            5 * extra_of(&single, "standard_error"));
}
END_TEST

START_TEST(test_degenerate_sets)
{
    const double one[3] = { 0, 0.6, 0.8 };
    const double two[6] = { 1, 0, 0, -1, 0, 0 };
    const double right[6] = { 1, 0, 0, 0, 1, 0 };
    const double flat[12] = { 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0 };
    double same[30];
    for (size_t p = 0; p < 30; p++)
        same[p] = one[p % 3];
    usph_assert_close(measure_of("covering", (usph_shape){ 1, 3 }, one).value, PI,
                      1e-15, "one");
    usph_assert_close(measure_of("covering", (usph_shape){ 2, 3 }, two).value, PI / 2,
                      1e-15, "antipodes");
    usph_assert_close(measure_of("covering", (usph_shape){ 2, 3 }, right).value,
                      0.75 * PI, 1e-15, "right angle");
    usph_assert_close(measure_of("covering", (usph_shape){ 4, 3 }, flat).value, PI / 2,
                      1e-15, "equator");
    usph_assert_close(measure_of("covering", (usph_shape){ 10, 3 }, same).value, PI,
                      1e-15, "all equal");
    same[2] += 1e-12; /* near duplicates around one place */
    usph_assert_close(measure_of("covering", (usph_shape){ 10, 3 }, same).value, PI,
                      1e-11, "nearly all equal");
}
END_TEST

/* Mean numbers of facets: 2n - 4 on S^2, n on the circle, d + 1 for the
   simplex; 27.07/4 a point in four dimensions (the cells of a Poisson process). */
START_TEST(test_expected_facets)
{
    usph_assert_close(usph_hull_expected_facets((usph_shape){ 40, 2 }), 40, 1e-3, "2");
    usph_assert_close(usph_hull_expected_facets((usph_shape){ 100, 3 }), 196, 1e-4,
                      "3");
    usph_assert_close(usph_hull_expected_facets((usph_shape){ 7, 6 }), 7, 1e-4, "6");
    usph_assert_close(usph_hull_expected_facets((usph_shape){ 100000, 4 }) / 100000,
                      6.768, 1e-2, "4");
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("covering");
    TCase *tc = tcase_create("covering");
    tcase_add_test(tc, test_covering_of_symmetric_sets);
    tcase_add_test(tc, test_covering_of_a_cube);
    tcase_add_test(tc, test_known_sets);
    tcase_add_loop_test(tc, test_climbs_find_the_hole, 0, 4);
    tcase_add_loop_test(tc, test_covering_of_a_cap, 0, 4);
    tcase_add_loop_test(tc, test_polarization_is_enclosed, 0, 6);
    tcase_add_loop_test(tc, test_covering_soft_gradient, 0, 3);
    tcase_add_test(tc, test_quantization);
    tcase_add_test(tc, test_degenerate_sets);
    tcase_add_test(tc, test_expected_facets);
    suite_add_tcase(suite, tc);
    return suite;
}
