#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "metrics/slices.h"
#include "points/generator.h"
#include "tests/runner.h"
#include "tests/variants.h"

static usph_measure measure_of(const char *text, usph_shape shape, const double *x)
{
    usph_metric_spec m;
    usph_workspace ws = { 0 };
    usph_measure measure;
    usph_error err = { "" };
    usph_assert_ok(usph_metric_parse(text, &m, &err), err);
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_metric_scratch(&m, shape, 1)),
                     USPH_OK);
    ck_assert_int_eq(usph_metric_eval(&m, shape, x, &ws, &measure, NULL), USPH_OK);
    usph_workspace_free(&ws);
    return measure;
}

/* Strengths of exact configurations: DelsarteGoethalsSeidel1977, CohnKumar2007. */
START_TEST(test_strengths)
{
    static const struct {
        const char *generator;
        usph_shape shape;
        double strength;
    } SETS[] = {
        { "simplex", { 4, 3 }, 2 },        { "simplex", { 9, 8 }, 2 },
        { "cross_polytope", { 6, 3 }, 3 }, { "cross_polytope", { 16, 8 }, 3 },
        { "icosahedron", { 12, 3 }, 5 },   { "cell24", { 24, 4 }, 5 },
        { "cell600", { 120, 4 }, 11 },     { "e8_roots", { 240, 8 }, 7 },
        { "ngon", { 7, 2 }, 6 },
    };
    for (size_t k = 0; k < sizeof SETS / sizeof *SETS; k++) {
        const char *name = SETS[k].generator;
        const usph_spec spec =
            usph_spec_default(usph_registry_find(&usph_generators, name, strlen(name)));
        double *x = usph_test_points(SETS[k].shape, 1);
        usph_generate(&spec, SETS[k].shape, NULL, x);
        const usph_measure strength = measure_of("design_strength", SETS[k].shape, x);
        ck_assert_msg(strength.value == SETS[k].strength, "%s: %g", name,
                      strength.value);
        ck_assert_msg(strength.extra[0].value > 1e-4, "%s: next power %g", name,
                      strength.extra[0].value);
        const usph_measure defect = measure_of("design_defect:t=2", SETS[k].shape, x);
        ck_assert_msg(defect.value < 1e-15, "%s: defect %g", name, defect.value);
        free(x);
    }
}
END_TEST

/* Degrees 1 and 2 are |mean|^2 and the frame potential: (d n^-2 FP - 1)/(d - 1). */
START_TEST(test_powers_are_moments)
{
    const usph_shape shape = { 40, 5 };
    double *x = usph_test_points(shape, usph_test_seed());
    const usph_measure defect = measure_of("design_defect:t=8", shape, x);
    double square = 0;
    for (size_t c = 0; c < shape.d; c++) {
        double mean = 0;
        for (size_t i = 0; i < shape.n; i++)
            mean += x[i * shape.d + c] / (double)shape.n;
        square += mean * mean;
    }
    const double potential = measure_of("frame_potential", shape, x).value;
    usph_assert_close(defect.extra[0].value, square, 1e-15, "degree 1");
    usph_assert_close(defect.extra[1].value, (5 * potential / 1600 - 1) / 4, 1e-14,
                      "degree 2");
    ck_assert_uint_eq(defect.extras, 8);
    double sum = 0;
    for (size_t k = 0; k < 8; k++)
        sum += defect.extra[k].value;
    usph_assert_close(defect.value, sum, 1e-15, "sum of degrees");
    free(x);
}
END_TEST

/* Slices average to what they are slices of: cvm to pcvm, within the directions' error.
 */
START_TEST(test_slices_average_to_the_test)
{
    static const usph_shape SHAPES[] = { { 25, 3 }, { 40, 6 }, { 30, 2 } };
    for (size_t k = 0; k < sizeof SHAPES / sizeof *SHAPES; k++) {
        double *x = usph_test_points(SHAPES[k], usph_test_seed());
        const double all = measure_of("pcvm", SHAPES[k], x).value;
        const double some = measure_of("sliced_marginal:k=20000", SHAPES[k], x).value;
        /* sd of one direction is of the order of the value */
        usph_assert_close(some, all, 5 * all / sqrt(20000.0), "n=%zu d=%zu",
                          SHAPES[k].n, SHAPES[k].d);
        free(x);
    }
}
END_TEST

/* One point at angle a to the direction, d = 3, where F(t) = (1 + t)/2. */
START_TEST(test_marginals_of_one_point)
{
    static const double X[3] = { 0.6, 0, 0.8 };
    const usph_shape shape = { 1, 3 };
    double v[3];
    usph_slice_direction(4, 0, 3, v);
    const double t = usph_dot(3, v, X);
    const double u = 0.5 * (1 + t);
    usph_assert_close(measure_of("sliced_marginal:k=1,seed=4", shape, X).value,
                      (u - 0.5) * (u - 0.5) + 1.0 / 12, 1e-15, "cvm");
    usph_assert_close(measure_of("sliced_marginal:by=ks,k=1,seed=4", shape, X).value,
                      fmax(u, 1 - u), 1e-15, "ks");
    usph_assert_close(measure_of("sliced_marginal:by=w2,k=1,seed=4", shape, X).value,
                      t * t + 1.0 / 3, 1e-15, "w2");
}
END_TEST

/* W2 of the quantiles of the cells of S^2, which are equal intervals of height. */
START_TEST(test_transport_of_heights)
{
    enum {
        N = 8
    };
    const usph_shape shape = { N, 3 };
    double x[N * 3];
    double v[3];
    usph_slice_direction(1, 0, 3, v);
    /* points at the middle heights along v: every unit vector at that angle will do */
    double p[3] = { v[1], -v[0], 0 };
    usph_sphere_normalize((usph_shape){ 1, 3 }, p);
    for (size_t i = 0; i < N; i++) {
        const double t = -1 + 2 * ((double)i + 0.5) / N;
        for (size_t c = 0; c < 3; c++)
            x[3 * i + c] = t * v[c] + sqrt(1 - t * t) * p[c];
    }
    const double want = 4.0 / (12 * N * N); /* variance of an interval of length 2/N */
    usph_assert_close(measure_of("sliced_marginal:by=w2,k=1", shape, x).value, want,
                      1e-14, "w2 of equal heights");
    usph_assert_close(measure_of("sliced_marginal:by=ks,k=1", shape, x).value, 0.5 / N,
                      1e-14, "ks of equal heights");
}
END_TEST

/* Caps whose discrepancy is known: the search must not exceed it, and find most. */
START_TEST(test_worst_caps)
{
    static const double ONE[3] = { 0, 0, 1 };
    static const double POLES[6] = { 0, 0, 1, 0, 0, -1 };
    const usph_measure one =
        measure_of("cap_discrepancy_sup", (usph_shape){ 1, 3 }, ONE);
    usph_assert_close(one.value, 1, 1e-15, "one point");
    ck_assert_int_eq(one.kind, USPH_KIND_LOWER_BOUND);
    const double two =
        measure_of("cap_discrepancy_sup", (usph_shape){ 2, 3 }, POLES).value;
    usph_assert_close(two, 0.5, 1e-12, "antipodal points");
    /* no cap is worse than by the mean square: sup >= D_2 / sqrt(2), of height in [-1,
     * 1]
     */
    const usph_shape shape = { 50, 4 };
    double *x = usph_test_points(shape, usph_test_seed());
    const double sup = measure_of("cap_discrepancy_sup", shape, x).value;
    const double square = measure_of("cap_discrepancy", shape, x).value;
    ck_assert_msg(sup * sup >= 0.5 * square && sup < 1, "%g, %g", sup, square);
    free(x);
}
END_TEST

START_TEST(test_sorting)
{
    for (size_t n = 1; n < 70; n++) {
        double keys[70];
        double copy[70];
        double order[70];
        double spare[140];
        usph_rng rng;
        usph_rng_init(&rng, usph_test_seed(), n, USPH_FOR_METRIC);
        for (size_t i = 0; i < n; i++)
            copy[i] = keys[i] = (double)usph_rng_below(&rng, 40);
        usph_slice_sort(n, keys, order, spare);
        for (size_t i = 0; i < n; i++) {
            ck_assert(copy[(size_t)order[i]] == keys[i]);
            ck_assert(i == 0 || keys[i - 1] < keys[i] ||
                      (keys[i - 1] == keys[i] && order[i - 1] < order[i]));
        }
        usph_slice_sort(n, copy, NULL, spare);
        ck_assert(memcmp(copy, keys, n * sizeof *keys) == 0);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("discrepancy");
    TCase *tc = tcase_create("discrepancy");
    tcase_add_test(tc, test_strengths);
    tcase_add_test(tc, test_powers_are_moments);
    tcase_add_test(tc, test_slices_average_to_the_test);
    tcase_add_test(tc, test_marginals_of_one_point);
    tcase_add_test(tc, test_transport_of_heights);
    tcase_add_test(tc, test_worst_caps);
    tcase_add_test(tc, test_sorting);
    suite_add_tcase(suite, tc);
    return suite;
}
