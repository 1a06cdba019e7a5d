#include "metrics/bounds/bound.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const usph_bound NO_BOUND = { .value = NAN };

usph_bound usph_bound_by(const usph_bounder *bounder, const usph_metric_spec *m,
                         usph_shape shape)
{
    for (const usph_bound_case *c = bounder->cases; c->metric != NULL; c++) {
        if (strcmp(c->metric, m->metric.entry->name) != 0)
            continue;
        if (usph_metric_of(m)->better != c->better ||
            usph_metric_check(m, shape, NULL) != USPH_OK)
            return NO_BOUND;
        usph_bound bound = c->of(m, shape);
        bound.method = bounder->entry.name;
        return bound;
    }
    return NO_BOUND;
}

usph_bound usph_bound_own(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric *metric = usph_metric_of(m);
    if (metric->bound == NULL || usph_metric_check(m, shape, NULL) != USPH_OK)
        return NO_BOUND;
    usph_bound bound = metric->bound(m, shape);
    if (bound.method == NULL)
        bound.method = "closed_form";
    return bound;
}

/* A tight bound cannot be excelled: what looks stronger is rounding. */
bool usph_bound_better(const usph_bound *a, const usph_bound *b, usph_better better)
{
    if (isnan(a->value) || isnan(b->value))
        return isnan(b->value) && !isnan(a->value);
    if (a->tight != b->tight)
        return a->tight;
    return better == USPH_LOWER ? a->value > b->value : a->value < b->value;
}

usph_bound usph_bound_best(const usph_metric_spec *m, usph_shape shape,
                           usph_bounds_effort effort)
{
    if (effort == USPH_BOUNDS_OFF)
        return NO_BOUND;
    const usph_better better = usph_metric_of(m)->better;
    usph_bound best = usph_bound_own(m, shape);
    for (size_t i = 0; i < usph_bounds.count && !best.tight; i++) {
        const usph_bounder *bounder = usph_bounder_of(usph_bounds.items[i]);
        if (bounder->slow && effort != USPH_BOUNDS_LP)
            continue;
        const usph_bound bound = usph_bound_by(bounder, m, shape);
        if (usph_bound_better(&bound, &best, better))
            best = bound;
    }
    return best;
}

const char *usph_bound_status(const usph_bound *bound)
{
    if (isnan(bound->value))
        return NULL;
    return bound->tight ? "tight" : "proved";
}

double usph_bound_gap(const usph_bound *bound, usph_better better, double value)
{
    const double sign = better == USPH_LOWER ? 1 : -1;
    return sign * (value - bound->value) / fmax(fabs(bound->value), DBL_MIN);
}

double usph_bound_parameter(const usph_metric_spec *m, const char *name,
                            double otherwise)
{
    const usph_entry *entry = m->metric.entry;
    for (size_t p = 0; p < USPH_MAX_PARAMS && entry->params[p].name != NULL; p++)
        if (strcmp(entry->params[p].name, name) == 0)
            return m->metric.values[p];
    return otherwise;
}
