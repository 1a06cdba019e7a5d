#ifndef USPH_CORE_OBJECTIVE_H
#define USPH_CORE_OBJECTIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/shape.h"
#include "core/status.h"

/**
 * A function of n points that a solver minimizes: all that solvers know of metrics.
 * Metrics that are better when higher come with their sign turned.
 */
typedef struct usph_objective {
    usph_shape shape;
    /* value at x; grad (n x d, Euclidean gradient of any smooth extension) or NULL.
       USPH_ERR_DOMAIN: not differentiable there; +inf is a value */
    usph_status (*eval)(void *ctx, const double *x, double *value, double *grad);
    /* change of the value when point i moves to xi, O(n d); NULL: not provided */
    usph_status (*move)(void *ctx, const double *x, size_t i, const double *xi,
                        double *delta);
    /* product of the Hessian of the same extension with v; NULL: not provided */
    usph_status (*hvp)(void *ctx, const double *x, const double *v, double *hv);
    void *ctx;         /* borrowed */
    double grad_scale; /* reported gradient norm = this * |grad|: the number of pairs
                          for pair energies, whose literature counts the sum; else 1 */
    bool smooth;       /* eval can give a gradient */
    double *sharpness; /* parameter that a solver may change between evaluations, and
                          has to leave as it was; NULL: none */
    uint64_t evals;    /* calls of eval so far */
    uint64_t grads;    /* of them with gradient */
    uint64_t moves;    /* calls of move */
    uint64_t hvps;     /* calls of hvp */
    /* asked before each call; true: refuse it with USPH_ERR_STOPPED. NULL: never */
    bool (*halt)(const void *halt_ctx);
    const void *halt_ctx; /* borrowed */
} usph_objective;

/** Evaluate and count. Errors: whatever the function reports, unchanged. */
usph_status usph_objective_eval(usph_objective *f, const double *x, double *value,
                                double *grad) USPH_MUST_CHECK;

/**
 * Product of the Euclidean Hessian at x with v (n x d), and count. On the sphere the
 * Hessian is its tangent part less <x_i, g_i> v_i, g the Euclidean gradient of eval.
 *
 * Errors: USPH_ERR_UNSUPPORTED if f has no such product; USPH_ERR_DOMAIN.
 */
usph_status usph_objective_hvp(usph_objective *f, const double *x, const double *v,
                               double *hv) USPH_MUST_CHECK;

/**
 * Change of the value when point i moves to xi, and count. Without a `move` function
 * the moved set is evaluated and compared with `value`, the value at x.
 *
 * @param trial  n x d scratch, equal to x on entry and on return
 */
usph_status usph_objective_move(usph_objective *f, const double *x, double value,
                                size_t i, const double *xi, double *trial,
                                double *delta) USPH_MUST_CHECK;

#endif
