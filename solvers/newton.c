#include <math.h>
#include <string.h>

#include "core/sphere.h"
#include "solvers/linesearch.h"

extern const usph_solver usph_solver_lbfgs; /* its steps come first */

enum {
    START, /* places of the parameters */
    SWITCH,
    FROM_LBFGS = 0, /* value of `start`, in the order of its words */
};

typedef struct newton_state {
    double first;   /* gradient norm at the start */
    double entered; /* gradient norm where the Newton steps began; 0: not yet */
    double radius;  /* of the trust region */
} newton_state;

/* Arrays of n x d, but radial of n. The start phase has the room behind them. */
typedef struct newton_room {
    usph_trial trial;
    double *p, *r, *dir, *h; /* step, its residual, search direction, H dir */
    double *radial;          /* <x_i, g_i> of the Euclidean gradient at x */
    double *inner_state, *inner_scratch;
} newton_room;

static size_t inner_state_doubles(void)
{
    return (usph_solver_lbfgs.state_size + sizeof(double) - 1) / sizeof(double);
}

static size_t newton_scratch(const double *values, usph_shape shape)
{
    const usph_spec inner = usph_spec_default(&usph_solver_lbfgs.entry);
    (void)values;
    return usph_trial_scratch(shape, true) +
           4 * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.n) + usph_workspace_cost(inner_state_doubles()) +
           usph_solver_lbfgs.scratch(inner.values, shape);
}

static newton_room lay_out(const usph_run *run)
{
    const size_t stride = usph_workspace_cost(usph_shape_size(run->shape));
    newton_room room;
    room.p = usph_trial_take(&room.trial, run->shape, true, run->scratch);
    room.r = room.p + stride;
    room.dir = room.r + stride;
    room.h = room.dir + stride;
    room.radial = room.h + stride;
    room.inner_state = room.radial + usph_workspace_cost(run->shape.n);
    room.inner_scratch = room.inner_state + usph_workspace_cost(inner_state_doubles());
    return room;
}

static double norm(const usph_run *run, const double *v)
{
    return sqrt(usph_dot(usph_shape_size(run->shape), v, v));
}

static void set_radial(const usph_run *run, const newton_room *room, const double *raw)
{
    const size_t d = run->shape.d;
    for (size_t i = 0; i < run->shape.n; i++)
        room->radial[i] = usph_dot(d, run->x + i * d, raw + i * d);
}

static usph_status newton_start(usph_run *run)
{
    newton_state *state = run->state;
    const newton_room room = lay_out(run);
    memset(room.inner_state, 0, inner_state_doubles() * sizeof(double));
    state->first = norm(run, run->grad);
    return USPH_OK;
}

/* One step of the start phase; the driver counts and stops as for any step. */
static usph_status inner_step(usph_run *run, const newton_room *room)
{
    const usph_spec inner = usph_spec_default(&usph_solver_lbfgs.entry);
    usph_run warm = *run;
    warm.values = inner.values;
    warm.state = room->inner_state;
    warm.scratch = room->inner_scratch;
    USPH_TRY(usph_solver_lbfgs.step(&warm));
    run->value = warm.value;
    run->length = warm.length;
    return USPH_OK;
}

/* The first Newton step needs the gradient's radial part, which nobody kept. */
static usph_status enter(usph_run *run, const newton_room *room)
{
    newton_state *state = run->state;
    const double n = (double)run->shape.n;
    const double spacing = pow(n, -1 / ((double)run->shape.d - 1));
    double value = 0;
    USPH_TRY(usph_objective_eval(run->f, run->x, &value, room->trial.raw));
    set_radial(run, room, room->trial.raw);
    state->entered = norm(run, run->grad);
    state->radius = 0.1 * spacing * sqrt(n);
    return USPH_OK;
}

/* Where the objective has no product: a difference of gradients along v. Points outside
   the domain tell nothing, which counts as no curvature. */
static usph_status hessian_by_differences(usph_run *run, newton_room *room,
                                          const double *v, double *hv)
{
    static const double MOVE = 1e-5; /* error: its square, and the rounding over it */
    const size_t size = usph_shape_size(run->shape);
    const double step = MOVE / norm(run, v);
    memset(hv, 0, size * sizeof *hv);
    for (int side = 1; side >= -1; side -= 2) {
        USPH_TRY(usph_trial_eval(run, v, side * step, &room->trial));
        if (!isfinite(room->trial.value)) {
            memset(hv, 0, size * sizeof *hv);
            return USPH_OK;
        }
        for (size_t k = 0; k < size; k++)
            hv[k] += side * room->trial.grad[k] / (2 * step);
    }
    usph_sphere_tangent(run->shape, run->x, hv);
    return USPH_OK;
}

/* Hessian on the sphere times a tangent v. */
static usph_status hessian(usph_run *run, newton_room *room, const double *v,
                           double *hv)
{
    const size_t d = run->shape.d;
    if (run->f->hvp == NULL)
        return hessian_by_differences(run, room, v, hv);
    USPH_TRY(usph_objective_hvp(run->f, run->x, v, hv));
    usph_sphere_tangent(run->shape, run->x, hv);
    for (size_t i = 0; i < run->shape.n; i++)
        for (size_t k = i * d; k < (i + 1) * d; k++)
            hv[k] -= room->radial[i] * v[k];
    return USPH_OK;
}

static void add_scaled(size_t m, double a, const double *x, double *y)
{
    for (size_t k = 0; k < m; k++)
        y[k] += a * x[k];
}

/* The positive t at which |p + t dir| = radius. */
static double to_boundary(const usph_run *run, const newton_room *room, double radius)
{
    const size_t size = usph_shape_size(run->shape);
    const double dd = usph_dot(size, room->dir, room->dir);
    const double pd = usph_dot(size, room->p, room->dir);
    const double left = radius * radius - usph_dot(size, room->p, room->p);
    return left / (pd + sqrt(pd * pd + dd * fmax(left, 0)));
}

/*
 * Conjugate gradients for H p = -grad, to the trust region's edge or along a direction
 * of negative curvature to it. They start at the gradient, which is orthogonal to what
 * leaves the objective unchanged (rotations), and H keeps it so: its null space at a
 * minimum does no harm.
 *
 * @return decrease that the quadratic model predicts, by `predicted`
 */
static usph_status steihaug(usph_run *run, newton_room *room, double *predicted)
{
    const newton_state *state = run->state;
    const size_t size = usph_shape_size(run->shape);
    const double slope = norm(run, run->grad);
    const double left = fmin(0.1, slope / state->entered) * slope;
    double rr = slope * slope;
    memset(room->p, 0, size * sizeof *room->p);
    memcpy(room->r, run->grad, size * sizeof *room->r);
    for (size_t k = 0; k < size; k++)
        room->dir[k] = -run->grad[k];
    for (size_t t = 0; t < 2 * size && sqrt(rr) > left; t++) {
        USPH_TRY(hessian(run, room, room->dir, room->h));
        const double edge = to_boundary(run, room, state->radius);
        const double curvature = usph_dot(size, room->dir, room->h);
        const bool inside = curvature > 0 && rr / curvature < edge;
        const double step = inside ? rr / curvature : edge;
        add_scaled(size, step, room->dir, room->p);
        add_scaled(size, step, room->h, room->r);
        if (!inside)
            break;
        const double before = rr;
        rr = usph_dot(size, room->r, room->r);
        for (size_t k = 0; k < size; k++)
            room->dir[k] = rr / before * room->dir[k] - room->r[k];
        usph_sphere_tangent(run->shape, run->x, room->dir);
    }
    /* grad p + p H p / 2 with H p = r - grad */
    *predicted =
        -0.5 * (usph_dot(size, run->grad, room->p) + usph_dot(size, room->r, room->p));
    return USPH_OK;
}

/* Part of the predicted decrease that came; where rounding hides it, whether the
   gradient fell. */
static double agreement(const usph_run *run, const newton_room *room, double predicted)
{
    static const double ROUNDING = 1e-13;
    const usph_trial *trial = &room->trial;
    const double noise = ROUNDING * fabs(run->value);
    if (!isfinite(trial->value))
        return -INFINITY;
    if (predicted > noise || trial->value > run->value + noise)
        return (run->value - trial->value) / predicted;
    return norm(run, trial->grad) < norm(run, run->grad) ? 1 : -1;
}

static usph_status trust_step(usph_run *run, newton_room *room)
{
    static const double SMALLEST = 1e-15; /* radius below which no point moves */
    newton_state *state = run->state;
    double predicted = 0;
    run->length = 0;
    while (state->radius > SMALLEST) {
        USPH_TRY(steihaug(run, room, &predicted));
        USPH_TRY(usph_trial_eval(run, room->p, 1, &room->trial));
        const double ratio = agreement(run, room, predicted);
        const double length = norm(run, room->p);
        if (ratio < 0.25)
            state->radius = 0.25 * length;
        else if (ratio > 0.75 && length > 0.99 * state->radius)
            state->radius *= 2;
        if (ratio > 1e-3) {
            usph_trial_accept(run, room->p, &room->trial);
            set_radial(run, room, room->trial.raw);
            break;
        }
    }
    return USPH_OK;
}

static usph_status newton_step(usph_run *run)
{
    newton_state *state = run->state;
    newton_room room = lay_out(run);
    const bool near = norm(run, run->grad) <= run->values[SWITCH] * state->first;
    if (state->entered == 0 && run->values[START] == FROM_LBFGS && !near) {
        USPH_TRY(inner_step(run, &room));
        if (run->length > 0)
            return USPH_OK;
    }
    if (state->entered == 0)
        USPH_TRY(enter(run, &room));
    return trust_step(run, &room);
}

/**
 * Trust-region Newton method on the product of spheres: conjugate gradients inside the
 * region, with exact Hessian products where the objective has them.
 *
 * Definition: p minimizes <grad, p> + <p, H p>/2 in |p| <= radius, roughly; then
 *             x <- R(p). H is the Hessian on the sphere.
 * Cost:       of a step one evaluation and some ten to several hundred products; O(n d)
 *             memory.
 * Start:      with start=lbfgs the first steps are those of lbfgs, until the gradient
 *             has fallen to `switch` of its first norm or lbfgs finds no better point.
 * Source:     Steihaug1983; on manifolds AbsilBakerGallivan2007.
 */
const usph_solver usph_solver_newton = {
    .entry = {
        .name = "newton",
        .title = "trust-region Newton",
        .formula = "x <- R(p), p = argmin <grad f, p> + <p, H p>/2 over |p| <= radius",
        .source = "AbsilBakerGallivan2007",
        .note = "polishes to the rounding of the gradient; far from a minimum lbfgs is "
                "cheaper, so it goes first",
        .params = { { .name = "start",
                      .type = USPH_WORD,
                      .def = FROM_LBFGS,
                      .hi = 1,
                      .words = "lbfgs|none",
                      .doc = "which steps are taken before Newton's" },
                    { .name = "switch",
                      .type = USPH_REAL,
                      .def = 1e-6,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1,
                      .doc = "part of the first gradient norm at which Newton's begin" } },
    },
    .flags = USPH_SOLVER_GRADIENT | USPH_SOLVER_MONOTONE,
    .state_size = sizeof(newton_state),
    .scratch = newton_scratch,
    .start = newton_start,
    .step = newton_step,
};
