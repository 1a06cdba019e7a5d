#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "points/generator.h"
#include "tests/reference.h"
#include "tests/runner.h"
#include "tests/variants.h"

static usph_metric_spec variants[USPH_MAX_VARIANTS];
static size_t variant_count;

/* One evaluation with a workspace of just the stated size. */
static usph_status evaluate(const usph_metric_spec *m, usph_shape shape,
                            const double *x, usph_measure *out, double *grad)
{
    usph_workspace ws = { 0 };
    const size_t scratch = usph_metric_scratch(m, shape, 1);
    ck_assert_int_eq(usph_workspace_reserve(&ws, scratch), USPH_OK);
    const usph_status status = usph_metric_eval(m, shape, x, &ws, out, grad);
    ck_assert_uint_le(ws.peak, scratch); /* take asserts the rest */
    ck_assert_uint_eq(ws.used, 0);
    usph_workspace_free(&ws);
    return status;
}

static double value_of(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    usph_measure measure;
    char text[USPH_MAX_SPEC];
    usph_metric_print(m, text, sizeof text);
    const usph_status status = evaluate(m, shape, x, &measure, NULL);
    ck_assert_msg(status == USPH_OK, "%s: %s", text, usph_status_text(status));
    return measure.value;
}

/* Energies of projections: near pairs have the roundings of their projected points in
   them, and projected points come closer to each other and to 0 than the points do. */
static bool projects(const usph_metric_spec *m)
{
    return m->kernel.entry != NULL &&
           (usph_metric_of(m)->flags & USPH_METRIC_NOT_ROTATION_INVARIANT) != 0;
}

/*
 * gram_logdet of some variants is nearly singular on many points of S^2: its value then
 * has as many wrong digits as its condition says, which no reference can settle.
 */
static bool well_posed(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    usph_measure measure;
    if (projects(m) && m->metric.values[0] < 3) /* on a circle: too close by far */
        return false;
    if (strncmp(m->metric.entry->name, "gram_logdet", 11) != 0)
        return true;
    if (evaluate(m, shape, x, &measure, NULL) != USPH_OK)
        return false;
    return measure.extra[0].value > 1e-4; /* smallest pivot */
}

static bool skip(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    return usph_metric_check(m, shape, NULL) != USPH_OK || !well_posed(m, shape, x);
}

/* Whether the value is what the definition asks for; others have tests of their own. */
static bool is_exact(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    usph_measure measure;
    return evaluate(m, shape, x, &measure, NULL) == USPH_OK &&
           measure.kind == USPH_KIND_EXACT;
}

static const char *describe(const usph_metric_spec *m, usph_shape shape)
{
    static char text[USPH_MAX_SPEC + 64];
    usph_metric_print(m, text, USPH_MAX_SPEC);
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, " n=%zu d=%zu", shape.n, shape.d);
    return text;
}

static double *clone(usph_shape shape, const double *x)
{
    double *copy = malloc(usph_shape_size(shape) * sizeof *copy);
    memcpy(copy, x, usph_shape_size(shape) * sizeof *copy);
    return copy;
}

START_TEST(test_value_is_the_reference)
{
    const usph_metric_spec *m = &variants[_i];
    for (size_t s = 0; s < usph_test_shape_count; s++) {
        const usph_shape shape = usph_test_shapes[s];
        double *x = usph_test_points(shape, usph_test_seed());
        if (!skip(m, shape, x) && is_exact(m, shape, x)) {
            const double want = usph_reference(m, shape, x);
            const double got = value_of(m, shape, x);
            ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want),
                          "%s: %.17g, reference %.17g", describe(m, shape), got, want);
        }
        free(x);
    }
}
END_TEST

/* Pairs at 1e-8, where 2 - 2<x, y> has no correct digit, and antipodal ones. */
START_TEST(test_near_and_opposite_pairs)
{
    const usph_metric_spec *m = &variants[_i];
    const usph_shape shape = { 24, 5 };
    double *x = usph_test_points(shape, usph_test_seed());
    for (size_t i = 0; i < shape.n; i += 3) {
        for (size_t k = 0; k < shape.d; k++) {
            x[(i + 1) * shape.d + k] = x[i * shape.d + k] + (k == i % 5 ? 1e-8 : 0);
            x[(i + 2) * shape.d + k] = -x[i * shape.d + k] + (k == i % 5 ? 3e-8 : 0);
        }
    }
    usph_sphere_normalize(shape, x);
    if (!skip(m, shape, x) && is_exact(m, shape, x) && !projects(m)) {
        const double want = usph_reference(m, shape, x);
        const double got = value_of(m, shape, x);
        /* an angle of 1e-8 has the rounding of the coordinates, 1e-16/1e-8, in it: the
           reference sees the same coordinates */
        ck_assert_msg(fabs(got - want) <= 1e-12 * fabs(want),
                      "%s: %.17g, reference %.17g", describe(m, shape), got, want);
    }
    free(x);
}
END_TEST

/* Slope of the value along a tangent direction, by a fourth-order difference. */
static double slope(const usph_metric_spec *m, usph_shape shape, const double *x,
                    const double *v, double h)
{
    double *y = clone(shape, x);
    double f[5];
    for (int s = 0; s < 5; s++) {
        usph_sphere_retract(shape, x, (s - 2) * h, v, y, NULL);
        f[s] = usph_reference(m, shape, y);
    }
    free(y);
    return (f[0] - 8 * f[1] + 8 * f[3] - f[4]) / (12 * h);
}

START_TEST(test_gradient_is_the_difference)
{
    const usph_metric_spec *m = &variants[_i];
    static const usph_shape SHAPES[] = { { 2, 2 }, { 7, 3 }, { 12, 8 }, { 20, 17 } };
    if ((usph_metric_of(m)->flags & USPH_METRIC_SMOOTH) == 0)
        return;
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        const usph_shape shape = SHAPES[s];
        const size_t size = usph_shape_size(shape);
        double *x = usph_test_points(shape, usph_test_seed() + s);
        double *v = usph_test_points(shape, usph_test_seed() + 100 + s);
        double *grad = clone(shape, x);
        usph_measure measure;
        usph_sphere_tangent(shape, x, v);
        if (!skip(m, shape, x) && is_exact(m, shape, x)) {
            ck_assert_int_eq(evaluate(m, shape, x, &measure, grad), USPH_OK);
            usph_sphere_tangent(shape, x, grad);
            const double got = usph_dot(size, grad, v);
            /* sorted projections: a kink wherever the order of two changes */
            const bool sorted =
                (usph_metric_of(m)->flags & USPH_METRIC_NOT_ROTATION_INVARIANT) != 0;
            const double want = slope(m, shape, x, v, sorted ? 1e-6 : 1e-4);
            const double scale =
                sqrt(usph_dot(size, grad, grad) * usph_dot(size, v, v));
            ck_assert_msg(fabs(got - want) <= 1e-7 * fmax(scale, 1e-3),
                          "%s: slope %.17g, difference %.17g", describe(m, shape), got,
                          want);
            ck_assert_msg(measure.value == value_of(m, shape, x),
                          "%s: another value with gradient", describe(m, shape));
        }
        free(x);
        free(v);
        free(grad);
    }
}
END_TEST

/* y = x Q for a random orthogonal Q */
static double *rotate(usph_shape shape, const double *x)
{
    const size_t d = shape.d;
    double *y = clone(shape, x);
    double *q = malloc(d * d * sizeof *q);
    usph_workspace ws = { 0 };
    usph_rng rng;
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_sphere_rotation_scratch(d)),
                     USPH_OK);
    usph_rng_init(&rng, usph_test_seed(), 3, USPH_FOR_METRIC);
    ck_assert_int_eq(usph_sphere_rotation(d, &rng, &ws, q), USPH_OK);
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t k = 0; k < d; k++) {
            y[i * d + k] = 0;
            for (size_t l = 0; l < d; l++)
                y[i * d + k] += x[i * d + l] * q[l * d + k];
        }
    }
    usph_workspace_free(&ws);
    free(q);
    return y;
}

/* All at once is each by itself, to the last bit. */
START_TEST(test_together_is_alone)
{
    const usph_shape shape = { 30, 3 };
    double *x = usph_test_points(shape, usph_test_seed());
    usph_measure *all = calloc(variant_count, sizeof *all);
    usph_status *status = calloc(variant_count, sizeof *status);
    usph_workspace ws = { 0 };
    ck_assert_int_eq(
        usph_metrics_eval(variants, variant_count, shape, x, &ws, all, status),
        USPH_OK);
    for (size_t k = 0; k < variant_count; k++) {
        usph_measure alone = { .value = NAN };
        usph_status want = usph_metric_check(&variants[k], shape, NULL);
        if (want == USPH_OK)
            want = evaluate(&variants[k], shape, x, &alone, NULL);
        ck_assert_msg(status[k] == want, "%s", describe(&variants[k], shape));
        if (want == USPH_OK)
            ck_assert_msg(all[k].value == alone.value,
                          "%s: %.17g together, %.17g alone",
                          describe(&variants[k], shape), all[k].value, alone.value);
    }
    usph_workspace_free(&ws);
    free(status);
    free(all);
    free(x);
}
END_TEST

START_TEST(test_says_what_it_is)
{
    const usph_metric *metric = usph_metric_of(&variants[_i]);
    ck_assert_msg(metric->unit != NULL && metric->cost != NULL &&
                      metric->reading != NULL && metric->degenerate != NULL &&
                      metric->entry.source != NULL,
                  "%s", metric->entry.name);
}
END_TEST

START_TEST(test_invariances)
{
    const usph_metric_spec *m = &variants[_i];
    const usph_shape shape = { 21, 6 };
    const size_t row = shape.d * sizeof(double);
    double *x = usph_test_points(shape, usph_test_seed());
    if (skip(m, shape, x)) {
        free(x);
        return;
    }
    const double value = value_of(m, shape, x);
    double *y = rotate(shape, x);
    if ((usph_metric_of(m)->flags & USPH_METRIC_NOT_ROTATION_INVARIANT) == 0)
        usph_assert_close(value_of(m, shape, y), value, 1e-12, "rotated %s",
                          describe(m, shape));
    else
        memcpy(y, x, shape.n * row);
    for (size_t i = 0; i < shape.n; i++)
        memcpy(y + (i * 8 % shape.n) * shape.d, x + i * shape.d, row);
    /* a search of many steps grows the roundings of another order */
    usph_assert_close(value_of(m, shape, y), value,
                      is_exact(m, shape, x) ? 1e-12 : 1e-9, "permuted %s",
                      describe(m, shape));
    const bool half =
        strcmp(m->metric.entry->name, "energy") == 0 && m->metric.values[0] != 0;
    memcpy(y, x, shape.n * row);
    for (size_t k = 0; k < shape.d; k++)
        y[k] = -y[k];
    if (half || (usph_metric_of(m)->flags & USPH_METRIC_SIGN_FREE) != 0)
        usph_assert_close(value_of(m, shape, y), value, 1e-12, "negated %s",
                          describe(m, shape));
    ck_assert_msg(value_of(m, shape, x) == value, "%s: other bits on a second call",
                  describe(m, shape));
    free(x);
    free(y);
}
END_TEST

START_TEST(test_move_is_the_change)
{
    const usph_metric_spec *m = &variants[_i];
    const usph_metric *metric = usph_metric_of(m);
    const usph_shape shape = { 300, 4 };
    if (metric->move == NULL)
        return;
    double *x = usph_test_points(shape, usph_test_seed());
    double *other = usph_test_points(shape, usph_test_seed() + 1);
    for (size_t i = 0; i < shape.n; i += 97) {
        double *y = clone(shape, x);
        memcpy(y + i * shape.d, other + i * shape.d, shape.d * sizeof *y);
        const double want = usph_reference(m, shape, y) - usph_reference(m, shape, x);
        const double got = metric->move(m, shape, x, i, other + i * shape.d);
        const double scale = fabs(usph_reference(m, shape, x)) + fabs(want);
        ck_assert_msg(fabs(got - want) <= 1e-13 * scale, "%s: %.17g, want %.17g",
                      describe(m, shape), got, want);
        free(y);
    }
    free(x);
    free(other);
}
END_TEST

/* x is no better than the bound, and attains it if the bound is tight there. */
static void check_bound(const usph_metric_spec *m, usph_shape shape, const double *x,
                        bool optimal)
{
    const usph_bound bound = usph_metric_bound(m, shape);
    if (isnan(bound.value) || skip(m, shape, x))
        return;
    const double value = value_of(m, shape, x);
    const double sign = usph_metric_of(m)->better == USPH_LOWER ? 1 : -1;
    const double slack = 1e-12 * fmax(fabs(bound.value), 1e-3);
    ck_assert_msg(sign * (value - bound.value) >= -slack, "%s: %.17g beats %.17g",
                  describe(m, shape), value, bound.value);
    if (bound.tight && optimal)
        ck_assert_msg(fabs(value - bound.value) <= 10 * slack, "%s: %.17g, tight %.17g",
                      describe(m, shape), value, bound.value);
}

/* Sets that attain every tight bound of the metrics that see whole pairs or frames. */
static const struct {
    const char *generator;
    usph_shape shape;
} OPTIMA[] = {
    { "simplex", { 4, 3 } },
    { "simplex", { 10, 9 } },
    { "ngon", { 7, 2 } },
    { "ngon", { 12, 2 } },
    { "cross_polytope", { 12, 6 } },
    { "icosahedron", { 12, 3 } },
    { "cell600", { 120, 4 } },
    { "e8_roots", { 240, 8 } },
};

START_TEST(test_bounds_hold)
{
    const usph_metric_spec *m = &variants[_i];
    const bool half =
        strcmp(m->metric.entry->name, "energy") == 0 && m->metric.values[0] != 0;
    /* the best lines are other sets than the best points */
    const bool lines = strcmp(m->metric.entry->name, "coherence") == 0;
    for (size_t s = 0; s < usph_test_shape_count; s++) {
        double *x = usph_test_points(usph_test_shapes[s], usph_test_seed());
        check_bound(m, usph_test_shapes[s], x, false);
        free(x);
    }
    for (size_t s = 0; s < sizeof OPTIMA / sizeof *OPTIMA; s++) {
        const char *name = OPTIMA[s].generator;
        const usph_shape shape = OPTIMA[s].shape;
        const usph_spec spec =
            usph_spec_default(usph_registry_find(&usph_generators, name, strlen(name)));
        double *x = usph_test_points(shape, 1);
        usph_generate(&spec, shape, NULL, x);
        check_bound(m, shape, x, !half && !lines);
        free(x);
    }
    /* the half-space form is least for an orthonormal set */
    double basis[5 * 6] = { 0 };
    for (size_t i = 0; i < 5; i++)
        basis[i * 6 + i] = 1;
    check_bound(m, (usph_shape){ 5, 6 }, basis, half);
}
END_TEST

/* Means over draws against the closed form, where the variance is finite: 2s < d - 1.
 */
START_TEST(test_expected_is_the_mean)
{
    enum {
        DRAWS = 400
    };
    const usph_metric_spec *m = &variants[_i];
    const usph_shape shape = { 9, 16 };
    const double expected = usph_metric_expected(m, shape);
    double sum = 0;
    double square = 0;
    if (!isfinite(expected))
        return;
    for (uint64_t k = 0; k < DRAWS; k++) {
        double *x = usph_test_points(shape, usph_test_seed() + k);
        const double value = value_of(m, shape, x) - expected;
        sum += value / DRAWS;
        square += value * value / DRAWS;
        free(x);
    }
    const double error = sqrt((square - sum * sum) / DRAWS);
    ck_assert_msg(fabs(sum) < 5 * error + 1e-14 * fabs(expected),
                  "%s: off by %g, standard error %g", describe(m, shape), sum, error);
}
END_TEST

/* Whether the value is of the pairs of points: then it counts those that coincide. */
static bool looks_at_pairs(const usph_metric_spec *m)
{
    const unsigned blind = USPH_METRIC_NO_PAIRS | USPH_METRIC_NOT_ROTATION_INVARIANT;
    return (usph_metric_of(m)->flags & blind) == 0;
}

START_TEST(test_coincident_points)
{
    const usph_metric_spec *m = &variants[_i];
    const usph_shape shape = { 6, 4 };
    double *x = usph_test_points(shape, usph_test_seed());
    double *grad = clone(shape, x);
    usph_measure measure = { .value = NAN };
    memcpy(x + shape.d, x, shape.d * sizeof *x);
    const usph_status plain = evaluate(m, shape, x, &measure, NULL);
    if (plain == USPH_ERR_DOMAIN && projects(m)) /* a search that needs gradients */
        goto end;
    ck_assert_int_eq(plain, USPH_OK);
    ck_assert_msg(!isnan(measure.value), "%s", describe(m, shape));
    if (looks_at_pairs(m))
        ck_assert_msg(measure.coincident == 1, "%s: %zu", describe(m, shape),
                      measure.coincident);
    if (looks_at_pairs(m) && m->kernel.entry != NULL &&
        isinf(usph_kernel_at(&m->kernel, shape.d, 0)))
        ck_assert_msg(isinf(measure.value) && measure.value > 0, "%s",
                      describe(m, shape));
    if ((usph_metric_of(m)->flags & USPH_METRIC_SMOOTH) != 0) {
        const usph_status status = evaluate(m, shape, x, &measure, grad);
        ck_assert_msg(status == USPH_OK || status == USPH_ERR_DOMAIN, "%s",
                      describe(m, shape));
        if (m->kernel.entry != NULL && !usph_kernel_smooth_at_zero(&m->kernel, shape.d))
            ck_assert_int_eq(status, USPH_ERR_DOMAIN);
        for (size_t p = 0; p < usph_shape_size(shape) && status == USPH_OK; p++)
            ck_assert_msg(isfinite(grad[p]), "%s", describe(m, shape));
    }
end:
    free(x);
    free(grad);
}
END_TEST

/* Sharp log-means of sets that are far apart: every term alone would underflow. */
START_TEST(test_sharp_log_means)
{
    static const double SHARPNESS[] = { 100, 190, 370, 400, 500, 700, 5000 };
    static const usph_shape SHAPES[] = { { 2, 2 }, { 16, 8 }, { 40, 20 }, { 21, 20 } };
    const usph_shape shape = SHAPES[_i];
    double *x = calloc(usph_shape_size(shape), sizeof *x);
    double *grad = clone(shape, x);
    for (size_t i = 0; i < shape.n; i++) /* a cross-polytope, or part of it */
        x[i * shape.d + i / 2] = i % 2 == 0 ? 1 : -1;
    for (size_t s = 0; s < sizeof SHARPNESS / sizeof *SHARPNESS; s++) {
        static const char *const METRICS[] = { "gaussian_uniformity",
                                               "separation_soft" };
        for (size_t k = 0; k < 2; k++) {
            usph_metric_spec m;
            usph_measure measure;
            usph_error err = { "" };
            usph_assert_ok(usph_metric_parse(METRICS[k], &m, &err), err);
            m.metric.values[0] = SHARPNESS[s] * (k == 0 ? 1 : 2);
            ck_assert_int_eq(evaluate(&m, shape, x, &measure, grad), USPH_OK);
            usph_assert_close(measure.value, usph_reference(&m, shape, x), 1e-12, "%s",
                              describe(&m, shape));
            for (size_t p = 0; p < usph_shape_size(shape); p++)
                ck_assert_msg(isfinite(grad[p]), "%s", describe(&m, shape));
        }
    }
    free(x);
    free(grad);
}
END_TEST

START_TEST(test_single_point)
{
    static const struct {
        const char *metric;
        double want; /* NAN: refused */
    } SINGLE[] = {
        { "energy/log", NAN },
        { "energy:half=1/riesz:s=1", 0.5 },
        { "separation", 3.14159265358979323846 },
        { "separation_soft", NAN },
        { "gaussian_uniformity", NAN },
        { "gram_logdet", 0 },
        { "cap_discrepancy", 1.0 / 3 },
        { "frame_potential", 1 },
        { "covering", 3.14159265358979323846 },
        { "covering_soft", 4 },
        { "mesh_ratio", NAN },

        { "polarization/riesz:s=1", 0.5 },
        { "polarization_relaxed", -4 },
        { "polarization_relaxed:form=sum", -1 },
    };
    static const double X[3] = { 0, 0.6, 0.8 };
    const usph_shape shape = { 1, 3 };
    for (size_t k = 0; k < sizeof SINGLE / sizeof *SINGLE; k++) {
        usph_metric_spec m;
        usph_error err = { "" };
        usph_assert_ok(usph_metric_parse(SINGLE[k].metric, &m, &err), err);
        if (isnan(SINGLE[k].want))
            ck_assert_int_eq(usph_metric_check(&m, shape, &err), USPH_ERR_SHAPE);
        else
            usph_assert_close(value_of(&m, shape, X), SINGLE[k].want, 1e-15, "%s",
                              SINGLE[k].metric);
    }
}
END_TEST

START_TEST(test_objective_turns_the_sign)
{
    const usph_shape shape = { 10, 4 };
    double *x = usph_test_points(shape, 1);
    usph_metric_spec m;
    usph_metric_objective mo;
    usph_objective f;
    usph_error err = { "" };
    double value = 0;
    usph_assert_ok(usph_metric_parse("gram_logdet", &m, &err), err);
    usph_assert_ok(
        usph_metric_objective_init(&mo, &m, shape, (usph_effort){ 0 }, &f, &err), err);
    ck_assert_int_eq(usph_objective_eval(&f, x, &value, NULL), USPH_OK);
    usph_assert_close(value, -value_of(&m, shape, x), 0, "sign");
    ck_assert_double_eq(f.grad_scale, 1);
    usph_metric_objective_free(&mo);
    usph_assert_ok(usph_metric_parse("energy/log", &m, &err), err);
    usph_assert_ok(
        usph_metric_objective_init(&mo, &m, shape, (usph_effort){ 0 }, &f, &err), err);
    ck_assert_double_eq(f.grad_scale, 45);
    usph_metric_objective_free(&mo);
    free(x);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tc = tcase_create("metrics");
    variant_count = usph_metric_variants(variants, USPH_MAX_VARIANTS);
    const int count = (int)variant_count;
    tcase_add_loop_test(tc, test_value_is_the_reference, 0, count);
    tcase_add_test(tc, test_together_is_alone);
    tcase_add_loop_test(tc, test_says_what_it_is, 0, count);
    tcase_add_loop_test(tc, test_near_and_opposite_pairs, 0, count);
    tcase_add_loop_test(tc, test_gradient_is_the_difference, 0, count);
    tcase_add_loop_test(tc, test_invariances, 0, count);
    tcase_add_loop_test(tc, test_move_is_the_change, 0, count);
    tcase_add_loop_test(tc, test_bounds_hold, 0, count);
    tcase_add_loop_test(tc, test_expected_is_the_mean, 0, count);
    tcase_add_loop_test(tc, test_coincident_points, 0, count);
    tcase_add_loop_test(tc, test_sharp_log_means, 0, 4);
    tcase_add_test(tc, test_single_point);
    tcase_add_test(tc, test_objective_turns_the_sign);
    suite_add_tcase(suite, tc);
    return suite;
}
