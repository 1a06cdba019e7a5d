#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/suite/tails.h"
#include "metrics/kernel.h"

/* What one run of the command carries from file to file. */
typedef struct evaluation {
    const usph_options *options;
    const usph_metric_list *metrics;
    usph_report report;
    usph_baselines baselines;
    usph_workspace ws;
    int code; /* exit code so far */
} evaluation;

static usph_status explain(usph_table *table, const usph_metric_spec *m)
{
    const usph_entry *entry = m->metric.entry;
    const usph_metric *metric = usph_metric_of(m);
    char spec[USPH_MAX_SPEC];
    usph_metric_print(m, spec, sizeof spec);
    USPH_TRY(usph_table_note(
        table, "%s: %s; %s is more uniform.%s%s%s", spec, entry->formula,
        metric->better == USPH_LOWER ? "lower" : "higher",
        entry->note != NULL ? " Note: " : "", entry->note != NULL ? entry->note : "",
        entry->note != NULL ? "." : ""));
    USPH_TRY(usph_table_note(table, "    %s. Degenerate sets: %s. Cost: %s.",
                             metric->reading, metric->degenerate, metric->cost));
    if (m->kernel.entry != NULL)
        USPH_TRY(usph_table_note(table, "    kernel %s: %s", m->kernel.entry->name,
                                 m->kernel.entry->formula));
    return USPH_OK;
}

static usph_status add_heads(usph_table *table, const char *file, usph_shape shape)
{
    static const char *const HEADS[] = { "metric", "value", "sum",   "unit", "better",
                                         "iid",    "best",  "which", "Q",    "bound",
                                         "method", "gap",   "p",     "note" };
    USPH_TRY(usph_table_title(table, "%s: n = %zu points in dimension d = %zu", file,
                              shape.n, shape.d));
    for (size_t h = 0; h < sizeof HEADS / sizeof *HEADS; h++)
        USPH_TRY(usph_table_column(table, HEADS[h]));
    return USPH_OK;
}

/* The value that Q = 1 stands for, as the metric counts. */
static double best_of(const usph_record *record)
{
    if (record->best == NULL)
        return NAN;
    const bool known = strcmp(record->best, USPH_BEST_KNOWN) == 0;
    return known ? record->best_known : record->bound;
}

static usph_status add_row(usph_table *table, const usph_record *record)
{
    const bool known =
        record->best != NULL && strcmp(record->best, USPH_BEST_KNOWN) == 0;
    const char *which = record->best == NULL ? "" : record->best;
    USPH_TRY(usph_table_cell(table, "%s", record->metric));
    USPH_TRY(usph_table_real(table, record->value, 10));
    USPH_TRY(usph_table_real(table, record->sum, 13));
    USPH_TRY(usph_table_cell(table, "%s", record->unit));
    USPH_TRY(usph_table_cell(table, "%s", record->better));
    USPH_TRY(usph_table_real(table, record->expected_iid, 7));
    USPH_TRY(usph_table_real(table, best_of(record), 7));
    USPH_TRY(usph_table_cell(table, "%s", known ? record->best_known_status : which));
    USPH_TRY(usph_table_real(table, record->q, 6));
    USPH_TRY(usph_table_real(table, record->bound, 7));
    USPH_TRY(usph_table_cell(table, "%s",
                             record->bound_method != NULL ? record->bound_method : ""));
    USPH_TRY(usph_table_real(table, record->gap, 2));
    USPH_TRY(usph_table_real(table, record->p_value, 3));
    return usph_table_cell(table, "%s", record->note);
}

static usph_status add_metric(evaluation *ev, const usph_metric_spec *m,
                              usph_record *record, usph_status undefined,
                              usph_table *table, json_t *metrics, usph_error *err)
{
    if (undefined != USPH_OK && ev->options->metric_named) {
        usph_complain("%s: %s", record->metric, record->note);
        ev->code = USPH_EXIT_DATA; /* asked for by name, and not to be had */
    }
    const usph_suite *suite = &ev->options->suite;
    const usph_scoring how = { suite->threads, suite->bounds };
    USPH_TRY(usph_record_score(record, m, &ev->baselines, how, err));
    if (record->impossible && ev->code == USPH_EXIT_OK)
        ev->code = USPH_EXIT_CHECK;
    USPH_TRY(add_row(table, record));
    USPH_TRY(usph_record_row(&ev->report.records, record, true));
    json_t *object = usph_record_json(record, false);
    return json_array_append_new(metrics, object) == 0 ? USPH_OK : USPH_ERR_NOMEM;
}

/* Metrics that nobody named and that would take minutes are left out, with a note. */
static bool is_too_long(const evaluation *ev, const usph_metric_spec *m,
                        usph_shape shape)
{
    static const double LONGEST = 1e11; /* multiplications */
    return !ev->options->metric_named && usph_metric_work(m, shape) > LONGEST;
}

static usph_status measure_list(evaluation *ev, const usph_points *points,
                                usph_record *records, usph_status *undefined,
                                usph_error *err)
{
    const usph_metric_list *list = ev->metrics;
    size_t first = 0;
    for (size_t k = 0; k <= list->count; k++) {
        const bool end = k == list->count;
        if (!end && !is_too_long(ev, &list->items[k], points->shape))
            continue;
        if (k > first)
            USPH_TRY(usph_records_measure(records + first, list->items + first,
                                          k - first, points->shape, points->x, &ev->ws,
                                          undefined + first, err));
        if (end)
            break;
        snprintf(records[k].note, sizeof records[k].note,
                 "left out: some %.0e multiplications; name it to have it",
                 usph_metric_work(&list->items[k], points->shape));
        undefined[k] = USPH_ERR_UNSUPPORTED;
        first = k + 1;
    }
    return USPH_OK;
}

static usph_status evaluate_metrics(evaluation *ev, const char *file,
                                    const usph_points *points, usph_record *records,
                                    usph_table *table, json_t *metrics, usph_error *err)
{
    const usph_metric_list *list = ev->metrics;
    usph_status undefined[USPH_MAX_SPECS];
    for (size_t k = 0; k < list->count; k++) {
        records[k] = usph_record_new(&list->items[k], points->shape);
        snprintf(records[k].points, sizeof records[k].points, "%s", file);
    }
    USPH_TRY(measure_list(ev, points, records, undefined, err));
    if (ev->options->draws > 0)
        USPH_TRY(usph_records_draw(records, list->items, list->count, points->shape,
                                   ev->options->draws, ev->options->suite.threads,
                                   err));
    for (size_t k = 0; k < list->count; k++)
        USPH_TRY(add_metric(ev, &list->items[k], &records[k], undefined[k], table,
                            metrics, err));
    return USPH_OK;
}

static const char *const FOOT[] = {
    "iid: value for i.i.d. uniform points. best: what Q = 1 stands for, and which "
    "kind: "
    "tight (proved and",
    "attained), proved, best_known (published), computed (our own search), or bound "
    "(proved, maybe not attained:",
    "then Q is a lower estimate). method: how the bound is proved; gap: relative "
    "distance from it.",
    "Q = (iid - value)/(iid - best): 0 as i.i.d. uniform points, 1 best, below 0 less "
    "uniform than random.",
    "p: of tests of uniformity, two-sided: small if less or more even than i.i.d. "
    "points.",
};

static usph_status finish_table(const evaluation *ev, usph_table *table)
{
    for (size_t k = 0; k < sizeof FOOT / sizeof *FOOT && !ev->options->quiet; k++)
        USPH_TRY(usph_table_note(table, "%s", FOOT[k]));
    for (size_t k = 0; k < ev->metrics->count && ev->options->explain; k++)
        USPH_TRY(explain(table, &ev->metrics->items[k]));
    return USPH_OK;
}

static json_t *file_document(const char *file, const usph_points *points,
                             const usph_points_report *found, json_t *metrics)
{
    json_t *document = usph_document("eval");
    int bad = document == NULL;
    bad |= json_object_set_new(document, "file", usph_json_text(file));
    bad |=
        json_object_set_new(document, "n", json_integer((json_int_t)points->shape.n));
    bad |=
        json_object_set_new(document, "d", json_integer((json_int_t)points->shape.d));
    bad |= json_object_set_new(document, "normalized",
                               json_integer((json_int_t)found->not_unit));
    bad |= json_object_set_new(document, "zero", json_integer((json_int_t)found->zero));
    bad |= json_object_set_new(document, "duplicate",
                               json_integer((json_int_t)found->duplicate));
    bad |= json_object_set(document, "metrics", metrics);
    if (bad == 0)
        return document;
    json_decref(document);
    return NULL;
}

static usph_status evaluate_points(evaluation *ev, const char *file,
                                   const usph_points *points,
                                   const usph_points_report *found, json_t *metrics,
                                   usph_error *err)
{
    usph_table *table = usph_report_table(&ev->report);
    if (table == NULL || metrics == NULL)
        return USPH_ERR_NOMEM;
    usph_record *records = calloc(ev->metrics->count, sizeof *records);
    if (records == NULL)
        return USPH_ERR_NOMEM;
    usph_status status = add_heads(table, file, points->shape);
    if (status == USPH_OK)
        status = evaluate_metrics(ev, file, points, records, table, metrics, err);
    free(records);
    USPH_TRY(status);
    USPH_TRY(finish_table(ev, table));
    json_t *document = file_document(file, points, found, metrics);
    return json_array_append_new(ev->report.documents, document) == 0 ? USPH_OK
                                                                      : USPH_ERR_NOMEM;
}

static usph_status evaluate_file(evaluation *ev, const char *file, usph_error *err)
{
    usph_points points = { 0 };
    usph_points_report found;
    json_t *metrics = json_array();
    usph_status status = usph_load_points(ev->options, file, &points, &found, err);
    if (status == USPH_OK)
        status = evaluate_points(ev, file, &points, &found, metrics, err);
    json_decref(metrics);
    usph_points_free(&points);
    return status;
}

int usph_cmd_eval(const usph_options *options)
{
    usph_metric_list all = { .count = 0 };
    usph_error err = { "" };
    if (options->file_count == 0) {
        usph_complain("eval needs a file (- is standard input)");
        return USPH_EXIT_USAGE;
    }
    all.count = usph_metric_all(all.items, USPH_MAX_SPECS);
    evaluation ev = {
        .options = options,
        .metrics = options->suite.metrics.count > 0 ? &options->suite.metrics : &all,
        .report.documents = json_array(),
        .ws.effort = { .threads = options->suite.threads,
                       .accuracy = options->accuracy },
    };
    usph_status status = usph_record_columns(&ev.report.records, true);
    for (size_t f = 0; f < options->file_count && status == USPH_OK; f++)
        status = evaluate_file(&ev, options->files[f], &err);
    int code = status == USPH_OK ? usph_emit(options, &ev.report, options->output)
                                 : usph_complain_of(status, &err);
    code = code == USPH_EXIT_OK ? ev.code : code;
    usph_report_free(&ev.report);
    usph_baselines_free(&ev.baselines);
    usph_workspace_free(&ev.ws);
    return code;
}
