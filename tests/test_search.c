#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/known/known.h"
#include "bench/suite/suite.h"
#include "core/sphere.h"
#include "points/generator.h"
#include "solvers/moves.h"
#include "solvers/search.h"
#include "solvers/walker.h"
#include "tests/runner.h"
#include "tests/variants.h"

static const usph_move MOVES[] = { USPH_MOVE_SHAKE, USPH_MOVE_NEAR, USPH_MOVE_TWIST,
                                   USPH_MOVE_REINSERT };
static const usph_shape SHAPES[] = { { 30, 3 }, { 17, 5 }, { 9, 2 }, { 1, 3 } };

/* Points after a move; `before` are those before it. */
static double *moved(usph_move move, usph_shape shape, uint64_t seed, double **before)
{
    double *x = usph_test_points(shape, seed);
    double *scratch = malloc(usph_move_scratch(shape) * sizeof *scratch);
    usph_rng rng;
    *before = usph_test_points(shape, seed);
    usph_rng_init(&rng, seed, 0, USPH_FOR_SOLVER);
    usph_move_apply(move, shape, 0.4, &rng, x, scratch);
    free(scratch);
    return x;
}

static size_t count_moved(usph_shape shape, const double *x, const double *before)
{
    size_t count = 0;
    for (size_t i = 0; i < shape.n; i++) {
        double r2 = 0;
        for (size_t k = i * shape.d; k < (i + 1) * shape.d; k++)
            r2 += (x[k] - before[k]) * (x[k] - before[k]);
        count += r2 > 1e-24;
    }
    return count;
}

START_TEST(test_moves_keep_the_sphere)
{
    for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
        const usph_shape shape = SHAPES[s];
        for (uint64_t seed = 1; seed < 9; seed++) {
            double *before = NULL;
            double *x = moved(MOVES[_i], shape, seed, &before);
            for (size_t i = 0; i < shape.n; i++)
                usph_assert_close(usph_dot(shape.d, x + i * shape.d, x + i * shape.d),
                                  1, 1e-15, "move %d row %zu", _i, i);
            ck_assert_uint_ge(count_moved(shape, x, before), 1);
            free(x);
            free(before);
        }
    }
}
END_TEST

/* How many points each move takes along: all, at most a quarter, at most half, one. */
START_TEST(test_moves_take_their_part)
{
    static const size_t MOST[] = { 30, 7, 15, 1 };
    double *before = NULL;
    size_t most = 0;
    for (uint64_t seed = 1; seed < 100; seed++) {
        double *x = moved(MOVES[_i], SHAPES[0], seed, &before);
        const size_t count = count_moved(SHAPES[0], x, before);
        most = count > most ? count : most;
        free(x);
        free(before);
    }
    ck_assert_uint_eq(most, MOST[_i]);
}
END_TEST

/* A twist is rigid: it keeps the distances among the points it moves. */
START_TEST(test_twist_is_rigid)
{
    const usph_shape shape = SHAPES[_i];
    for (uint64_t seed = 1; seed < 20; seed++) {
        double *before = NULL;
        double *x = moved(USPH_MOVE_TWIST, shape, seed, &before);
        for (size_t i = 0; i < shape.n; i++) {
            for (size_t j = 0; j < i; j++) {
                const size_t a = i * shape.d;
                const size_t b = j * shape.d;
                if (memcmp(x + a, before + a, shape.d * sizeof *x) == 0 ||
                    memcmp(x + b, before + b, shape.d * sizeof *x) == 0)
                    continue;
                const double t = usph_dot(shape.d, before + a, before + b);
                const bool stays =
                    count_moved((usph_shape){ 1, shape.d }, x + a, before + a) == 0 ||
                    count_moved((usph_shape){ 1, shape.d }, x + b, before + b) == 0;
                if (!stays)
                    ck_assert_double_eq_tol(usph_dot(shape.d, x + a, x + b), t, 1e-14);
            }
        }
        free(x);
        free(before);
    }
}
END_TEST

START_TEST(test_spacing)
{
    ck_assert_double_eq_tol(usph_spacing((usph_shape){ 50, 3 }),
                            sqrt(4 * 3.14159265358979324 / 50), 1e-14);
    ck_assert_double_eq_tol(usph_spacing((usph_shape){ 7, 2 }),
                            2 * 3.14159265358979324 / 7, 1e-14);
}
END_TEST

/* A search for the least energy; returns the points. */
static double *hunt(const char *metric, usph_shape shape, usph_search search,
                    usph_found *found)
{
    usph_metric_spec objective;
    usph_spec points;
    usph_error err = { "" };
    double *x = malloc(usph_shape_size(shape) * sizeof *x);
    usph_assert_ok(usph_metric_parse(metric, &objective, &err), err);
    usph_assert_ok(
        usph_spec_parse(&usph_generators, "symmetric:share=0.5", &points, &err), err);
    usph_metric_problem mp = {
        .objective = &objective,
        .points = &points,
        .shape = shape,
        .seed = search.seed,
    };
    const usph_problem problem = usph_metric_problem_of(&mp);
    search.chain = usph_search_chain();
    usph_assert_ok(usph_search_run(&search, &problem, x, found, &err), err);
    return x;
}

static void assert_finds(const char *metric, usph_shape shape, uint64_t max_evals)
{
    usph_metric_spec m;
    usph_error err = { "" };
    usph_found found;
    const usph_search search = {
        .stop = { .max_evals = max_evals },
        .seed = usph_test_seed(),
        .threads = 2,
    };
    usph_assert_ok(usph_metric_parse(metric, &m, &err), err);
    const usph_known *known = usph_known_find(&m, shape);
    if (known == NULL)
        return;
    free(hunt(metric, shape, search, &found));
    usph_assert_close(found.best.value * usph_shape_pairs(shape), known->value, 1e-9,
                      "%s n=%zu d=%zu", metric, shape.n, shape.d);
    ck_assert_uint_ge(found.hits, 1);
    ck_assert_uint_ge(found.starts, found.hits + found.distinct - 1);
}

START_TEST(test_search_finds_thomson)
{
    for (size_t n = 4; n <= 40; n++)
        assert_finds("energy/riesz:s=1", (usph_shape){ n, 3 }, 8000);
}
END_TEST

START_TEST(test_search_finds_sharp_configurations)
{
    static const usph_shape SHARP[] = { { 24, 4 }, { 16, 5 }, { 27, 6 }, { 56, 7 } };
    static const char *const METRICS[] = { "energy/log", "energy/riesz:s=1",
                                           "energy/riesz:s=2" };
    for (size_t m = 0; m < sizeof METRICS / sizeof *METRICS; m++)
        assert_finds(METRICS[m], SHARP[_i], 20000);
}
END_TEST

/* Whatever ends it, the outcome is that of one thread. */
START_TEST(test_search_does_not_depend_on_threads)
{
    static const usph_stop STOPS[] = { { .max_evals = 30000 },
                                       { .has_target = true, .target = 0.8823 } };
    const usph_shape shape = { 72, 3 };
    usph_search search = { .stop = STOPS[_i], .seed = 5, .threads = 1, .enough = 2 };
    usph_found one;
    double *x = hunt("energy/riesz:s=1", shape, search, &one);
    for (search.threads = 2; search.threads <= 3; search.threads++) {
        usph_found many;
        double *y = hunt("energy/riesz:s=1", shape, search, &many);
        ck_assert_mem_eq(x, y, usph_shape_size(shape) * sizeof *x);
        ck_assert(one.best.value == many.best.value);
        ck_assert(one.best.evals == many.best.evals && one.starts == many.starts);
        ck_assert(one.hits == many.hits && one.distinct == many.distinct);
        ck_assert(one.best.reason == many.best.reason && one.start == many.start);
        free(y);
    }
    ck_assert_int_eq(one.best.reason,
                     _i == 0 ? USPH_REASON_MAX_EVALS : USPH_REASON_TARGET);
    free(x);
}
END_TEST

/* A search counts evaluations as a whole; one line search may be under way. */
START_TEST(test_search_ends_in_time)
{
    const uint64_t limit = (const uint64_t[]){ 3, 100, 1000, 5000 }[_i];
    const usph_search search = { .stop = { .max_evals = limit }, .threads = 2 };
    usph_found found;
    free(hunt("energy/log", (usph_shape){ 30, 3 }, search, &found));
    ck_assert_int_eq(found.best.reason, USPH_REASON_MAX_EVALS);
    ck_assert_uint_ge(found.best.evals, limit);
    ck_assert_uint_lt(found.best.evals, limit + 10);
}
END_TEST

START_TEST(test_search_ends_after_starts)
{
    const usph_search search = { .starts = 4, .threads = 2 };
    usph_found found;
    free(hunt("energy/log", (usph_shape){ 12, 3 }, search, &found));
    ck_assert_int_eq(found.best.reason, USPH_REASON_SCHEDULE);
    ck_assert_uint_eq(found.starts, 4);
    ck_assert_uint_eq(found.hits, 4);
    ck_assert_uint_eq(found.distinct, 1);
    ck_assert_uint_eq(found.start, 0);
}
END_TEST

/*
 * At a low temperature T a walk about a minimum has the mean energy f_0 + T k/2, with k
 * the directions that change it: 6 points on S^2 have 12, less 3 rotations.
 */
START_TEST(test_walk_has_its_temperature)
{
    enum {
        N = 6,
        SIZE = 3 * N,
        WALK = 60000,
    };
    static const double T = 2e-5;
    double x[SIZE] = { 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1 };
    double grad[SIZE] = { 0 };
    double scratch[512];
    usph_metric_spec m;
    usph_metric_objective mo;
    usph_objective f;
    usph_rng rng;
    usph_error err = { "" };
    usph_run run = { .f = &f, .shape = { N, 3 }, .rng = &rng, .x = x, .grad = grad };
    usph_walker walker;
    usph_walk_room room;
    usph_rng_init(&rng, usph_test_seed(), 0, USPH_FOR_SOLVER);
    usph_assert_ok(usph_metric_parse("energy/riesz:s=1", &m, &err), err);
    usph_assert_ok(
        usph_metric_objective_init(&mo, &m, run.shape, (usph_effort){ 0 }, &f, &err),
        err);
    ck_assert_int_eq(usph_objective_eval(&f, x, &run.value, grad), USPH_OK);
    usph_sphere_tangent(run.shape, x, grad);
    ck_assert_uint_le(usph_walker_scratch(run.shape) +
                          usph_walk_room_scratch(run.shape),
                      sizeof scratch / sizeof *scratch);
    usph_walk_room_take(&room, run.shape,
                        usph_walker_take(&walker, run.shape, scratch));
    usph_walker_start(&walker, &run);
    walker.h = usph_walk_first_h(&run, T);
    double sum = 0;
    for (int k = 0; k < WALK; k++) {
        ck_assert_int_eq(usph_walk(&run, &walker, T, &room), USPH_OK);
        sum += k >= WALK / 10 ? walker.value - run.value : 0;
    }
    /* 54000 moves, of which some 20 in a row hang together: 9/2 +- 0.04 in units of T
     */
    ck_assert_double_eq_tol(sum / (0.9 * WALK * T), 4.5, 0.2);
    usph_metric_objective_free(&mo);
}
END_TEST

/* An objective that keeps with which sharpness it was evaluated. */
typedef struct watch {
    usph_objective inner;
    double seen[16]; /* whenever it changed, in order */
    size_t count;
} watch;

static usph_status watch_eval(void *ctx, const double *x, double *value, double *grad)
{
    watch *w = ctx;
    const double now = *w->inner.sharpness;
    if (w->count < 16 && (w->count == 0 || w->seen[w->count - 1] != now))
        w->seen[w->count++] = now;
    return w->inner.eval(w->inner.ctx, x, value, grad);
}

/* Of riesz:s=8: stages at 1, 2 and 4, and between them the own sharpness, where the run
   stands. */
START_TEST(test_continuation_goes_through_its_stages)
{
    static const double STAGES[] = { 8, 1, 8, 2, 8, 4, 8 };
    const usph_shape shape = { 12, 3 };
    const usph_stop stop = { .max_evals = 20000 };
    usph_metric_spec m;
    usph_metric_objective mo;
    usph_spec spec;
    usph_error err = { "" };
    usph_workspace ws = { 0 };
    usph_result result;
    usph_rng rng;
    watch w = { .count = 0 };
    double *x = usph_test_points(shape, 3);
    usph_rng_init(&rng, 1, 0, USPH_FOR_SOLVER);
    usph_assert_ok(usph_metric_parse("energy/riesz:s=8", &m, &err), err);
    usph_assert_ok(usph_spec_parse(&usph_solvers, "continuation", &spec, &err), err);
    usph_assert_ok(
        usph_metric_objective_init(&mo, &m, shape, (usph_effort){ 0 }, &w.inner, &err),
        err);
    usph_objective f = w.inner;
    f.eval = watch_eval;
    f.ctx = &w;
    usph_assert_ok(usph_minimize(&spec, &f, &stop, &rng, &ws, x, &result, &err), err);
    ck_assert_uint_eq(w.count, sizeof STAGES / sizeof *STAGES);
    ck_assert_mem_eq(w.seen, STAGES, sizeof STAGES);
    ck_assert_int_eq(result.reason, USPH_REASON_GRADIENT);
    usph_workspace_free(&ws);
    usph_metric_objective_free(&mo);
    free(x);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("search");
    TCase *tc = tcase_create("search");
    tcase_add_loop_test(tc, test_moves_keep_the_sphere, 0, 4);
    tcase_add_loop_test(tc, test_moves_take_their_part, 0, 4);
    tcase_add_loop_test(tc, test_twist_is_rigid, 0, 2);
    tcase_add_test(tc, test_spacing);
    tcase_add_test(tc, test_search_finds_thomson);
    tcase_add_loop_test(tc, test_search_finds_sharp_configurations, 0, 4);
    tcase_add_loop_test(tc, test_search_does_not_depend_on_threads, 0, 2);
    tcase_add_loop_test(tc, test_search_ends_in_time, 0, 4);
    tcase_add_test(tc, test_search_ends_after_starts);
    tcase_add_test(tc, test_walk_has_its_temperature);
    tcase_add_test(tc, test_continuation_goes_through_its_stages);
    suite_add_tcase(suite, tc);
    return suite;
}
