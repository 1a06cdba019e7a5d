#include <stdio.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/cli/suites.h"
#include "bench/known/known.h"
#include "io/format.h"
#include "metrics/bounds/bound.h"
#include "metrics/kernel.h"
#include "points/generator.h"

/* What an entry says beside its own fields; the text of its registry's kind. */
typedef void usph_properties(const usph_entry *entry, char *buf, size_t size);

static void kernel_properties(const usph_entry *entry, char *buf, size_t size)
{
    const unsigned flags = usph_kernel_of(entry)->flags;
    snprintf(buf, size, "%s%s",
             flags & USPH_KERNEL_MONOTONE ? "completely monotone in r^2" : "",
             flags & USPH_KERNEL_POSDEF ? ", positive definite" : "");
}

static void metric_properties(const usph_entry *entry, char *buf, size_t size)
{
    const usph_metric_spec m = { .metric.entry = entry };
    const usph_metric *metric = usph_metric_of(&m);
    const unsigned flags = metric->flags;
    const char *mean = metric->expected == NULL           ? "sampled"
                       : (flags & USPH_METRIC_QUADRATURE) ? "quadrature"
                                                          : "closed form";
    snprintf(buf, size,
             "%s is more uniform; unit %s%s%s%s%s; mean over i.i.d. points: %s; cost "
             "%s; degenerate sets: %s; to read: %s",
             metric->better == USPH_LOWER ? "lower" : "higher", metric->unit,
             flags & USPH_METRIC_SMOOTH ? "; has a gradient" : "; not smooth",
             flags & USPH_METRIC_KERNEL ? "; takes a kernel: NAME/KERNEL" : "",
             flags & USPH_METRIC_TEST ? "; a test of uniformity with p-values" : "",
             flags & USPH_METRIC_NOT_ROTATION_INVARIANT ? "; not rotation invariant"
                                                        : "",
             mean, metric->cost, metric->degenerate, metric->reading);
}

static void bound_properties(const usph_entry *entry, char *buf, size_t size)
{
    const usph_bounder *bounder = usph_bounder_of(entry);
    int used = snprintf(buf, size, "%sbounds", bounder->slow ? "--bounds lp; " : "");
    for (const usph_bound_case *c = bounder->cases; c->metric != NULL; c++)
        if (used >= 0 && (size_t)used < size)
            used += snprintf(buf + used, size - (size_t)used, "%s %s",
                             c == bounder->cases ? "" : ",", c->metric);
}

static void solver_properties(const usph_entry *entry, char *buf, size_t size)
{
    const unsigned flags = usph_solver_of(entry)->flags;
    snprintf(buf, size, "%s%s%s",
             flags & USPH_SOLVER_GRADIENT ? "uses gradients" : "uses values only",
             flags & USPH_SOLVER_RANDOM ? "; random" : "",
             flags & USPH_SOLVER_MONOTONE ? "; never ends worse than it started" : "");
}

static void generator_properties(const usph_entry *entry, char *buf, size_t size)
{
    snprintf(buf, size, "makes %s", usph_generator_of(entry)->shapes);
}

static void format_properties(const usph_entry *entry, char *buf, size_t size)
{
    const usph_format *format = usph_format_of(entry);
    snprintf(buf, size, "file format: %s; extensions: %s",
             format->print != NULL ? "read and written" : "read only",
             format->extensions);
}

static void writer_properties(const usph_entry *entry, char *buf, size_t size)
{
    snprintf(buf, size, "report format: --format %s", entry->name);
}

typedef struct kind {
    const char *name; /* plural, as on the command line */
    const usph_registry *registry;
    usph_properties *properties;
} kind;

/* Formats are of two kinds: of point files and of reports. */
static const kind KINDS[] = {
    { "kernels", &usph_kernels, kernel_properties },
    { "metrics", &usph_metrics, metric_properties },
    { "bounds", &usph_bounds, bound_properties },
    { "solvers", &usph_solvers, solver_properties },
    { "generators", &usph_generators, generator_properties },
    { "formats", &usph_formats, format_properties },
    { "formats", &usph_writers, writer_properties },
};

static void print_params(const usph_entry *entry, char *buf, size_t size)
{
    const size_t count = usph_entry_params(entry);
    buf[0] = '\0';
    for (size_t p = 0; p < count; p++) {
        const usph_param *param = &entry->params[p];
        const size_t used = strlen(buf);
        char lo[32];
        char hi[32];
        char def[32];
        usph_real_print(param->lo, lo, sizeof lo);
        usph_real_print(param->hi, hi, sizeof hi);
        usph_real_print(param->def, def, sizeof def);
        if (param->type == USPH_WORD)
            snprintf(buf + used, size - used, "%s%s = %s: %s", used > 0 ? "; " : "",
                     param->name, param->words, param->doc);
        else
            snprintf(buf + used, size - used, "%s%s in %c%s, %s%c, default %s: %s",
                     used > 0 ? "; " : "", param->name, param->lo_open ? '(' : '[', lo,
                     hi, param->hi_open ? ')' : ']', def, param->doc);
    }
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static usph_status put_text(const usph_entry *entry, const char *properties,
                            const char *params, usph_table *table)
{
    USPH_TRY(usph_table_note(table, "%s - %s", entry->name, entry->title));
    USPH_TRY(usph_table_note(table, "    %s", entry->formula));
    if (*properties != '\0')
        USPH_TRY(usph_table_note(table, "    %s", properties));
    if (*params != '\0')
        USPH_TRY(usph_table_note(table, "    %s", params));
    if (entry->note != NULL)
        USPH_TRY(usph_table_note(table, "    note: %s", entry->note));
    return entry->source != NULL
               ? usph_table_note(table, "    source: %s", entry->source)
               : USPH_OK;
}

static usph_status put_cells(const usph_entry *entry, const char *properties,
                             const char *params, usph_table *table)
{
    const char *const cells[] = {
        entry->name, entry->title,          entry->formula,         params,
        properties,  or_empty(entry->note), or_empty(entry->source)
    };
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
        USPH_TRY(usph_table_cell(table, "%s", cells[c]));
    return USPH_OK;
}

static const char *const HEADS[] = { "name",       "title", "formula", "parameters",
                                     "properties", "note",  "source" };

static usph_status put_heads(usph_table *table)
{
    for (size_t h = 0; h < sizeof HEADS / sizeof *HEADS; h++)
        USPH_TRY(usph_table_column(table, HEADS[h]));
    return USPH_OK;
}

static usph_status put_json(const char *kind_name, const usph_entry *entry,
                            const char *properties, const char *params, json_t *entries)
{
    const char *const cells[] = {
        entry->name, entry->title,          entry->formula,         params,
        properties,  or_empty(entry->note), or_empty(entry->source)
    };
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(kind_name));
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
        json_object_set_new(object, HEADS[c], json_string(cells[c]));
    return json_array_append_new(entries, object) == 0 ? USPH_OK : USPH_ERR_NOMEM;
}

static usph_status put_registry(const kind *k, bool text, usph_report *report,
                                usph_table *table, json_t *entries)
{
    for (size_t i = 0; i < k->registry->count; i++) {
        const usph_entry *entry = k->registry->items[i];
        char properties[768];
        char params[768];
        k->properties(entry, properties, sizeof properties);
        print_params(entry, params, sizeof params);
        if (text)
            USPH_TRY(put_text(entry, properties, params, table));
        else
            USPH_TRY(put_cells(entry, properties, params, table));
        USPH_TRY(put_cells(entry, properties, params, &report->records));
        USPH_TRY(put_json(k->name, entry, properties, params, entries));
    }
    return USPH_OK;
}

static usph_status put_suites(bool text, usph_report *report, usph_table *table,
                              json_t *entries)
{
    for (size_t i = 0; i < usph_suite_text_count(); i++) {
        const usph_suite_text *suite = usph_suite_text_at(i);
        const usph_entry entry = { .name = suite->name,
                                   .title = "suite",
                                   .formula = suite->text };
        if (text)
            USPH_TRY(usph_table_note(table, "%s\n%s", suite->name, suite->text));
        else
            USPH_TRY(put_cells(&entry, "", "", table));
        USPH_TRY(put_cells(&entry, "", "", &report->records));
        USPH_TRY(put_json("suites", &entry, "", "", entries));
    }
    return USPH_OK;
}

/* The fields of records, for docs/reference/records.md. */
static usph_status put_records(bool text, usph_report *report, usph_table *table,
                               json_t *entries)
{
#define ROW(type, name_, doc) { #name_, doc },
    static const struct {
        const char *name;
        const char *doc;
    } FIELDS[] = { USPH_RECORD_IDENTITY(ROW) USPH_RECORD_MEASURE(ROW) };
#undef ROW
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
        const usph_entry entry = { .name = FIELDS[i].name,
                                   .title = "field",
                                   .formula = FIELDS[i].doc };
        if (text)
            USPH_TRY(usph_table_note(table, "%-18s %s", entry.name, entry.formula));
        else
            USPH_TRY(put_cells(&entry, "", "", table));
        USPH_TRY(put_cells(&entry, "", "", &report->records));
        USPH_TRY(put_json("records", &entry, "", "", entries));
    }
    return USPH_OK;
}

/* The values that results are held against. */
static usph_status put_known(usph_table *table, json_t *entries)
{
    static const char *const COLUMNS[] = { "quantity", "n",      "d",   "value",
                                           "status",   "source", "note" };
    for (size_t c = 0; c < sizeof COLUMNS / sizeof *COLUMNS; c++)
        USPH_TRY(usph_table_column(table, COLUMNS[c]));
    for (size_t i = 0; i < usph_known_count(); i++) {
        const usph_known *known = usph_known_at(i);
        json_t *object = json_object();
        USPH_TRY(usph_table_cell(table, "%s", known->quantity));
        USPH_TRY(usph_table_cell(table, "%zu", known->n));
        USPH_TRY(usph_table_cell(table, "%zu", known->d));
        USPH_TRY(usph_table_real(table, known->value, 15));
        USPH_TRY(usph_table_cell(table, "%s", known->status));
        USPH_TRY(usph_table_cell(table, "%s", known->source));
        USPH_TRY(usph_table_cell(table, "%s", known->note));
        json_object_set_new(object, "kind", json_string("known"));
        json_object_set_new(object, "quantity", json_string(known->quantity));
        json_object_set_new(object, "n", json_integer((json_int_t)known->n));
        json_object_set_new(object, "d", json_integer((json_int_t)known->d));
        usph_json_real(object, "value", known->value);
        usph_json_real(object, "precision", known->precision);
        json_object_set_new(object, "status", json_string(known->status));
        json_object_set_new(object, "source", json_string(known->source));
        json_object_set_new(object, "note", json_string(known->note));
        if (json_array_append_new(entries, object) != 0)
            return USPH_ERR_NOMEM;
    }
    return USPH_OK;
}

/* Without a kind: the names of everything, a line per kind. */
static usph_status put_overview(usph_table *table)
{
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
        char line[900];
        int used = snprintf(line, sizeof line, "%-11s", KINDS[k].name);
        for (size_t i = 0; i < KINDS[k].registry->count; i++)
            used += snprintf(line + used, sizeof line - (size_t)used, "%s%s",
                             i > 0 ? ", " : "", KINDS[k].registry->items[i]->name);
        USPH_TRY(usph_table_note(table, "%s", line));
    }
    for (size_t i = 0; i < usph_suite_text_count(); i++)
        USPH_TRY(usph_table_note(table, "%-11s%s", i == 0 ? "suites" : "",
                                 usph_suite_text_at(i)->name));
    return usph_table_note(
        table, "usphere list KIND says more (kinds: kernels, metrics, "
               "bounds, solvers, generators, formats, suites, records, known)");
}

static usph_status fill(const char *name, bool text, usph_report *report,
                        json_t *entries, usph_error *err)
{
    static const char *const NAMES[] = { "kernels",    "metrics", "bounds", "solvers",
                                         "generators", "formats", "suites", "records",
                                         "known",      NULL };
    bool found = name == NULL;
    usph_table *table = usph_report_table(report);
    if (table == NULL)
        return USPH_ERR_NOMEM;
    if (name != NULL && strcmp(name, "known") == 0) {
        USPH_TRY(put_known(&report->records, entries));
        json_t *again = json_array(); /* tables and records have the same rows here */
        const usph_status status = put_known(table, again);
        json_decref(again);
        return status;
    }
    USPH_TRY(put_heads(&report->records));
    if (name == NULL && text)
        return put_overview(table);
    if (!text) {
        USPH_TRY(usph_table_title(table, "%s", name != NULL ? name : "everything"));
        USPH_TRY(put_heads(table));
    }
    for (size_t k = 0; k < sizeof KINDS / sizeof *KINDS; k++) {
        if (name != NULL && strcmp(name, KINDS[k].name) != 0)
            continue;
        found = true;
        USPH_TRY(put_registry(&KINDS[k], text, report, table, entries));
    }
    if (name == NULL || strcmp(name, "suites") == 0) {
        found = true;
        USPH_TRY(put_suites(text, report, table, entries));
    }
    if (name != NULL && strcmp(name, "records") == 0) {
        found = true;
        USPH_TRY(put_records(text, report, table, entries));
    }
    if (found)
        return USPH_OK;
    const char *near = usph_nearest(name, strlen(name), NAMES);
    return usph_fail(err, USPH_ERR_NAME, "unknown kind '%s', did you mean '%s'?", name,
                     near != NULL ? near : "metrics");
}

int usph_cmd_list(const usph_options *options)
{
    const char *name = options->file_count > 0 ? options->files[0] : NULL;
    const bool text = strcmp(options->format->entry.name, "text") == 0;
    usph_error err = { "" };
    usph_report report = { .documents = json_array() };
    json_t *doc = usph_document("list");
    json_t *entries = json_array();
    usph_status status = USPH_OK;
    if (options->file_count > 1)
        status = usph_fail(&err, USPH_ERR_ARG, "list takes one kind, got also '%s'",
                           options->files[1]);
    else
        status = fill(name, text, &report, entries, &err);
    json_object_set_new(doc, "entries", entries);
    json_array_append_new(report.documents, doc);
    const int code = status == USPH_OK ? usph_emit(options, &report, options->output)
                                       : usph_complain_of(status, &err);
    usph_report_free(&report);
    return code;
}
