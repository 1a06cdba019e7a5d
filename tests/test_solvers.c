#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/metric.h"
#include "solvers/solver.h"
#include "tests/runner.h"
#include "tests/variants.h"

static usph_spec variants[USPH_MAX_VARIANTS];
static size_t variant_count;

/* An objective that counts what it is asked, and can be told to fail. */
typedef struct probe {
    usph_metric_objective mo;
    usph_objective inner;
    uint64_t evals, grads, moves, hvps;
    uint64_t fail_at; /* evaluation that fails; 0: none */
    usph_status fail_with;
} probe;

static usph_status probe_eval(void *ctx, const double *x, double *value, double *grad)
{
    probe *p = ctx;
    p->evals++;
    p->grads += grad != NULL;
    if (p->evals == p->fail_at)
        return p->fail_with;
    return p->inner.eval(p->inner.ctx, x, value, grad);
}

static usph_status probe_move(void *ctx, const double *x, size_t i, const double *xi,
                              double *delta)
{
    probe *p = ctx;
    p->moves++;
    return p->inner.move(p->inner.ctx, x, i, xi, delta);
}

static usph_status probe_hvp(void *ctx, const double *x, const double *v, double *hv)
{
    probe *p = ctx;
    p->hvps++;
    return p->inner.hvp(p->inner.ctx, x, v, hv);
}

static void probe_open(probe *p, const char *metric, usph_shape shape,
                       usph_objective *f)
{
    usph_metric_spec m;
    usph_error err = { "" };
    *p = (probe){ .fail_at = 0 };
    usph_assert_ok(usph_metric_parse(metric, &m, &err), err);
    usph_assert_ok(usph_metric_objective_init(&p->mo, &m, shape, (usph_effort){ 0 },
                                              &p->inner, &err),
                   err);
    *f = p->inner;
    f->eval = probe_eval;
    f->move = p->inner.move != NULL ? probe_move : NULL;
    f->hvp = p->inner.hvp != NULL ? probe_hvp : NULL;
    f->ctx = p;
}

static usph_status minimize(const usph_spec *solver, usph_objective *f,
                            const usph_stop *stop, uint64_t seed, double *x,
                            usph_result *out)
{
    usph_workspace ws = { 0 };
    usph_rng rng;
    usph_error err = { "" };
    usph_rng_init(&rng, seed, 0, USPH_FOR_SOLVER);
    const usph_status status = usph_minimize(solver, f, stop, &rng, &ws, x, out, &err);
    usph_workspace_free(&ws);
    return status;
}

/* A run from random points; returns the points. */
static double *run(const usph_spec *solver, const char *metric, usph_shape shape,
                   const usph_stop *stop, uint64_t seed, probe *p, usph_result *out)
{
    double *x = usph_test_points(shape, seed);
    usph_objective f;
    probe_open(p, metric, shape, &f);
    ck_assert_int_eq(minimize(solver, &f, stop, seed, x, out), USPH_OK);
    usph_metric_objective_free(&p->mo);
    return x;
}

static const char *name_of(int i)
{
    static char text[USPH_MAX_SPEC];
    usph_spec_print(&variants[i], text, sizeof text);
    return text;
}

static const usph_shape SMALL = { 10, 4 };
static const usph_stop SHORT = { .max_evals = 60 };

START_TEST(test_counts_and_sphere)
{
    static const char *const METRICS[] = { "energy/log", "gram_logdet",
                                           "separation_soft", "cap_discrepancy" };
    for (size_t k = 0; k < sizeof METRICS / sizeof *METRICS; k++) {
        probe p;
        usph_result result;
        double *x = run(&variants[_i], METRICS[k], SMALL, &SHORT, 5, &p, &result);
        ck_assert_msg(result.evals == p.evals && result.grads == p.grads &&
                          result.moves == p.moves && result.hvps == p.hvps,
                      "%s on %s", name_of(_i), METRICS[k]);
        for (size_t i = 0; i < SMALL.n; i++) {
            const double *row = x + i * SMALL.d;
            usph_assert_close(usph_dot(SMALL.d, row, row), 1, 1e-15, "%s", name_of(_i));
        }
        free(x);
    }
}
END_TEST

/* A limit inside a step ends it: one more evaluation, for the report, at most. */
START_TEST(test_limit_within_an_evaluation)
{
    for (uint64_t limit = 2; limit < 9; limit++) {
        const usph_stop stop = { .max_evals = limit, .grad_tol = 1e-300 };
        usph_result result;
        double value = 0;
        probe p;
        usph_objective f;
        double *x = run(&variants[_i], "energy/log", SMALL, &stop, 5, &p, &result);
        ck_assert_msg(result.evals <= limit + 1, "%s: %d of %d", name_of(_i),
                      (int)result.evals, (int)limit);
        probe_open(&p, "energy/log", SMALL, &f);
        ck_assert_int_eq(f.eval(f.ctx, x, &value, NULL), USPH_OK);
        usph_assert_close(result.value, value, 1e-12, "%s", name_of(_i));
        usph_metric_objective_free(&p.mo);
        free(x);
    }
}
END_TEST

START_TEST(test_same_seed_same_bits)
{
    probe p;
    usph_result a;
    usph_result b;
    double *x = run(&variants[_i], "energy/riesz:s=2", SMALL, &SHORT, 9, &p, &a);
    double *y = run(&variants[_i], "energy/riesz:s=2", SMALL, &SHORT, 9, &p, &b);
    ck_assert_mem_eq(x, y, usph_shape_size(SMALL) * sizeof *x);
    ck_assert(a.value == b.value && a.evals == b.evals);
    free(x);
    free(y);
}
END_TEST

START_TEST(test_never_worse_if_monotone)
{
    const usph_solver *solver = usph_solver_of(variants[_i].entry);
    if ((solver->flags & USPH_SOLVER_MONOTONE) == 0)
        return;
    for (uint64_t seed = 1; seed < 6; seed++) {
        probe p;
        usph_objective f;
        usph_result result;
        double before = 0;
        double *x = usph_test_points(SMALL, seed);
        probe_open(&p, "energy/riesz:s=1", SMALL, &f);
        ck_assert_int_eq(f.eval(f.ctx, x, &before, NULL), USPH_OK);
        const usph_stop stop = { .max_steps = 3 };
        ck_assert_int_eq(minimize(&variants[_i], &f, &stop, seed, x, &result), USPH_OK);
        ck_assert_msg(result.value <= before, "%s", name_of(_i));
        usph_metric_objective_free(&p.mo);
        free(x);
    }
}
END_TEST

/* Universal optima that every start reaches; gradient solvers to rounding. */
START_TEST(test_finds_simplex_and_cross_polytope)
{
    static const struct {
        usph_shape shape;
        double sum; /* of 1/r */
    } OPTIMA[] = {
        { { 4, 3 }, 3.6742346141747671 },
        { { 6, 3 }, 9.9852813742385706 },
        { { 6, 5 }, 9.6824583655185421 },
    };
    const usph_solver *solver = usph_solver_of(variants[_i].entry);
    const bool gradient = (solver->flags & USPH_SOLVER_GRADIENT) != 0;
    const bool scheduled = (solver->flags & USPH_SOLVER_SCHEDULE) != 0;
    for (size_t k = 0; k < sizeof OPTIMA / sizeof *OPTIMA; k++) {
        probe p;
        usph_result result;
        const usph_stop stop = { .max_evals = 20000 };
        const usph_shape shape = OPTIMA[k].shape;
        free(run(&variants[_i], "energy/riesz:s=1", shape, &stop, 3, &p, &result));
        const double sum = result.value * usph_shape_pairs(shape);
        usph_assert_close(sum, OPTIMA[k].sum, gradient ? 1e-13 : 1e-4, "%s n=%zu",
                          name_of(_i), shape.n);
        if (gradient)
            ck_assert_msg(result.reason == USPH_REASON_GRADIENT ||
                              (scheduled && result.reason == USPH_REASON_SCHEDULE),
                          "%s n=%zu: %s", name_of(_i), shape.n,
                          usph_reason_text(result.reason));
    }
}
END_TEST

START_TEST(test_callback_error_comes_back)
{
    probe p;
    usph_objective f;
    usph_result result;
    const usph_stop stop = { .max_evals = 500 };
    double *x = usph_test_points(SMALL, 2);
    probe_open(&p, "energy/log", SMALL, &f);
    p.fail_at = 3;
    p.fail_with = USPH_ERR_LAPACK;
    const usph_status status = minimize(&variants[_i], &f, &stop, 1, x, &result);
    /* a schedule of one step ends before */
    ck_assert_int_eq(status, p.evals < p.fail_at ? USPH_OK : USPH_ERR_LAPACK);
    usph_metric_objective_free(&p.mo);
    free(x);
}
END_TEST

/* A trial point outside the domain is a failed trial, not the end. */
START_TEST(test_domain_error_is_survived)
{
    probe p;
    usph_objective f;
    usph_result result;
    const usph_stop stop = { .max_evals = 200 };
    if ((usph_solver_of(variants[_i].entry)->flags & USPH_SOLVER_GRADIENT) == 0)
        return;
    double *x = usph_test_points(SMALL, 2);
    probe_open(&p, "energy/log", SMALL, &f);
    p.fail_at = 4;
    p.fail_with = USPH_ERR_DOMAIN;
    ck_assert_int_eq(minimize(&variants[_i], &f, &stop, 1, x, &result), USPH_OK);
    usph_metric_objective_free(&p.mo);
    free(x);
}
END_TEST

/* f's tangent gradient at (x + t v)/|x + t v|, row by row. */
static void gradient_at(usph_objective *f, const double *x, double t, const double *v,
                        double *y, double *grad)
{
    double value = 0;
    usph_sphere_retract(f->shape, x, t, v, y, NULL);
    ck_assert_int_eq(usph_objective_eval(f, y, &value, grad), USPH_OK);
    usph_sphere_tangent(f->shape, y, grad);
}

/* Hessian on the sphere, from the Euclidean one and the gradient's radial part. */
static void sphere_hessian(usph_objective *f, const double *x, const double *v,
                           double *grad, double *hv)
{
    double value = 0;
    const size_t d = f->shape.d;
    ck_assert_int_eq(usph_objective_eval(f, x, &value, grad), USPH_OK);
    ck_assert_int_eq(usph_objective_hvp(f, x, v, hv), USPH_OK);
    usph_sphere_tangent(f->shape, x, hv);
    for (size_t i = 0; i < f->shape.n; i++)
        for (size_t k = 0; k < d; k++)
            hv[i * d + k] -= usph_dot(d, grad + i * d, x + i * d) * v[i * d + k];
}

static void check_hessian(const usph_metric_spec *m, usph_shape shape)
{
    static const double STEP = 1e-5;
    const size_t size = usph_shape_size(shape);
    usph_metric_objective mo;
    usph_objective f;
    usph_error err = { "" };
    char name[USPH_MAX_SPEC];
    double *x = usph_test_points(shape, 4);
    double *v = usph_test_points(shape, 5);
    double *room = calloc(4 * size, sizeof *room);
    double *up = room;
    double *down = room + size;
    double *hv = room + 2 * size;
    ck_assert_ptr_nonnull(room);
    usph_metric_print(m, name, sizeof name);
    usph_assert_ok(
        usph_metric_objective_init(&mo, m, shape, (usph_effort){ 0 }, &f, &err), err);
    usph_sphere_tangent(shape, x, v);
    sphere_hessian(&f, x, v, up, hv);
    const double scale = sqrt(usph_dot(size, hv, hv));
    gradient_at(&f, x, STEP, v, room + 3 * size, up);
    gradient_at(&f, x, -STEP, v, room + 3 * size, down);
    for (size_t k = 0; k < size; k++)
        up[k] = (up[k] - down[k]) / (2 * STEP);
    usph_sphere_tangent(shape, x, up);
    for (size_t k = 0; k < size; k++)
        usph_assert_close(up[k], hv[k], 1e-5 * scale, "%s n=%zu d=%zu", name, shape.n,
                          shape.d);
    usph_metric_objective_free(&mo);
    free(room);
    free(v);
    free(x);
}

/* x <- x Q' for a Q that is a rotation in the first two coordinates, then in the last.
 */
static void rotate(usph_shape shape, double *x)
{
    static const double ANGLE = 0.7;
    const size_t planes[2][2] = { { 0, 1 }, { shape.d - 2, shape.d - 1 } };
    for (size_t p = 0; p < 2; p++) {
        for (size_t i = 0; i < shape.n; i++) {
            double *a = x + i * shape.d + planes[p][0];
            double *b = x + i * shape.d + planes[p][1];
            const double turned = cos(ANGLE) * *a - sin(ANGLE) * *b;
            *b = sin(ANGLE) * *a + cos(ANGLE) * *b;
            *a = turned;
        }
    }
}

/* Solvers without random numbers have no preferred directions. */
START_TEST(test_rotation_rotates_the_path)
{
    const usph_solver *solver = usph_solver_of(variants[_i].entry);
    const usph_stop stop = { .max_steps = 20, .grad_tol = 1e-6 };
    if ((solver->flags & USPH_SOLVER_RANDOM) != 0)
        return;
    usph_result result;
    probe p;
    usph_objective f;
    double *x = run(&variants[_i], "energy/riesz:s=1", SMALL, &stop, 6, &p, &result);
    double *y = usph_test_points(SMALL, 6);
    rotate(SMALL, x);
    rotate(SMALL, y);
    probe_open(&p, "energy/riesz:s=1", SMALL, &f);
    ck_assert_int_eq(minimize(&variants[_i], &f, &stop, 6, y, &result), USPH_OK);
    for (size_t k = 0; k < usph_shape_size(SMALL); k++)
        usph_assert_close(y[k], x[k], 1e-8, "%s", name_of(_i));
    usph_metric_objective_free(&p.mo);
    free(x);
    free(y);
}
END_TEST

/* Gradients of the sum at 1e-10 from random starts, where line searches stall. */
START_TEST(test_newton_polishes)
{
    usph_spec newton;
    usph_error err = { "" };
    const usph_stop stop = { .grad_tol = 1e-10 };
    usph_assert_ok(usph_spec_parse(&usph_solvers, "newton", &newton, &err), err);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        const usph_shape shape = { 60, 3 };
        usph_result result;
        probe p;
        free(run(&newton, "energy/riesz:s=1", shape, &stop, seed, &p, &result));
        ck_assert_msg(result.reason == USPH_REASON_GRADIENT, "seed %d: %s, %g",
                      (int)seed, usph_reason_text(result.reason), result.grad_norm);
        ck_assert(result.hvps > 0);
    }
}
END_TEST

START_TEST(test_hessian_products)
{
    static const char *const METRICS[] = { "energy/log", "energy/riesz:s=1",
                                           "energy/gauss:t=2",
                                           "energy:half=1/riesz:s=1" };
    static const usph_shape SHAPES[] = { { 7, 3 }, { 12, 8 }, { 33, 20 } };
    for (size_t k = 0; k < sizeof METRICS / sizeof *METRICS; k++) {
        usph_metric_spec m;
        usph_error err = { "" };
        usph_assert_ok(usph_metric_parse(METRICS[k], &m, &err), err);
        for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++)
            check_hessian(&m, SHAPES[s]);
    }
}
END_TEST

static volatile sig_atomic_t stop_now = 1;

static usph_reason reason_of(const char *solver, const char *metric,
                             const usph_stop *stop)
{
    usph_spec spec;
    probe p;
    usph_result result;
    usph_error err = { "" };
    usph_assert_ok(usph_spec_parse(&usph_solvers, solver, &spec, &err), err);
    free(run(&spec, metric, SMALL, stop, 1, &p, &result));
    return result.reason;
}

START_TEST(test_every_reason)
{
    const usph_stop none = { 0 };
    const usph_stop steps = { .max_steps = 2 };
    const usph_stop evals = { .max_evals = 2 };
    const usph_stop target = { .has_target = true, .target = 0.8 };
    const usph_stop value = { .value_tol = 1e-3 };
    const usph_stop seconds = { .deadline = usph_now() };
    const usph_stop interrupt = { .interrupted = &stop_now };
    const usph_stop impossible = { .grad_tol = 1e-300 };
    const char *energy = "energy/riesz:s=1";
    ck_assert_int_eq(reason_of("lbfgs", energy, &none), USPH_REASON_GRADIENT);
    ck_assert_int_eq(reason_of("lbfgs", energy, &steps), USPH_REASON_MAX_STEPS);
    ck_assert_int_eq(reason_of("lbfgs", energy, &evals), USPH_REASON_MAX_EVALS);
    ck_assert_int_eq(reason_of("lbfgs", energy, &target), USPH_REASON_TARGET);
    ck_assert_int_eq(reason_of("lbfgs", energy, &value), USPH_REASON_VALUE);
    ck_assert_int_eq(reason_of("lbfgs", energy, &seconds), USPH_REASON_MAX_SECONDS);
    ck_assert_int_eq(reason_of("lbfgs", energy, &interrupt), USPH_REASON_INTERRUPTED);
    ck_assert_int_eq(reason_of("lbfgs", energy, &impossible), USPH_REASON_STALLED);
    ck_assert_int_eq(reason_of("anneal:sweeps=5", energy, &none), USPH_REASON_SCHEDULE);
    ck_assert_int_eq(reason_of("anneal:sweeps=5", "separation", &none),
                     USPH_REASON_SCHEDULE);
}
END_TEST

START_TEST(test_gradient_solver_refuses_separation)
{
    probe p;
    usph_objective f;
    usph_result result;
    if ((usph_solver_of(variants[_i].entry)->flags & USPH_SOLVER_GRADIENT) == 0)
        return;
    double *x = usph_test_points(SMALL, 2);
    probe_open(&p, "separation", SMALL, &f);
    ck_assert_int_eq(minimize(&variants[_i], &f, &SHORT, 1, x, &result),
                     USPH_ERR_UNSUPPORTED);
    usph_metric_objective_free(&p.mo);
    free(x);
}
END_TEST

/* Annealing gets off coincident points, where the energy is infinite; others refuse. */
START_TEST(test_infinite_start)
{
    probe p;
    usph_objective f;
    usph_result result;
    const usph_stop stop = { .max_steps = 50 };
    double *x = usph_test_points(SMALL, 2);
    memcpy(x + SMALL.d, x, SMALL.d * sizeof *x);
    probe_open(&p, "energy/riesz:s=1", SMALL, &f);
    const usph_status status = minimize(&variants[_i], &f, &stop, 1, x, &result);
    if ((usph_solver_of(variants[_i].entry)->flags & USPH_SOLVER_GRADIENT) != 0)
        ck_assert_int_eq(status, USPH_ERR_DOMAIN);
    else
        ck_assert(status == USPH_OK && isfinite(result.value));
    usph_metric_objective_free(&p.mo);
    free(x);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("solvers");
    TCase *tc = tcase_create("solvers");
    variant_count = usph_registry_variants(&usph_solvers, variants, USPH_MAX_VARIANTS);
    /* variants of annealing without cooling, or of a schedule of one step, find nothing
     */
    const int count = (int)variant_count;
    tcase_add_loop_test(tc, test_counts_and_sphere, 0, count);
    tcase_add_loop_test(tc, test_limit_within_an_evaluation, 0, count);
    tcase_add_loop_test(tc, test_same_seed_same_bits, 0, count);
    tcase_add_loop_test(tc, test_never_worse_if_monotone, 0, count);
    tcase_add_loop_test(tc, test_callback_error_comes_back, 0, count);
    tcase_add_loop_test(tc, test_domain_error_is_survived, 0, count);
    tcase_add_loop_test(tc, test_gradient_solver_refuses_separation, 0, count);
    tcase_add_loop_test(tc, test_infinite_start, 0, count);
    for (int i = 0; i < count; i++) {
        const usph_spec def = usph_spec_default(variants[i].entry);
        const bool schedule =
            variants[i].entry->params[0].type == USPH_INT &&
            variants[i].values[0] < def.values[0] &&
            (usph_solver_of(def.entry)->flags & USPH_SOLVER_SCHEDULE) != 0;
        if (!schedule)
            tcase_add_loop_test(tc, test_finds_simplex_and_cross_polytope, i, i + 1);
    }
    tcase_add_loop_test(tc, test_rotation_rotates_the_path, 0, count);
    tcase_add_test(tc, test_newton_polishes);
    tcase_add_test(tc, test_hessian_products);
    tcase_add_test(tc, test_every_reason);
    suite_add_tcase(suite, tc);
    return suite;
}
