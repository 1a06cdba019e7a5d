#include <math.h>
#include <string.h>
#include <time.h>

#include "core/sphere.h"
#include "solvers/solver.h"

const char *usph_reason_text(usph_reason reason)
{
#define USPH_REASON_TEXT(code, text) \
    case code: return text;
    switch (reason) {
        USPH_REASON_LIST(USPH_REASON_TEXT)
    }
#undef USPH_REASON_TEXT
    return "unknown";
}

bool usph_reason_done(usph_reason reason)
{
    return reason <= USPH_REASON_SCHEDULE;
}

double usph_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

usph_spec usph_solver_default(const usph_objective *f)
{
    const char *name = f->smooth ? "lbfgs" : "anneal";
    return usph_spec_default(usph_registry_find(&usph_solvers, name, strlen(name)));
}

enum {
    PATIENCE = 1000, /* steps without progress that can be measured */
};

static const double TINY =
    1e-13; /* relative gain in so many steps that means nothing */

/* The last point from which there was progress. */
typedef struct landmark {
    double value, norm;
    uint64_t step;
} landmark;

/* Everything the loop knows that a solver need not. */
typedef struct driver {
    const usph_solver *solver;
    const usph_stop *stop;
    usph_run run;
    double begun; /* usph_now() at the start */
    uint64_t steps;
    double previous; /* value before the last step */
    landmark mark;
} driver;

static double gradient_norm(const usph_run *run)
{
    const size_t size = usph_shape_size(run->shape);
    return run->f->grad_scale * sqrt(usph_dot(size, run->grad, run->grad));
}

static double gradient_tolerance(const driver *dr)
{
    const usph_run *run = &dr->run;
    if (dr->stop->grad_tol > 0)
        return dr->stop->grad_tol;
    const bool sums = run->f->grad_scale != 1;
    const double size =
        sums ? fabs(run->value) * run->f->grad_scale / (double)run->shape.n
             : fabs(run->value);
    return 1e-10 * fmax(1, size);
}

/*
 * Near a degenerate minimum a solver can creep for ever: the value is the same to
 * rounding and the gradient hardly falls. Progress is a lower value or half the
 * gradient.
 */
static bool creeps(driver *dr)
{
    const usph_run *run = &dr->run;
    if (run->grad == NULL || (dr->solver->flags & USPH_SOLVER_SCHEDULE) != 0)
        return false;
    const double norm = gradient_norm(run);
    const double least = dr->mark.value - TINY * fabs(dr->mark.value);
    if (dr->steps == 0 || run->value < least || norm < 0.5 * dr->mark.norm)
        dr->mark = (landmark){ run->value, norm, dr->steps };
    return dr->steps - dr->mark.step >= PATIENCE;
}

/* n single-point moves cost about as much as one evaluation. */
static uint64_t evaluations(const usph_run *run)
{
    return run->f->evals + run->f->moves / run->shape.n;
}

/* What ends a run even in the middle of a step. */
static bool at_limit(const driver *dr, usph_reason *reason)
{
    const usph_stop *stop = dr->stop;
    if (stop->interrupted != NULL && *stop->interrupted != 0)
        *reason = USPH_REASON_INTERRUPTED;
    else if (stop->max_evals > 0 && evaluations(&dr->run) >= stop->max_evals)
        *reason = USPH_REASON_MAX_EVALS;
    else if (stop->deadline > 0 && usph_now() >= stop->deadline)
        *reason = USPH_REASON_MAX_SECONDS;
    else
        return false;
    return true;
}

static bool halt(const void *ctx)
{
    usph_reason reason;
    return at_limit(ctx, &reason);
}

static bool should_stop(driver *dr, usph_reason *reason)
{
    const usph_stop *stop = dr->stop;
    const usph_run *run = &dr->run;
    const struct {
        bool met;
        usph_reason reason;
    } tests[] = {
        { run->grad != NULL && gradient_norm(run) <= gradient_tolerance(dr),
          USPH_REASON_GRADIENT },
        { stop->has_target && run->value <= stop->target, USPH_REASON_TARGET },
        { run->finished, USPH_REASON_SCHEDULE },
        { (dr->steps > 0 && run->length == 0) || creeps(dr), USPH_REASON_STALLED },
        { dr->steps > 0 && stop->value_tol > 0 &&
              fabs(dr->previous - run->value) <=
                  stop->value_tol * fmax(1, fabs(run->value)),
          USPH_REASON_VALUE },
        { stop->max_steps > 0 && dr->steps >= stop->max_steps, USPH_REASON_MAX_STEPS },
    };
    for (size_t t = 0; t < sizeof tests / sizeof *tests; t++) {
        if (tests[t].met) {
            *reason = tests[t].reason;
            return true;
        }
    }
    return at_limit(dr, reason);
}

static void fill_result(const driver *dr, usph_result *out)
{
    const usph_run *run = &dr->run;
    out->value = run->value;
    out->grad_norm = NAN;
    if (run->grad != NULL)
        out->grad_norm = gradient_norm(run);
    out->seconds = usph_now() - dr->begun;
    out->steps = dr->steps;
    out->evals = run->f->evals;
    out->grads = run->f->grads;
    out->moves = run->f->moves;
    out->hvps = run->f->hvps;
}

static usph_status evaluate_start(driver *dr, usph_error *err)
{
    usph_run *run = &dr->run;
    const usph_status status =
        usph_objective_eval(run->f, run->x, &run->value, run->grad);
    const bool unusable = run->grad != NULL && !isfinite(run->value);
    if (status == USPH_ERR_DOMAIN || (status == USPH_OK && unusable))
        return usph_fail(err, USPH_ERR_DOMAIN,
                         "the objective has no finite value and gradient at the start "
                         "(coincident points?)");
    if (status == USPH_OK && run->grad != NULL)
        usph_sphere_tangent(run->shape, run->x, run->grad);
    return status;
}

static usph_status take_steps(driver *dr, usph_result *out)
{
    const usph_trace *trace = dr->stop->trace;
    usph_run *run = &dr->run;
    if (dr->solver->start != NULL)
        USPH_TRY(dr->solver->start(run));
    while (!should_stop(dr, &out->reason)) {
        dr->previous = run->value;
        USPH_TRY(dr->solver->step(run));
        dr->steps++;
        if (trace != NULL) {
            fill_result(dr, out);
            trace->step(trace->ctx, out);
        }
    }
    return USPH_OK;
}

/* A step that a limit cut short may have moved x before it could say the value there.
 */
static usph_status value_at_end(driver *dr)
{
    usph_run *run = &dr->run;
    const usph_status status =
        usph_objective_eval(run->f, run->x, &run->value, run->grad);
    if (status == USPH_OK && run->grad != NULL)
        usph_sphere_tangent(run->shape, run->x, run->grad);
    return status == USPH_ERR_DOMAIN ? USPH_OK : status;
}

/*
 * A limit met inside a step makes the objective refuse; the solver hands that up as any
 * error, and x is the last point that it accepted. A run inside another run has its own
 * limits and gives the objective back with the outer ones.
 */
static usph_status run_steps(driver *dr, usph_result *out)
{
    usph_objective *f = dr->run.f;
    const usph_objective outer = *f;
    f->halt = halt;
    f->halt_ctx = dr;
    usph_status status = take_steps(dr, out);
    f->halt = outer.halt;
    f->halt_ctx = outer.halt_ctx;
    if (status == USPH_ERR_STOPPED && at_limit(dr, &out->reason))
        status = value_at_end(dr);
    if (status == USPH_OK && dr->solver->finish != NULL)
        dr->solver->finish(&dr->run);
    return status;
}

/* Solvers without gradient leave the norm to be found at the end, for the report. */
static usph_status final_gradient(driver *dr, double *grad, usph_result *out)
{
    usph_run *run = &dr->run;
    fill_result(dr, out);
    if (run->grad != NULL || !run->f->smooth)
        return USPH_OK;
    double value = 0;
    const usph_status status = usph_objective_eval(run->f, run->x, &value, grad);
    if (status == USPH_ERR_DOMAIN)
        return USPH_OK;
    USPH_TRY(status);
    usph_sphere_tangent(run->shape, run->x, grad);
    run->grad = grad;
    fill_result(dr, out);
    return USPH_OK;
}

static size_t state_doubles(const usph_solver *s)
{
    return (s->state_size + sizeof(double) - 1) / sizeof(double);
}

size_t usph_minimize_scratch(const usph_spec *solver, usph_shape shape)
{
    const usph_solver *s = usph_solver_of(solver->entry);
    return usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(s->scratch(solver->values, shape)) +
           usph_workspace_cost(state_doubles(s));
}

usph_status usph_minimize(const usph_spec *solver, usph_objective *f,
                          const usph_stop *stop, usph_rng *rng, usph_workspace *ws,
                          double *x, usph_result *out, usph_error *err)
{
    const usph_solver *s = usph_solver_of(solver->entry);
    const bool gradient = (s->flags & USPH_SOLVER_GRADIENT) != 0;
    const size_t size = usph_shape_size(f->shape);
    const size_t scratch = s->scratch(solver->values, f->shape);
    const size_t state = state_doubles(s);
    if (gradient && !f->smooth)
        return usph_fail(err, USPH_ERR_UNSUPPORTED,
                         "%s needs a gradient and the objective has none; use anneal",
                         solver->entry->name);
    if (usph_workspace_reserve(ws, usph_minimize_scratch(solver, f->shape)) != USPH_OK)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory: scratch of %s",
                         solver->entry->name);
    const size_t mark = usph_workspace_mark(ws);
    double *grad = usph_workspace_take(ws, size);
    driver dr = {
        .solver = s,
        .stop = stop,
        .begun = usph_now(),
        .run = {
            .f = f,
            .shape = f->shape,
            .values = solver->values,
            .rng = rng,
            .x = x,
            .grad = gradient ? grad : NULL,
            .scratch = usph_workspace_take(ws, scratch),
            .state = usph_workspace_take(ws, state),
            .stop = stop,
        },
    };
    memset(dr.run.state, 0, state * sizeof(double));
    usph_status status = evaluate_start(&dr, err);
    if (status == USPH_OK)
        status = run_steps(&dr, out);
    if (status == USPH_OK)
        status = final_gradient(&dr, grad, out);
    usph_workspace_release(ws, mark);
    return status;
}
