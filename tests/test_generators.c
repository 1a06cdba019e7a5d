#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/points.h"
#include "core/sphere.h"
#include "points/generator.h"
#include "points/rotations.h"
#include "tests/runner.h"
#include "tests/variants.h"

static usph_spec variants[USPH_MAX_VARIANTS];
static size_t variant_count;

/* Some shape that the generator makes, near 60 points if it is free. */
static bool some_shape(const usph_spec *spec, usph_shape *shape)
{
    static const usph_shape TRIES[] = {
        { 60, 5 }, { 60, 3 }, { 60, 2 }, { 0, 5 }, { 0, 0 }
    };
    for (size_t t = 0; t < sizeof TRIES / sizeof *TRIES; t++) {
        *shape = TRIES[t];
        if (usph_generator_shape(spec, shape, NULL) == USPH_OK)
            return true;
    }
    return false;
}

static double *generate(const usph_spec *spec, usph_shape shape, uint64_t seed)
{
    usph_points points = { 0 };
    usph_rng rng;
    ck_assert_int_eq(usph_points_alloc(shape, &points, NULL), USPH_OK);
    usph_rng_init(&rng, seed, 0, USPH_FOR_POINTS);
    usph_generate(spec, shape, &rng, points.x);
    return points.x;
}

START_TEST(test_rows_are_unit_and_repeatable)
{
    const usph_spec *spec = &variants[_i];
    usph_shape shape;
    ck_assert_msg(some_shape(spec, &shape), "%s makes no shape", spec->entry->name);
    double *x = generate(spec, shape, 7);
    double *again = generate(spec, shape, 7);
    ck_assert_mem_eq(x, again, usph_shape_size(shape) * sizeof *x);
    for (size_t i = 0; i < shape.n; i++) {
        const double *row = x + i * shape.d;
        usph_assert_close(usph_dot(shape.d, row, row), 1, 9e-16, "%s row %zu",
                          spec->entry->name, i);
    }
    free(x);
    free(again);
}
END_TEST

START_TEST(test_other_shapes_are_refused)
{
    const usph_spec *spec = &variants[_i];
    usph_error err = { "" };
    const usph_generator *generator = usph_generator_of(spec->entry);
    if (generator->fit == NULL)
        return;
    /* no fixed configuration has 31 points in dimension 7; a subspace wants r <= d */
    usph_shape shape = { 31, 7 };
    const usph_status status = usph_generator_shape(spec, &shape, &err);
    if (status != USPH_OK)
        ck_assert_ptr_nonnull(strstr(err.text, generator->shapes));
    else
        ck_assert_str_eq(spec->entry->name, "subspace");
    shape = (usph_shape){ 0, 1 };
    ck_assert_int_ne(usph_generator_shape(spec, &shape, &err), USPH_OK);
}
END_TEST

/* Inner products of every point with the others, and how often each occurs. */
static const struct {
    const char *name;
    usph_shape shape;
    struct {
        double t;
        size_t count;
    } shells[8];
} EXACT[] = {
    { "simplex", { 6, 5 }, { { -0.2, 5 } } },
    { "simplex", { 33, 32 }, { { -1.0 / 32, 32 } } },
    { "cross_polytope", { 14, 7 }, { { -1, 1 }, { 0, 12 } } },
    { "ngon", { 4, 2 }, { { -1, 1 }, { 0, 2 } } },
    { "icosahedron",
      { 12, 3 },
      { { -1, 1 }, { -0.44721359549995793928, 5 }, { 0.44721359549995793928, 5 } } },
    { "cell24", { 24, 4 }, { { -1, 1 }, { -0.5, 8 }, { 0, 6 }, { 0.5, 8 } } },
    { "cell600",
      { 120, 4 },
      { { -1, 1 },
        { -0.80901699437494742410, 12 },
        { -0.5, 20 },
        { -0.30901699437494742410, 12 },
        { 0, 30 },
        { 0.30901699437494742410, 12 },
        { 0.5, 20 },
        { 0.80901699437494742410, 12 } } },
    { "e8_roots", { 240, 8 }, { { -1, 1 }, { -0.5, 56 }, { 0, 126 }, { 0.5, 56 } } },
};

START_TEST(test_exact_sets_have_their_inner_products)
{
    const usph_entry *entry =
        usph_registry_find(&usph_generators, EXACT[_i].name, strlen(EXACT[_i].name));
    const usph_spec spec = usph_spec_default(entry);
    const usph_shape shape = EXACT[_i].shape;
    double *x = generate(&spec, shape, 1);
    for (size_t i = 0; i < shape.n; i++) {
        size_t seen = 0;
        for (size_t s = 0; s < 8 && EXACT[_i].shells[s].count > 0; s++) {
            size_t count = 0;
            for (size_t j = 0; j < shape.n; j++)
                count +=
                    j != i && fabs(usph_dot(shape.d, x + i * shape.d, x + j * shape.d) -
                                   EXACT[_i].shells[s].t) < 1e-15 * 4;
            ck_assert_msg(count == EXACT[_i].shells[s].count,
                          "%s point %zu: %zu at inner product %g, want %zu",
                          EXACT[_i].name, i, count, EXACT[_i].shells[s].t,
                          EXACT[_i].shells[s].count);
            seen += count;
        }
        ck_assert_uint_eq(seen, shape.n - 1);
    }
    free(x);
}
END_TEST

/* On S^2 the mean of <e_1, x> under von Mises-Fisher is coth(kappa) - 1/kappa. */
START_TEST(test_vonmises_mean)
{
    const double kappa = (double[]){ 0.5, 10, 300 }[_i];
    const usph_shape shape = { 20000, 3 };
    usph_spec spec = usph_spec_default(usph_registry_find(&usph_generators, "vmf", 3));
    spec.values[0] = kappa;
    double *x = generate(&spec, shape, usph_test_seed());
    double sum[3] = { 0 };
    double square = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t k = 0; k < 3; k++)
            sum[k] += x[3 * i + k] / (double)shape.n;
        square += x[3 * i] * x[3 * i] / (double)shape.n;
    }
    const double error = 5 * sqrt((square - sum[0] * sum[0]) / (double)shape.n);
    ck_assert_double_lt(fabs(sum[0] - (1 / tanh(kappa) - 1 / kappa)), error);
    ck_assert_double_lt(fabs(sum[1]), 5 / sqrt((double)shape.n));
    free(x);
}
END_TEST

START_TEST(test_duplicates_repeat)
{
    usph_spec spec =
        usph_spec_default(usph_registry_find(&usph_generators, "duplicates", 10));
    spec.values[0] = 3;
    const usph_shape shape = { 8, 4 };
    double *x = generate(&spec, shape, 3);
    for (size_t i = 0; i < shape.n; i++)
        ck_assert_mem_eq(x + 4 * i, x + 4 * (i / 3 * 3), 4 * sizeof *x);
    ck_assert_mem_ne(x, x + 12, 4 * sizeof *x);
    free(x);
}
END_TEST

/* Every turn maps the set of points onto itself. */
static void assert_invariant(const usph_rotations *group, size_t n, const double *x)
{
    for (size_t g = 0; g < group->order; g++) {
        for (size_t i = 0; i < n; i++) {
            double nearest = INFINITY;
            for (size_t j = 0; j < n; j++) {
                double r2 = 0;
                for (size_t k = 0; k < 3; k++) {
                    const double y =
                        usph_dot(3, group->turn[g] + 3 * k, x + 3 * i) - x[3 * j + k];
                    r2 += y * y;
                }
                nearest = fmin(nearest, r2);
            }
            ck_assert_double_lt(nearest, 1e-28);
        }
    }
}

static const struct {
    usph_rotation_kind kind;
    size_t k, order, orbits[USPH_MAX_POLES];
} GROUPS[] = {
    { USPH_CYCLIC, 2, 2, { 1, 1 } },
    { USPH_CYCLIC, 7, 7, { 1, 1 } },
    { USPH_DIHEDRAL, 2, 4, { 2, 2, 2 } },
    { USPH_DIHEDRAL, 5, 10, { 2, 5, 5 } },
    { USPH_TETRAHEDRAL, 0, 12, { 4, 4, 6 } },
    { USPH_OCTAHEDRAL, 0, 24, { 6, 8, 12 } },
    { USPH_ICOSAHEDRAL, 0, 60, { 12, 20, 30 } },
};

START_TEST(test_rotation_groups)
{
    static const double POINT[3] = { 0.6, 0.48, 0.64 };
    usph_rotations group;
    double orbit[3 * USPH_MAX_ROTATIONS];
    usph_rotations_init(&group, GROUPS[_i].kind, GROUPS[_i].k);
    ck_assert_uint_eq(group.order, GROUPS[_i].order);
    ck_assert_uint_eq(usph_rotations_orbit(&group, POINT, orbit), group.order);
    assert_invariant(&group, group.order, orbit);
    for (size_t p = 0; p < group.poles; p++) {
        const size_t count = usph_rotations_orbit(&group, group.pole[p], orbit);
        ck_assert_uint_eq(count, GROUPS[_i].orbits[p]);
        ck_assert_uint_eq(count, group.orbit[p]);
        assert_invariant(&group, count, orbit);
    }
}
END_TEST

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kinds of points, told apart by their distances to all others. */
static size_t count_kinds(usph_shape shape, const double *x)
{
    double sum[64] = { 0 };
    size_t kinds = 1;
    for (size_t i = 0; i < shape.n; i++)
        for (size_t j = 0; j < shape.n; j++)
            sum[i] += exp(usph_dot(shape.d, x + i * shape.d, x + j * shape.d));
    qsort(sum, shape.n, sizeof *sum, by_value);
    for (size_t i = 1; i < shape.n; i++)
        kinds += sum[i] - sum[i - 1] > 1e-9;
    return kinds;
}

/* Points of an orbit see the same distances; a group of order 2 halves the kinds, up to
   the fixed points. On S^2 there are at most two of these. */
START_TEST(test_symmetric_sets_are_symmetric)
{
    const usph_entry *entry = usph_registry_find(&usph_generators, "symmetric", 9);
    const usph_spec spec = usph_spec_default(entry);
    for (size_t n = 2; n < 60; n++) {
        const usph_shape shape = { n, _i == 0 ? 3 : 4 };
        double *x = generate(&spec, shape, n);
        const size_t kinds = count_kinds(shape, x);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < i; j++)
                ck_assert_msg(usph_dot(shape.d, x + i * shape.d, x + j * shape.d) <
                                  1 - 1e-12,
                              "n=%zu d=%zu: points %zu and %zu", n, shape.d, j, i);
        ck_assert_msg(_i == 0 ? kinds <= (n + 2) / 2 : n < 6 || kinds < n,
                      "n=%zu d=%zu: %zu kinds", n, shape.d, kinds);
        free(x);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("generators");
    TCase *tc = tcase_create("generators");
    variant_count =
        usph_registry_variants(&usph_generators, variants, USPH_MAX_VARIANTS);
    tcase_add_loop_test(tc, test_rows_are_unit_and_repeatable, 0, (int)variant_count);
    tcase_add_loop_test(tc, test_other_shapes_are_refused, 0, (int)variant_count);
    tcase_add_loop_test(tc, test_exact_sets_have_their_inner_products, 0,
                        sizeof EXACT / sizeof *EXACT);
    tcase_add_loop_test(tc, test_vonmises_mean, 0, 3);
    tcase_add_test(tc, test_duplicates_repeat);
    tcase_add_loop_test(tc, test_rotation_groups, 0, sizeof GROUPS / sizeof *GROUPS);
    tcase_add_loop_test(tc, test_symmetric_sets_are_symmetric, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
