#include <stdlib.h>
#include <string.h>

#include "bench/suite/baseline.h"
#include "bench/suite/suite.h"
#include "core/threads.h"
#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"
#include "points/generator.h"
#include "tests/runner.h"
#include "tests/variants.h"

enum {
    STARTS = 12,
};

static usph_status count_body(void *ctx, size_t i, unsigned thread)
{
    int *seen = ctx;
    (void)thread;
    seen[i]++;
    return i == 5 ? USPH_ERR_IO : i == 9 ? USPH_ERR_ARG : USPH_OK;
}

START_TEST(test_every_piece_once_and_first_error)
{
    int seen[20] = { 0 };
    ck_assert_int_eq(usph_parallel_for(1 + (unsigned)_i, 20, count_body, seen),
                     USPH_ERR_IO);
    for (size_t i = 0; i < 20; i++)
        ck_assert_int_eq(seen[i], 1);
    ck_assert_int_eq(usph_threads_check(0, NULL), USPH_ERR_ARG);
    ck_assert_int_eq(usph_threads_check(2, NULL), USPH_OK);
}
END_TEST

/* A run of many starts; returns the best points. */
static double *solve(const char *solver, unsigned threads, size_t *best,
                     usph_start *detail)
{
    const usph_shape shape = { 30, 3 };
    usph_metric_spec objective;
    const usph_spec points =
        usph_spec_default(usph_registry_find(&usph_generators, "uniform", 7));
    usph_error err = { "" };
    usph_multistart ms = {
        .seed = 11,
        .starts = STARTS,
        .threads = threads,
        .stop = { .max_evals = 300 },
    };
    usph_assert_ok(usph_metric_parse("energy/riesz:s=1", &objective, &err), err);
    usph_assert_ok(usph_spec_parse(&usph_solvers, solver, &ms.solver, &err), err);
    usph_metric_problem mp = {
        .objective = &objective,
        .points = &points,
        .shape = shape,
        .seed = 11,
    };
    const usph_problem problem = usph_metric_problem_of(&mp);
    double *x = malloc(usph_shape_size(shape) * sizeof *x);
    usph_assert_ok(usph_multistart_run(&ms, &problem, x, best, detail, &err), err);
    return x;
}

START_TEST(test_starts_do_not_depend_on_threads)
{
    const char *solver = (const char *[]){ "lbfgs", "gd", "anneal:sweeps=20" }[_i];
    size_t best = 0;
    usph_start one[STARTS];
    double *x = solve(solver, 1, &best, one);
    for (unsigned threads = 2; threads <= 8; threads += threads == 3 ? 5 : 1) {
        size_t other = 0;
        usph_start many[STARTS];
        double *y = solve(solver, threads, &other, many);
        ck_assert_uint_eq(best, other);
        ck_assert_mem_eq(x, y, 90 * sizeof *x);
        for (size_t k = 0; k < STARTS; k++)
            ck_assert(one[k].result.value == many[k].result.value &&
                      one[k].result.evals == many[k].result.evals);
        free(y);
    }
    free(x);
}
END_TEST

START_TEST(test_baselines_do_not_depend_on_threads)
{
    static const char *const METRICS[] = { "separation", "energy/riesz:s=2",
                                           "gram_logdet", "energy/log" };
    usph_metric_spec m;
    usph_error err = { "" };
    usph_baselines one = { 0 };
    usph_baselines two = { 0 };
    usph_baseline a;
    usph_baseline b;
    const usph_shape shape = { 12, 3 };
    usph_assert_ok(usph_metric_parse(METRICS[_i], &m, &err), err);
    usph_assert_ok(usph_baseline_of(&one, &m, shape, 1, &a, &err), err);
    usph_assert_ok(usph_baseline_of(&two, &m, shape, 3, &b, &err), err);
    ck_assert(a.value == b.value);
    static const char *const KINDS[] = { USPH_IID_MONTE_CARLO, USPH_IID_MEDIAN,
                                         USPH_IID_MONTE_CARLO, USPH_IID_EXACT };
    ck_assert_str_eq(a.kind, KINDS[_i]);
    usph_baselines_free(&one);
    usph_baselines_free(&two);
}
END_TEST

/* One evaluation on so many threads: sum, then gradient. */
static void pair_energy(const char *kernel, usph_shape shape, const double *x,
                        usph_workspace *ws, unsigned threads, double *out)
{
    usph_spec spec;
    usph_pairs_energy energy;
    ws->effort.threads = threads;
    ck_assert_int_eq(usph_spec_parse(&usph_kernels, kernel, &spec, NULL), USPH_OK);
    const usph_pairs_form form = { .kernel = &spec };
    ck_assert_int_eq(usph_workspace_reserve(ws, usph_pairs_scratch(shape, threads)),
                     USPH_OK);
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, ws, &energy, out + 1),
                     USPH_OK);
    out[0] = energy.sum;
}

START_TEST(test_pair_sums_do_not_depend_on_threads)
{
    static const usph_shape SHAPES[] = {
        { 1301, 3 }, { 700, 16 }, { 901, 33 }, { 1100, 130 }
    };
    static const char *const KERNELS[] = { "riesz:s=1", "log", "gauss:t=2",
                                           "riesz:s=3" };
    const usph_shape shape = SHAPES[_i];
    const size_t bytes = (usph_shape_size(shape) + 1) * sizeof(double);
    double *x = usph_test_points(shape, usph_test_seed());
    double *one = malloc(bytes);
    double *more = malloc(bytes);
    usph_workspace ws = { 0 };
    for (size_t k = 0; k < sizeof KERNELS / sizeof *KERNELS; k++) {
        pair_energy(KERNELS[k], shape, x, &ws, 1, one);
        for (unsigned threads = 2; threads <= 8; threads++) {
            pair_energy(KERNELS[k], shape, x, &ws, threads, more);
            ck_assert_msg(memcmp(one, more, bytes) == 0, "%s n=%zu d=%zu, %u threads",
                          KERNELS[k], shape.n, shape.d, threads);
        }
    }
    free(x);
    free(one);
    free(more);
    usph_workspace_free(&ws);
}
END_TEST

/* Nearest points and potentials, too. */
START_TEST(test_neighbours_do_not_depend_on_threads)
{
    static const usph_shape SHAPES[] = { { 1301, 3 }, { 901, 33 } };
    const usph_shape shape = SHAPES[_i];
    const size_t n = shape.n;
    double *x = usph_test_points(shape, usph_test_seed());
    usph_neighbour *near = malloc(2 * n * sizeof *near);
    double *u = malloc(2 * n * sizeof *u);
    usph_pairs_extremes e[2];
    usph_spec kernel;
    ck_assert_int_eq(usph_spec_parse(&usph_kernels, "log", &kernel, NULL), USPH_OK);
    for (unsigned threads = 1; threads <= 4; threads++) {
        const size_t side = threads > 1;
        usph_workspace ws = { .effort.threads = threads };
        const size_t scratch = usph_pairs_scratch(shape, threads) +
                               usph_pairs_potential_scratch(n, n - 1, shape.d, threads);
        memset(near + side * n, 0, n * sizeof *near);
        ck_assert_int_eq(usph_workspace_reserve(&ws, scratch), USPH_OK);
        ck_assert_int_eq(usph_pairs_nearest(shape, x, &ws, near + side * n, &e[side]),
                         USPH_OK);
        ck_assert_int_eq(usph_pairs_potential(&kernel, (usph_shape){ n - 1, shape.d },
                                              x, n - 1, x + shape.d, &ws, u + side * n,
                                              NULL),
                         USPH_OK);
        ck_assert(memcmp(near, near + side * n, n * sizeof *near) == 0);
        ck_assert(memcmp(u, u + side * n, (n - 1) * sizeof *u) == 0);
        ck_assert(e[0].i == e[side].i && e[0].j == e[side].j &&
                  e[0].least == e[side].least && e[0].most == e[side].most);
        usph_workspace_free(&ws);
    }
    free(x);
    free(near);
    free(u);
}
END_TEST

/* A BLAS that is not thread-safe is wrong only now and then: many evaluations. */
START_TEST(test_stress_of_threads)
{
    const usph_shape shape = { 1300, 32 };
    const size_t bytes = (usph_shape_size(shape) + 1) * sizeof(double);
    double *x = usph_test_points(shape, usph_test_seed());
    double *one = malloc(bytes);
    double *more = malloc(bytes);
    usph_workspace ws = { 0 };
    int differ = 0;
    pair_energy("riesz:s=1", shape, x, &ws, 1, one);
    for (int run = 0; run < 400; run++) {
        pair_energy("riesz:s=1", shape, x, &ws, 2 + (unsigned)_i, more);
        differ += memcmp(one, more, bytes) != 0;
    }
    ck_assert_int_eq(differ, 0);
    free(x);
    free(one);
    free(more);
    usph_workspace_free(&ws);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tc = tcase_create("threads");
    tcase_add_loop_test(tc, test_every_piece_once_and_first_error, 0, 3);
    tcase_add_loop_test(tc, test_starts_do_not_depend_on_threads, 0, 3);
    tcase_add_loop_test(tc, test_baselines_do_not_depend_on_threads, 0, 4);
    tcase_add_loop_test(tc, test_pair_sums_do_not_depend_on_threads, 0, 4);
    tcase_add_loop_test(tc, test_neighbours_do_not_depend_on_threads, 0, 2);
    tcase_add_loop_test(tc, test_stress_of_threads, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
