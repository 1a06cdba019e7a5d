#include "metrics/pass.h"

#include <string.h>

#include "metrics/pairs/pairs.h"

/* What the visitor of the walk needs; states lie one after the other. */
typedef struct pass {
    const usph_metric_spec *m;
    size_t count;
    usph_shape shape;
    const usph_status *status;
    double *state; /* of all metrics */
} pass;

static bool takes_part(const usph_metric_spec *m, usph_status status)
{
    return usph_metric_of(m)->pass != NULL && status == USPH_OK;
}

static size_t state_size(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric_pass *own = usph_metric_of(m)->pass;
    return usph_workspace_cost(own->state != NULL ? own->state(m, shape) : 0);
}

size_t usph_pass_scratch(const usph_metric_spec *m, size_t count, usph_shape shape)
{
    size_t states = 0;
    bool any = false;
    for (size_t k = 0; k < count; k++) {
        if (!takes_part(&m[k], usph_metric_check(&m[k], shape, NULL)))
            continue;
        states += state_size(&m[k], shape);
        any = true;
    }
    return any ? states + usph_pairs_scratch(shape, 1) : 0;
}

/* Calls `each` for every metric that takes part, with its own state. */
static void for_each(const pass *p, void *ctx,
                     void (*each)(const pass *p, size_t k, double *state, void *ctx))
{
    double *state = p->state;
    for (size_t k = 0; k < p->count; k++) {
        if (!takes_part(&p->m[k], p->status[k]))
            continue;
        each(p, k, state, ctx);
        state += state_size(&p->m[k], p->shape);
    }
}

static void begin_one(const pass *p, size_t k, double *state, void *ctx)
{
    const usph_metric_pass *own = usph_metric_of(&p->m[k])->pass;
    (void)ctx;
    if (own->begin != NULL)
        own->begin(&p->m[k], p->shape, state);
}

static void visit_one(const pass *p, size_t k, double *state, void *ctx)
{
    usph_metric_of(&p->m[k])->pass->visit(&p->m[k], p->shape, ctx, state);
}

static void visit_all(void *ctx, const usph_pairs_run *run)
{
    usph_pairs_run copy = *run; /* visitors fill run->w, hence no const */
    for_each(ctx, &copy, visit_one);
}

/* What `end` of each metric fills in. */
typedef struct endings {
    const double *x;
    usph_workspace *ws;
    usph_measure *out;
    usph_status *status;
} endings;

static void end_one(const pass *p, size_t k, double *state, void *ctx)
{
    const endings *e = ctx;
    const usph_metric_pass *own = usph_metric_of(&p->m[k])->pass;
    e->status[k] = own->end(&p->m[k], p->shape, e->x, e->ws, state, &e->out[k]);
}

void usph_pass_run(const usph_metric_spec *m, size_t count, usph_shape shape,
                   const double *x, usph_workspace *ws, usph_measure *out,
                   usph_status *status, double *grad)
{
    const size_t mark = usph_workspace_mark(ws);
    size_t states = 0;
    bool any = false;
    bool angles = false;
    for (size_t k = 0; k < count; k++) {
        if (!takes_part(&m[k], status[k]))
            continue;
        states += state_size(&m[k], shape);
        angles = angles || usph_metric_of(&m[k])->pass->angles;
        any = true;
    }
    if (!any)
        return;
    pass p = { m, count, shape, status, usph_workspace_take(ws, states) };
    endings e = { x, ws, out, status };
    memset(p.state, 0, states * sizeof *p.state);
    for_each(&p, NULL, begin_one);
    usph_pairs_walk(shape, x, angles ? USPH_WITH_ANGLES : 0, ws, visit_all, &p, grad);
    for_each(&p, &e, end_one);
    usph_workspace_release(ws, mark);
}
