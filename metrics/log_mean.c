#include "metrics/log_mean.h"

#include <math.h>

#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"
#include "metrics/universal.h"

extern const usph_kernel usph_kernel_gauss;

usph_status usph_log_mean_pairs(double t, usph_shape shape, const double *x,
                                usph_workspace *ws, usph_measure *out, double *grad)
{
    /* exp(-700) is the smallest that keeps all its digits */
    static const double DEEP = 600;
    const usph_spec kernel = {
        .entry = &usph_kernel_gauss.entry,
        .values = { t },
    };
    usph_pairs_form form = { .kernel = &kernel };
    usph_pairs_energy energy;
    USPH_TRY(usph_pairs_energy_sum(&form, shape, x, ws, &energy, grad));
    if (t * energy.least > DEEP) { /* once more, from the closest pair on */
        form.origin = energy.least;
        USPH_TRY(usph_pairs_energy_sum(&form, shape, x, ws, &energy, grad));
    }
    out->value = log(energy.sum / usph_shape_pairs(shape)) - t * form.origin;
    out->coincident = energy.coincident;
    out->accuracy = energy.accuracy;
    const size_t size = usph_shape_size(shape);
    if (grad != NULL)
        for (size_t p = 0; p < size; p++)
            grad[p] /= energy.sum;
    return USPH_OK;
}

typedef struct shifted {
    double t, least;
} shifted;

static double shifted_exp(double r2, const void *ctx)
{
    const shifted *s = ctx;
    return exp(-s->t * (r2 - s->least));
}

double usph_log_mean_universal(double t, usph_shape shape)
{
    const shifted s = { .t = t, .least = usph_universal_separation2(shape) };
    if (isnan(s.least))
        return NAN;
    return log(usph_universal_mean(shape, shifted_exp, &s)) - t * s.least;
}
