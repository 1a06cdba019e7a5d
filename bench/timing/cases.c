#include "bench/timing/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/suite/suite.h"
#include "bench/timing/gbench.h"
#include "bench/timing/machine.h"
#include "core/points.h"
#include "core/sphere.h"
#include "metrics/kernel.h"
#include "metrics/metric.h"
#include "points/generator.h"
#include "solvers/solver.h"

enum {
    MAX_NAME = USPH_MAX_SPEC + 64,
};

/* One benchmark: what to run, on which shape. The list owns them. */
typedef struct bench_case {
    char name[MAX_NAME];
    usph_metric_spec metric; /* metric, kernel, solver (its objective) */
    usph_spec spec;          /* solver or generator */
    usph_shape shape;
    bool grad;
    unsigned threads; /* 0: one, and not in the name */
    struct bench_case *next;
} bench_case;

static bench_case *cases; /* all registered, newest first */

/* Shapes of pair energies: small and large, few and many dimensions. */
static const usph_shape SHAPES[] = {
    { 1000, 3 },   { 4096, 3 },   { 4096, 8 },    { 1000, 64 },  { 3072, 32 },
    { 4096, 128 }, { 2304, 256 }, { 1536, 1024 }, { 8192, 512 },
};
/* Up to here r2 comes from differences, and cycles count; beyond, products of BLAS. */
static const size_t SMALL_D = 16;
static const usph_shape MIDDLE = { 1000, 16 };
static const usph_shape FEW = { 100, 3 }; /* metrics that search a sphere take seconds
                                             for more */
/* Where pairs are no longer visited one by one. */
static const usph_shape MANY = { 1000000, 3 };
/* Where several threads are compared with one. */
static const usph_shape SHARED = { 4096, 64 };

static void random_points(usph_shape shape, double *x)
{
    usph_rng rng;
    usph_rng_init(&rng, 1, 0, USPH_FOR_POINTS);
    usph_sphere_uniform(shape, &rng, x);
}

static void fail(usph_bench_state *state, usph_status status, const usph_error *err)
{
    usph_bench_fail(state, err->text[0] != '\0' ? err->text : usph_status_text(status));
}

/*
 * How an evaluation of a pair energy compares with what the core can do, measured at
 * the same moment: a clock or a speed from another time would not do on a machine that
 * is shared.
 */
static void compare_with_machine(usph_bench_state *state, usph_shape shape,
                                 double seconds, double flops)
{
    const bool products = shape.d > SMALL_D;
    if (shape.n >= MANY.n)
        return; /* not pair by pair */
    const double clock = products ? 0 : usph_clock_rate();
    const double dgemm = products ? usph_dgemm_rate(shape) : 0;
    if (clock > 0)
        usph_bench_counter(state, "cycles/pair",
                           seconds * clock / usph_shape_pairs(shape));
    if (dgemm > 0)
        usph_bench_counter(state, "of_dgemm", flops / seconds / dgemm);
}

/* Value, or value and gradient, of a metric. */
static void step_metric(usph_bench_state *state, const bench_case *c, usph_objective *f,
                        const usph_points *x, double *grad)
{
    double value = 0;
    size_t steps = 0;
    const double start = usph_cpu_seconds();
    while (usph_bench_step(state)) {
        const usph_status status = usph_objective_eval(f, x->x, &value, grad);
        if (status != USPH_OK) {
            fail(state, status, &(usph_error){ "" });
            return;
        }
        usph_bench_keep(value);
        steps++;
    }
    const double seconds = (usph_cpu_seconds() - start) / (double)steps;
    const double pairs = usph_shape_pairs(c->shape);
    const double flops = (grad != NULL ? 6 : 2) * pairs * (double)c->shape.d;
    usph_bench_rate(state, "pairs/s", pairs);
    usph_bench_rate(state, "GFLOP/s", 1e-9 * flops);
    if (c->metric.kernel.entry != NULL && c->threads <= 1)
        compare_with_machine(state, c->shape, seconds, flops);
}

static void run_metric(usph_bench_state *state, void *ctx)
{
    const bench_case *c = ctx;
    const usph_effort effort = { .threads = c->threads };
    usph_metric_objective mo = { .sign = 1 };
    usph_points x = { 0 };
    usph_points grad = { 0 };
    usph_objective f;
    usph_error err = { "" };
    usph_status status =
        usph_metric_objective_init(&mo, &c->metric, c->shape, effort, &f, &err);
    if (status == USPH_OK)
        status = usph_points_alloc(c->shape, &x, &err);
    if (status == USPH_OK)
        status = usph_points_alloc(c->shape, &grad, &err);
    if (status == USPH_OK) {
        random_points(c->shape, x.x);
        step_metric(state, c, &f, &x, c->grad ? grad.x : NULL);
    } else {
        fail(state, status, &err);
    }
    usph_points_free(&x);
    usph_points_free(&grad);
    usph_metric_objective_free(&mo);
}

/* The kernel alone, over an array of squared distances. */
static void run_kernel(usph_bench_state *state, void *ctx)
{
    enum {
        COUNT = 1024
    };
    const bench_case *c = ctx;
    const usph_kernel *kernel = usph_kernel_of(c->spec.entry);
    double r2[COUNT];
    double q2[COUNT];
    double k[COUNT];
    double dk[COUNT];
    for (size_t p = 0; p < COUNT; p++)
        r2[p] = 4 * ((double)p + 0.5) / COUNT;
    for (size_t p = 0; p < COUNT; p++)
        q2[p] = 4 - r2[p];
    while (usph_bench_step(state)) {
        kernel->eval(&(usph_kernel_pairs){ c->spec.values, 3, COUNT, r2, q2 },
                     &(usph_kernel_values){ .k = k, .dk = c->grad ? dk : NULL });
        usph_bench_keep(k[COUNT / 2]);
    }
    usph_bench_rate(state, "pairs/s", COUNT);
}

static void run_generator(usph_bench_state *state, void *ctx)
{
    const bench_case *c = ctx;
    usph_points x = { 0 };
    usph_rng rng;
    usph_error err = { "" };
    const usph_status status = usph_points_alloc(c->shape, &x, &err);
    if (status != USPH_OK) {
        fail(state, status, &err);
        return;
    }
    while (usph_bench_step(state)) {
        usph_rng_init(&rng, 1, 0, USPH_FOR_POINTS);
        usph_generate(&c->spec, c->shape, &rng, x.x);
        usph_bench_keep(x.x[0]);
    }
    usph_bench_rate(state, "points/s", (double)c->shape.n);
    usph_points_free(&x);
}

/* A fixed number of evaluations from a random start. */
static usph_status solve_once(const bench_case *c, usph_points *x, usph_result *result,
                              usph_error *err)
{
    const usph_stop stop = { .max_evals = 200, .grad_tol = 1e-300 };
    usph_metric_objective mo;
    usph_objective f;
    usph_workspace ws = { 0 };
    usph_rng rng;
    USPH_TRY(usph_metric_objective_init(&mo, &c->metric, c->shape, (usph_effort){ 0 },
                                        &f, err));
    usph_rng_init(&rng, 1, 0, USPH_FOR_SOLVER);
    random_points(c->shape, x->x);
    const usph_status status =
        usph_minimize(&c->spec, &f, &stop, &rng, &ws, x->x, result, err);
    usph_workspace_free(&ws);
    usph_metric_objective_free(&mo);
    return status;
}

static void run_solver(usph_bench_state *state, void *ctx)
{
    const bench_case *c = ctx;
    usph_points x = { 0 };
    usph_result result = { 0 };
    usph_error err = { "" };
    usph_status status = usph_points_alloc(c->shape, &x, &err);
    while (status == USPH_OK && usph_bench_step(state)) {
        status = solve_once(c, &x, &result, &err);
        usph_bench_keep(result.value);
    }
    if (status != USPH_OK)
        fail(state, status, &err);
    usph_bench_rate(state, "evals/s", (double)result.evals);
    usph_points_free(&x);
}

static usph_status add(const bench_case *model, const char *kind, const char *spec,
                       usph_bench_fn *fn)
{
    bench_case *c = malloc(sizeof *c);
    if (c == NULL)
        return USPH_ERR_NOMEM;
    *c = *model;
    snprintf(c->name, sizeof c->name, "%s/%s%s/n=%zu/d=%zu", kind, spec,
             c->grad ? "/grad" : "", c->shape.n, c->shape.d);
    if (c->threads > 0) {
        const size_t used = strlen(c->name);
        snprintf(c->name + used, sizeof c->name - used, "/threads=%u", c->threads);
    }
    c->next = cases;
    cases = c;
    usph_bench_add(c->name, fn, c);
    return USPH_OK;
}

static usph_status add_metric(const usph_metric_spec *m, usph_shape shape,
                              unsigned threads)
{
    char spec[USPH_MAX_SPEC];
    bench_case c = { .metric = *m, .shape = shape, .threads = threads };
    if (usph_metric_check(m, shape, NULL) != USPH_OK)
        return USPH_OK; /* more points than polynomials, for example */
    usph_metric_print(m, spec, sizeof spec);
    USPH_TRY(add(&c, "metric", spec, run_metric));
    c.grad = true;
    if ((usph_metric_of(m)->flags & USPH_METRIC_SMOOTH) == 0)
        return USPH_OK;
    return add(&c, "metric", spec, run_metric);
}

static usph_status add_metrics(void)
{
    usph_metric_spec all[USPH_MAX_SPECS];
    const size_t count = usph_metric_all(all, sizeof all / sizeof *all);
    for (size_t i = 0; i < count; i++) {
        const bool energy = strcmp(all[i].metric.entry->name, "energy") == 0;
        const size_t shapes = sizeof SHAPES / sizeof *SHAPES;
        for (size_t s = 0; s < shapes && energy; s++)
            USPH_TRY(add_metric(&all[i], SHAPES[s], 0));
        for (unsigned threads = 1; threads <= 2 && energy; threads++)
            USPH_TRY(add_metric(&all[i], SHARED, threads));
        USPH_TRY(add_metric(&all[i], energy ? MANY : FEW, 0));
    }
    return USPH_OK;
}

static usph_status add_kernels(void)
{
    for (size_t i = 0; i < usph_kernels.count; i++) {
        char spec[USPH_MAX_SPEC];
        bench_case c = {
            .spec = usph_spec_default(usph_kernels.items[i]),
            .shape = MIDDLE,
        };
        usph_spec_print(&c.spec, spec, sizeof spec);
        USPH_TRY(add(&c, "kernel", spec, run_kernel));
        c.grad = true;
        USPH_TRY(add(&c, "kernel", spec, run_kernel));
    }
    return USPH_OK;
}

static usph_status add_solvers(void)
{
    for (size_t i = 0; i < usph_solvers.count; i++) {
        char spec[USPH_MAX_SPEC];
        bench_case c = {
            .spec = usph_spec_default(usph_solvers.items[i]),
            .shape = { 100, 3 },
        };
        USPH_TRY(usph_metric_parse("energy/riesz:s=1", &c.metric, NULL));
        usph_spec_print(&c.spec, spec, sizeof spec);
        USPH_TRY(add(&c, "solver", spec, run_solver));
    }
    return USPH_OK;
}

static usph_status add_generators(void)
{
    /* the first of these that a generator accepts */
    static const usph_shape TRIES[] = {
        { 1000, 16 }, { 1000, 3 }, { 1000, 2 }, { 0, 16 }, { 0, 0 }
    };
    for (size_t i = 0; i < usph_generators.count; i++) {
        char spec[USPH_MAX_SPEC];
        bench_case c = { .spec = usph_spec_default(usph_generators.items[i]) };
        usph_spec_print(&c.spec, spec, sizeof spec);
        for (size_t t = 0; t < sizeof TRIES / sizeof *TRIES; t++) {
            c.shape = TRIES[t];
            if (usph_generator_shape(&c.spec, &c.shape, NULL) != USPH_OK)
                continue;
            USPH_TRY(add(&c, "generator", spec, run_generator));
            break;
        }
    }
    return USPH_OK;
}

usph_status usph_cases_add(void)
{
    USPH_TRY(add_kernels());
    USPH_TRY(add_metrics());
    USPH_TRY(add_solvers());
    return add_generators();
}

void usph_cases_free(void)
{
    while (cases != NULL) {
        bench_case *next = cases->next;
        free(cases);
        cases = next;
    }
}
