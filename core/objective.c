#include "core/objective.h"

#include <string.h>

static bool halted(const usph_objective *f)
{
    return f->halt != NULL && f->halt(f->halt_ctx);
}

usph_status usph_objective_eval(usph_objective *f, const double *x, double *value,
                                double *grad)
{
    if (halted(f))
        return USPH_ERR_STOPPED;
    f->evals++;
    f->grads += grad != NULL;
    return f->eval(f->ctx, x, value, grad);
}

usph_status usph_objective_hvp(usph_objective *f, const double *x, const double *v,
                               double *hv)
{
    if (f->hvp == NULL)
        return USPH_ERR_UNSUPPORTED;
    if (halted(f))
        return USPH_ERR_STOPPED;
    f->hvps++;
    return f->hvp(f->ctx, x, v, hv);
}

usph_status usph_objective_move(usph_objective *f, const double *x, double value,
                                size_t i, const double *xi, double *trial,
                                double *delta)
{
    const size_t bytes = f->shape.d * sizeof *x;
    double moved = 0;
    if (f->move != NULL) {
        if (halted(f))
            return USPH_ERR_STOPPED;
        f->moves++;
        return f->move(f->ctx, x, i, xi, delta);
    }
    double *place = trial + i * f->shape.d;
    memcpy(place, xi, bytes);
    const usph_status status = usph_objective_eval(f, trial, &moved, NULL);
    memcpy(place, x + i * f->shape.d, bytes);
    if (status == USPH_OK)
        *delta = moved - value;
    return status;
}
