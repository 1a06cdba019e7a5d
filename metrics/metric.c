#include "metrics/metric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/bounds/bound.h"
#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"
#include "metrics/pass.h"

static const usph_measure NO_MEASURE = { .value = NAN, .p_lower = NAN, .p_upper = NAN };

const char *usph_kind_text(usph_kind kind)
{
    static const char *const TEXTS[] = { "exact", "lower_bound", "upper_bound",
                                         "estimate" };
    return TEXTS[kind];
}

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* What a metric asks of a kernel and this one lacks; NULL: nothing. */
static const char *refusal(const usph_metric *metric, const usph_entry *kernel)
{
    const unsigned has = usph_kernel_of(kernel)->flags;
    if ((metric->flags & USPH_METRIC_POSDEF) != 0 && (has & USPH_KERNEL_POSDEF) == 0)
        return "positive definite kernels only";
    if ((metric->flags & USPH_METRIC_CHORDAL) != 0 && (has & USPH_KERNEL_ANGLE) != 0)
        return "kernels of the distance only";
    return NULL;
}

bool usph_metric_takes(const usph_metric *metric, const usph_entry *kernel)
{
    return refusal(metric, kernel) == NULL;
}

usph_status usph_metric_parse(const char *text, usph_metric_spec *out, usph_error *err)
{
    const char *slash = strchr(text, '/');
    const size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    usph_metric_spec spec = { .kernel.entry = NULL };
    USPH_TRY(usph_spec_parse_n(&usph_metrics, text, len, &spec.metric, err));
    const char *name = spec.metric.entry->name;
    const bool takes = (usph_metric_of(&spec)->flags & USPH_METRIC_KERNEL) != 0;
    if (takes && slash == NULL)
        return usph_fail(err, USPH_ERR_PARSE,
                         "%s needs a kernel: %s/riesz:s=1, %s/log, ... (usphere list "
                         "kernels)",
                         text, name, name);
    if (!takes && slash != NULL)
        return usph_fail(err, USPH_ERR_PARSE, "%s takes no kernel, got '%s'", name,
                         slash + 1);
    if (takes)
        USPH_TRY(usph_spec_parse(&usph_kernels, slash + 1, &spec.kernel, err));
    if (takes && !usph_metric_takes(usph_metric_of(&spec), spec.kernel.entry))
        return usph_fail(err, USPH_ERR_ARG,
                         "%s takes positive definite kernels only, which %s is not",
                         name, spec.kernel.entry->name);
    *out = spec;
    return USPH_OK;
}

void usph_metric_print(const usph_metric_spec *m, char *buf, size_t size)
{
    usph_spec_print(&m->metric, buf, size);
    const size_t used = strlen(buf);
    if (m->kernel.entry != NULL && used + 2 < size) {
        buf[used] = '/';
        usph_spec_print(&m->kernel, buf + used + 1, size - used - 1);
    }
}

size_t usph_metric_all(usph_metric_spec *out, size_t max)
{
    static const char *const KERNELS[] = { "log", "riesz:s=1", "riesz:s=2",
                                           "gauss:t=2" };
    size_t count = 0;
    for (size_t i = 0; i < usph_metrics.count; i++) {
        usph_metric_spec spec = { .metric = usph_spec_default(usph_metrics.items[i]) };
        const bool takes = (usph_metric_of(&spec)->flags & USPH_METRIC_KERNEL) != 0;
        const size_t kernels = takes ? sizeof KERNELS / sizeof *KERNELS : 1;
        for (size_t k = 0; k < kernels; k++) {
            if (takes && (usph_spec_parse(&usph_kernels, KERNELS[k], &spec.kernel,
                                          NULL) != USPH_OK ||
                          !usph_metric_takes(usph_metric_of(&spec), spec.kernel.entry)))
                continue;
            if (out != NULL && count < max)
                out[count] = spec;
            count++;
        }
    }
    return count;
}

usph_status usph_metric_check(const usph_metric_spec *m, usph_shape shape,
                              usph_error *err)
{
    const usph_metric *metric = usph_metric_of(m);
    return metric->check != NULL ? metric->check(m, shape, err) : USPH_OK;
}

usph_status usph_metric_needs_pairs(const usph_metric_spec *m, usph_shape shape,
                                    usph_error *err)
{
    if (shape.n < 2)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "%s is a mean over pairs and is not defined for n = 1",
                         m->metric.entry->name);
    return USPH_OK;
}

size_t usph_metric_pairs_scratch(const usph_metric_spec *m, usph_shape shape,
                                 unsigned threads)
{
    (void)m;
    return usph_pairs_scratch(shape, threads);
}

/* What evaluating takes beside a pass. */
static size_t own_scratch(const usph_metric_spec *m, usph_shape shape, unsigned threads)
{
    const usph_metric *metric = usph_metric_of(m);
    return metric->scratch != NULL ? metric->scratch(m, shape, threads) : 0;
}

size_t usph_metric_scratch(const usph_metric_spec *m, usph_shape shape,
                           unsigned threads)
{
    const size_t own = own_scratch(m, shape, threads);
    return usph_metric_of(m)->eval != NULL ? own : own + usph_pass_scratch(m, 1, shape);
}

usph_status usph_metric_eval(const usph_metric_spec *m, usph_shape shape,
                             const double *x, usph_workspace *ws, usph_measure *out,
                             double *grad)
{
    const usph_metric *metric = usph_metric_of(m);
    usph_measure measure = NO_MEASURE;
    usph_status status = USPH_OK;
    if (grad != NULL && (metric->flags & USPH_METRIC_SMOOTH) == 0)
        return USPH_ERR_UNSUPPORTED;
    if (metric->eval != NULL)
        status = metric->eval(m, shape, x, ws, &measure, grad);
    else
        usph_pass_run(m, 1, shape, x, ws, &measure, &status, grad);
    if (status == USPH_OK)
        *out = measure;
    return status;
}

double usph_metric_work(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric *metric = usph_metric_of(m);
    if (metric->work != NULL)
        return metric->work(m, shape);
    return (double)shape.n * (double)shape.n * (double)shape.d;
}

double usph_metric_search_work(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    return 100 * (double)shape.n * (double)shape.n * (double)shape.d;
}

size_t usph_metrics_scratch(const usph_metric_spec *m, size_t count, usph_shape shape,
                            unsigned threads)
{
    size_t own = 0;
    for (size_t k = 0; k < count; k++)
        if (usph_metric_check(&m[k], shape, NULL) == USPH_OK)
            own = max_size(own, own_scratch(&m[k], shape, threads));
    return own + usph_pass_scratch(m, count, shape);
}

usph_status usph_metrics_eval(const usph_metric_spec *m, size_t count, usph_shape shape,
                              const double *x, usph_workspace *ws, usph_measure *out,
                              usph_status *status)
{
    const unsigned threads = usph_workspace_threads(ws);
    USPH_TRY(
        usph_workspace_reserve(ws, usph_metrics_scratch(m, count, shape, threads)));
    for (size_t k = 0; k < count; k++) {
        out[k] = NO_MEASURE;
        status[k] = usph_metric_check(&m[k], shape, NULL);
    }
    usph_pass_run(m, count, shape, x, ws, out, status, NULL);
    for (size_t k = 0; k < count; k++)
        if (status[k] == USPH_OK && usph_metric_of(&m[k])->pass == NULL)
            status[k] = usph_metric_eval(&m[k], shape, x, ws, &out[k], NULL);
    return USPH_OK;
}

double usph_metric_pairs(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric *metric = usph_metric_of(m);
    if (metric->pairs == NULL)
        return NAN;
    return metric->pairs(m, shape);
}

double usph_metric_expected(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric *metric = usph_metric_of(m);
    if (metric->expected == NULL || usph_metric_check(m, shape, NULL) != USPH_OK)
        return NAN;
    return metric->expected(m, shape);
}

usph_bound usph_metric_bound(const usph_metric_spec *m, usph_shape shape)
{
    return usph_bound_best(m, shape, USPH_BOUNDS_FAST);
}

static usph_status objective_eval(void *ctx, const double *x, double *value,
                                  double *grad)
{
    usph_metric_objective *mo = ctx;
    usph_measure measure;
    USPH_TRY(usph_metric_eval(&mo->spec, mo->shape, x, &mo->ws, &measure, grad));
    *value = mo->sign * measure.value;
    mo->accuracy = measure.accuracy;
    const size_t size = usph_shape_size(mo->shape);
    if (grad != NULL && mo->sign < 0)
        for (size_t p = 0; p < size; p++)
            grad[p] = -grad[p];
    return USPH_OK;
}

static usph_status objective_move(void *ctx, const double *x, size_t i,
                                  const double *xi, double *delta)
{
    const usph_metric_objective *mo = ctx;
    const usph_metric *metric = usph_metric_of(&mo->spec);
    *delta = mo->sign * metric->move(&mo->spec, mo->shape, x, i, xi);
    return USPH_OK;
}

static usph_status objective_hvp(void *ctx, const double *x, const double *v,
                                 double *hv)
{
    usph_metric_objective *mo = ctx;
    const usph_metric *metric = usph_metric_of(&mo->spec);
    USPH_TRY(metric->hessian(&mo->spec, mo->shape, x, v, &mo->ws, hv));
    const size_t size = usph_shape_size(mo->shape);
    for (size_t p = 0; p < size && mo->sign < 0; p++)
        hv[p] = -hv[p];
    return USPH_OK;
}

/* The kernel's own parameter before the metric's. */
static double *sharpness_of(usph_metric_spec *m)
{
    usph_spec *const specs[] = { &m->kernel, &m->metric };
    for (size_t k = 0; k < 2; k++)
        for (size_t p = 0;
             specs[k]->entry != NULL && p < usph_entry_params(specs[k]->entry); p++)
            if (specs[k]->entry->params[p].sharpness)
                return &specs[k]->values[p];
    return NULL;
}

usph_status usph_metric_objective_init(usph_metric_objective *mo,
                                       const usph_metric_spec *m, usph_shape shape,
                                       usph_effort effort, usph_objective *out,
                                       usph_error *err)
{
    const usph_metric *metric = usph_metric_of(m);
    const double pairs = usph_metric_pairs(m, shape);
    USPH_TRY(usph_metric_check(m, shape, err));
    *mo = (usph_metric_objective){
        .spec = *m,
        .shape = shape,
        .sign = metric->better == USPH_HIGHER ? -1 : 1,
        .ws.effort = effort,
    };
    const size_t scratch =
        usph_metric_scratch(m, shape, usph_workspace_threads(&mo->ws));
    if (usph_workspace_reserve(&mo->ws, scratch) != USPH_OK)
        return usph_fail(err, USPH_ERR_NOMEM,
                         "out of memory: scratch of %s for n = %zu", metric->entry.name,
                         shape.n);
    *out = (usph_objective){
        .shape = shape,
        .eval = objective_eval,
        .move = metric->move != NULL ? objective_move : NULL,
        .hvp = metric->hessian != NULL ? objective_hvp : NULL,
        .ctx = mo,
        .grad_scale = isnan(pairs) ? 1 : pairs,
        .smooth = (metric->flags & USPH_METRIC_SMOOTH) != 0,
        .sharpness = sharpness_of(&mo->spec),
    };
    return USPH_OK;
}

void usph_metric_objective_free(usph_metric_objective *mo)
{
    usph_workspace_free(&mo->ws);
}
