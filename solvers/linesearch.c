#include "solvers/linesearch.h"

#include <math.h>
#include <string.h>

#include "core/sphere.h"

enum {
    MAX_TRIALS = 60, /* halvings from 1 to below the rounding of a unit vector */
};

static const double DECREASE = 1e-4;   /* part of the predicted decrease to ask for */
static const double FLATTEN = 0.9;     /* largest part of the slope that may be left */
static const double APPROXIMATE = 0.1; /* HagerZhang2005's delta */
static const double ROUNDING = 1e-13;  /* relative noise of a value */

size_t usph_trial_scratch(usph_shape shape, bool raw)
{
    return (raw ? 3 : 2) * usph_workspace_cost(usph_shape_size(shape)) +
           usph_workspace_cost(shape.n);
}

double *usph_trial_take(usph_trial *trial, usph_shape shape, bool raw, double *scratch)
{
    const size_t size = usph_workspace_cost(usph_shape_size(shape));
    *trial = (usph_trial){ .y = scratch, .grad = scratch + size };
    scratch += 2 * size;
    if (raw) {
        trial->raw = scratch;
        scratch += size;
    }
    trial->lengths = scratch;
    return scratch + usph_workspace_cost(shape.n);
}

usph_status usph_trial_eval(usph_run *run, const double *p, double step,
                            usph_trial *trial)
{
    const usph_shape shape = run->shape;
    trial->step = step;
    usph_sphere_retract(shape, run->x, step, p, trial->y, trial->lengths);
    const usph_status status =
        usph_objective_eval(run->f, trial->y, &trial->value, trial->grad);
    if (status == USPH_ERR_DOMAIN || (status == USPH_OK && !isfinite(trial->value))) {
        trial->value = INFINITY;
        trial->slope = INFINITY;
        return USPH_OK;
    }
    USPH_TRY(status);
    if (trial->raw != NULL)
        memcpy(trial->raw, trial->grad, usph_shape_size(shape) * sizeof *trial->raw);
    usph_sphere_tangent(shape, trial->y, trial->grad);
    trial->slope = 0;
    for (size_t i = 0; i < shape.n; i++) {
        const size_t at = i * shape.d;
        trial->slope += usph_dot(shape.d, trial->grad + at, p + at) / trial->lengths[i];
    }
    return USPH_OK;
}

void usph_trial_accept(usph_run *run, const double *p, const usph_trial *trial)
{
    const size_t size = usph_shape_size(run->shape);
    memcpy(run->x, trial->y, size * sizeof *run->x);
    memcpy(run->grad, trial->grad, size * sizeof *run->grad);
    run->value = trial->value;
    run->length = trial->step * sqrt(usph_dot(size, p, p));
}

double usph_slope(const usph_run *run, const double *p)
{
    return usph_dot(usph_shape_size(run->shape), run->grad, p);
}

double usph_first_step(const usph_run *run, const double *p)
{
    static const double MOVE = 0.05;
    double largest = 0;
    for (size_t i = 0; i < run->shape.n; i++) {
        const double *pi = p + i * run->shape.d;
        largest = fmax(largest, usph_dot(run->shape.d, pi, pi));
    }
    return largest > 0 ? MOVE / sqrt(largest) : 1;
}

/*
 * Low enough by the value (Armijo). Where rounding hides the predicted decrease the
 * value says nothing: there the slope must show that the step did not overshoot
 * (approximate Wolfe). A reference above the current value leaves room for steps that
 * do.
 */
static bool low_enough(const usph_run *run, const usph_trial *trial, double reference,
                       double slope)
{
    const double noise = ROUNDING * fabs(run->value);
    const bool hidden = -trial->step * slope <= noise && reference == run->value;
    if (!hidden && trial->value <= reference + DECREASE * trial->step * slope)
        return true;
    return trial->value <= run->value + noise &&
           trial->slope <= (2 * APPROXIMATE - 1) * slope;
}

usph_status usph_search_armijo(usph_run *run, const double *p, double reference,
                               usph_trial *trial, double *step)
{
    const double slope = usph_slope(run, p);
    for (int t = 0; t < MAX_TRIALS && slope < 0; t++) {
        USPH_TRY(usph_trial_eval(run, p, *step, trial));
        if (low_enough(run, trial, reference, slope))
            return USPH_OK;
        *step *= 0.5;
    }
    *step = 0;
    return USPH_OK;
}

/* An end of the bracket: step and slope there (slope NAN where the value was too high).
 */
typedef struct bracket_end {
    double step, slope;
} bracket_end;

/* Next step inside the bracket: secant of the slopes, kept off the ends. */
static double next_step(bracket_end lo, bracket_end hi)
{
    const double width = hi.step - lo.step;
    const double secant = lo.step - lo.slope * width / (hi.slope - lo.slope);
    if (!isfinite(secant)) /* also while hi has no slope */
        return lo.step + 0.5 * width;
    return fmin(fmax(secant, lo.step + 0.1 * width), hi.step - 0.1 * width);
}

/* Beyond the last step while no upper end is known: where the slope would vanish. */
static double expand(bracket_end before, bracket_end last)
{
    const double width = last.step - before.step;
    const double secant = last.step - last.slope * width / (last.slope - before.slope);
    const double far = last.step + 10 * width;
    const double near = last.step + 1.1 * width;
    return isfinite(secant) && secant > near ? fmin(secant, far) : far;
}

/* Past the minimum only a search that asked for more than the default minds the slope.
 */
static bool flat_above(const usph_trial *trial, double slope)
{
    if (trial->flatten == 0)
        return isfinite(trial->slope);
    return trial->slope <= -trial->flatten * slope;
}

usph_status usph_search_wolfe(usph_run *run, const double *p, usph_trial *trial,
                              double *step)
{
    const double slope = usph_slope(run, p);
    const double flatten = trial->flatten > 0 ? trial->flatten : FLATTEN;
    bracket_end lo = { 0, slope };
    bracket_end hi = { INFINITY, NAN };
    double a = *step;
    double best = 0; /* longest step that lowers the value, if no step is perfect */
    *step = 0;
    for (int t = 0; t < MAX_TRIALS && slope < 0 && hi.step - lo.step > 0; t++) {
        USPH_TRY(usph_trial_eval(run, p, a, trial));
        const bool decrease = low_enough(run, trial, run->value, slope);
        const bool high = trial->value > run->value + ROUNDING * fabs(run->value);
        if (decrease && trial->slope >= flatten * slope && flat_above(trial, slope)) {
            *step = a;
            return USPH_OK;
        }
        if (decrease)
            best = a;
        if (high || trial->slope >= 0) {
            hi = (bracket_end){ a, trial->slope };
            if (high)
                hi.slope = NAN; /* says nothing about where the minimum is */
            a = next_step(lo, hi);
        } else {
            const bracket_end before = lo;
            lo = (bracket_end){ a, trial->slope };
            a = isinf(hi.step) ? expand(before, lo) : next_step(lo, hi);
        }
        if (t > 20 && best > 0)
            break;
    }
    if (best > 0)
        USPH_TRY(usph_trial_eval(run, p, best, trial));
    *step = best;
    return USPH_OK;
}
