#include <math.h>

#include "metrics/metric.h"

/* What the linker makes of calls of usph_metrics_eval, and the function itself. */
usph_status __wrap_usph_metrics_eval(const usph_metric_spec *m, size_t count,
                                     usph_shape shape, const double *x,
                                     usph_workspace *ws, usph_measure *out,
                                     usph_status *status);
usph_status __real_usph_metrics_eval(const usph_metric_spec *m, size_t count,
                                     usph_shape shape, const double *x,
                                     usph_workspace *ws, usph_measure *out,
                                     usph_status *status);

/* Values that are a tenth too good, so that near-optimal sets lie beyond bounds. */
usph_status __wrap_usph_metrics_eval(const usph_metric_spec *m, size_t count,
                                     usph_shape shape, const double *x,
                                     usph_workspace *ws, usph_measure *out,
                                     usph_status *status)
{
    USPH_TRY(__real_usph_metrics_eval(m, count, shape, x, ws, out, status));
    for (size_t k = 0; k < count; k++) {
        const double tenth = 0.1 * fabs(out[k].value);
        out[k].value += usph_metric_of(&m[k])->better == USPH_LOWER ? -tenth : tenth;
    }
    return USPH_OK;
}
