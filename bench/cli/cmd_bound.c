#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "metrics/bounds/bound.h"

/* What stands in one line: the metric, the shape, one proof. */
typedef struct line {
    const usph_metric_spec *m;
    usph_shape shape;
    usph_bound bound;
    bool best;
} line;

static const char *const HEADS[] = {
    "metric", "d",      "n",     "better", "bound",           "sum",
    "method", "status", "slack", "level",  "improvable_from", "best"
};

static usph_status put_line(usph_table *table, const line *l, int digits)
{
    char spec[USPH_MAX_SPEC];
    const bool lower = usph_metric_of(l->m)->better == USPH_LOWER;
    usph_metric_print(l->m, spec, sizeof spec);
    USPH_TRY(usph_table_cell(table, "%s", spec));
    USPH_TRY(usph_table_cell(table, "%zu", l->shape.d));
    USPH_TRY(usph_table_cell(table, "%zu", l->shape.n));
    USPH_TRY(usph_table_cell(table, "%s", lower ? "lower" : "higher"));
    USPH_TRY(usph_table_real(table, l->bound.value, digits));
    USPH_TRY(usph_table_real(table, l->bound.value * usph_metric_pairs(l->m, l->shape),
                             digits));
    USPH_TRY(usph_table_cell(table, "%s", l->bound.method));
    USPH_TRY(usph_table_cell(table, "%s", usph_bound_status(&l->bound)));
    USPH_TRY(usph_table_real(table, l->bound.slack, 2));
    USPH_TRY(usph_table_cell(table, "%d", l->bound.level));
    USPH_TRY(usph_table_cell(table, "%d", l->bound.improvable_from));
    return usph_table_cell(table, "%s", l->best ? "*" : "");
}

static json_t *line_json(const line *l)
{
    char spec[USPH_MAX_SPEC];
    json_t *object = json_object();
    const bool lower = usph_metric_of(l->m)->better == USPH_LOWER;
    usph_metric_print(l->m, spec, sizeof spec);
    json_object_set_new(object, "metric", json_string(spec));
    json_object_set_new(object, "d", json_integer((json_int_t)l->shape.d));
    json_object_set_new(object, "n", json_integer((json_int_t)l->shape.n));
    json_object_set_new(object, "better", json_string(lower ? "lower" : "higher"));
    usph_json_real(object, "bound", l->bound.value);
    usph_json_real(object, "sum", l->bound.value * usph_metric_pairs(l->m, l->shape));
    json_object_set_new(object, "bound_method", json_string(l->bound.method));
    json_object_set_new(object, "bound_status",
                        json_string(usph_bound_status(&l->bound)));
    usph_json_real(object, "bound_slack", l->bound.slack);
    json_object_set_new(object, "level", json_integer(l->bound.level));
    json_object_set_new(object, "improvable_from",
                        json_integer(l->bound.improvable_from));
    json_object_set_new(object, "best", json_boolean(l->best));
    return object;
}

static usph_status put(usph_report *report, json_t *array, const line *l)
{
    if (isnan(l->bound.value))
        return USPH_OK;
    USPH_TRY(put_line(&report->tables[0], l, 13));
    USPH_TRY(put_line(&report->records, l, 17));
    return json_array_append_new(array, line_json(l)) == 0 ? USPH_OK : USPH_ERR_NOMEM;
}

/* All that applies to one metric and shape; the best is marked. */
static usph_status put_all(usph_report *report, json_t *array, const usph_options *o,
                           const usph_metric_spec *m, usph_shape shape)
{
    const usph_bounds_effort effort = o->suite.bounds;
    usph_bound all[USPH_MAX_SPECS];
    size_t count = 0;
    all[count++] = usph_bound_own(m, shape);
    for (size_t i = 0; i < usph_bounds.count && count < USPH_MAX_SPECS; i++) {
        const usph_bounder *bounder = usph_bounder_of(usph_bounds.items[i]);
        if (!bounder->slow || effort == USPH_BOUNDS_LP)
            all[count++] = usph_bound_by(bounder, m, shape);
    }
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (usph_bound_better(&all[i], &all[best], usph_metric_of(m)->better))
            best = i;
    for (size_t i = 0; i < count; i++)
        USPH_TRY(put(report, array, &(line){ m, shape, all[i], i == best }));
    return USPH_OK;
}

static usph_status put_shapes(usph_report *report, json_t *array,
                              const usph_options *options, const usph_metric_list *list)
{
    const usph_sizes *ds = &options->suite.d;
    const usph_sizes *ns = &options->suite.n;
    for (size_t k = 0; k < list->count; k++)
        for (size_t i = 0; i < ds->count; i++)
            for (size_t j = 0; j < ns->count; j++) {
                const size_t d = usph_size_at(ds->items[i], 0);
                const usph_shape shape = { usph_size_at(ns->items[j], d), d };
                USPH_TRY(put_all(report, array, options, &list->items[k], shape));
            }
    return USPH_OK;
}

static usph_status fill(const usph_options *options, const usph_metric_list *list,
                        usph_report *report)
{
    usph_table *table = usph_report_table(report);
    json_t *doc = usph_document("bound");
    json_t *array = json_array();
    report->documents = json_array();
    if (table == NULL || json_object_set_new(doc, "bounds", array) != 0 ||
        json_array_append_new(report->documents, doc) != 0)
        return USPH_ERR_NOMEM;
    for (size_t h = 0; h < sizeof HEADS / sizeof *HEADS; h++) {
        USPH_TRY(usph_table_column(table, HEADS[h]));
        USPH_TRY(usph_table_column(&report->records, HEADS[h]));
    }
    USPH_TRY(put_shapes(report, array, options, list));
    if (options->quiet)
        return USPH_OK;
    return usph_table_note(table, "* the best bound. No set of n points is better than "
                                  "any of these; tight: some set is as good.");
}

int usph_cmd_bound(const usph_options *options)
{
    usph_error err = { "" };
    usph_report report = { 0 };
    usph_metric_list all = { .count = 0 };
    if (options->suite.n.count == 0 || options->suite.d.count == 0) {
        usph_complain("bound needs --n and --d");
        return USPH_EXIT_USAGE;
    }
    for (size_t i = 0; i < options->suite.d.count; i++)
        if (usph_size_at(options->suite.d.items[i], 0) < 2) {
            usph_complain("--d: at least 2");
            return USPH_EXIT_USAGE;
        }
    all.count = usph_metric_all(all.items, USPH_MAX_SPECS);
    const bool given = options->suite.metrics.count > 0;
    const usph_status status =
        fill(options, given ? &options->suite.metrics : &all, &report);
    const int code = status == USPH_OK ? usph_emit(options, &report, options->output)
                                       : usph_complain_of(status, &err);
    usph_report_free(&report);
    return code;
}
