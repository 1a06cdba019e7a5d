#include "bench/suite/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/suite/tails.h"

usph_record usph_record_new(const usph_metric_spec *m, usph_shape shape)
{
    const usph_metric *metric = usph_metric_of(m);
    usph_record record = {
        .n = shape.n,
        .d = shape.d,
        .grad_norm = NAN,
        .value = NAN,
        .sum = NAN,
        .unit = metric->unit,
        .better = metric->better == USPH_LOWER ? "lower" : "higher",
        .kind = "exact",
        .expected_iid = NAN,
        .bound = NAN,
        .bound_slack = NAN,
        .gap = NAN,
        .best_known = NAN,
        .q = NAN,
        .p_value = NAN,
        .p_lower = NAN,
        .p_upper = NAN,
        .accuracy = NAN,
        .measure.value = NAN,
    };
    usph_metric_print(m, record.metric, sizeof record.metric);
    return record;
}

static void say(usph_record *record, const char *text)
{
    const size_t used = strlen(record->note);
    snprintf(record->note + used, sizeof record->note - used, "%s%.140s",
             used > 0 ? "; " : "", text);
}

/* What a refusal to evaluate means to a reader. */
static void say_undefined(usph_record *record, usph_status status, const char *text)
{
    if (text[0] != '\0')
        say(record, text);
    else if (status == USPH_ERR_DOMAIN)
        say(record, "singular to rounding: no digit would be right");
    else
        say(record, usph_status_text(status));
}

/* A measured value and what it says of itself. */
static void take_measure(usph_record *record, const usph_metric_spec *m,
                         usph_shape shape)
{
    const usph_measure *measure = &record->measure;
    record->value = measure->value;
    record->sum = record->value * usph_metric_pairs(m, shape);
    record->kind = usph_kind_text(measure->kind);
    record->p_lower = measure->p_lower;
    record->p_upper = measure->p_upper;
    record->p_value = fmin(1, 2 * fmin(measure->p_lower, measure->p_upper));
    if (isnan(measure->p_lower))
        record->p_value = NAN;
    else
        record->p_method = USPH_P_ASYMPTOTIC;
    record->coincident = measure->coincident;
    if (measure->accuracy > 0) {
        record->accuracy = measure->accuracy;
        snprintf(record->note, sizeof record->note, "summed to %.0e in the gradient",
                 record->accuracy);
    }
}

static usph_status take_all(usph_record *records, const usph_metric_spec *m,
                            size_t count, usph_shape shape,
                            const usph_measure *measures, const usph_status *undefined,
                            usph_error *err)
{
    for (size_t k = 0; k < count; k++) {
        usph_error why = { "" };
        if (undefined[k] == USPH_OK) {
            records[k].measure = measures[k];
            take_measure(&records[k], &m[k], shape);
            continue;
        }
        if (usph_metric_check(&m[k], shape, &why) == USPH_OK &&
            undefined[k] != USPH_ERR_DOMAIN)
            return usph_fail(err, undefined[k], "%s: %s", records[k].metric,
                             usph_status_text(undefined[k]));
        say_undefined(&records[k], undefined[k], why.text);
    }
    return USPH_OK;
}

usph_status usph_records_measure(usph_record *records, const usph_metric_spec *m,
                                 size_t count, usph_shape shape, const double *x,
                                 usph_workspace *ws, usph_status *undefined,
                                 usph_error *err)
{
    usph_measure *measures = calloc(count, sizeof *measures);
    usph_status status = measures != NULL ? USPH_OK : USPH_ERR_NOMEM;
    if (status == USPH_OK)
        status = usph_metrics_eval(m, count, shape, x, ws, measures, undefined);
    if (status != USPH_OK)
        usph_fail(err, status, "out of memory: scratch of metrics for n = %zu",
                  shape.n);
    else
        status = take_all(records, m, count, shape, measures, undefined, err);
    free(measures);
    return status;
}

usph_status usph_record_score(usph_record *record, const usph_metric_spec *m,
                              usph_baselines *baselines, usph_scoring how,
                              usph_error *err)
{
    const usph_shape shape = { record->n, record->d };
    usph_score score;
    USPH_TRY(usph_score_of(baselines, m, shape, record->value, how, &score, err));
    record->expected_iid = score.iid.value;
    record->iid = score.iid.kind;
    record->bound = score.bound.value;
    record->bound_status = usph_bound_status(&score.bound);
    if (record->bound_status != NULL) {
        record->bound_method = score.bound.method;
        record->bound_slack = score.bound.slack;
    }
    record->gap = score.gap;
    record->best_known = score.known_value;
    if (score.known != NULL) {
        record->best_known_status = score.known->status;
        record->best_known_source = score.known->source;
    }
    record->q = score.q;
    record->best = score.best_kind;
    /* a value that is itself an estimate or one-sided may lie beyond */
    record->impossible = score.impossible && record->measure.kind == USPH_KIND_EXACT;
    record->candidate = score.record;
    if (score.record)
        say(record, "better than the best known value: a candidate record");
    if (record->impossible)
        say(record, "better than a proved bound: please report this as a bug");
    return USPH_OK;
}

int usph_json_real(json_t *object, const char *key, double value)
{
    char nonfinite[64];
    if (isfinite(value))
        return json_object_set_new(object, key, json_real(value));
    if (json_object_set_new(object, key, json_null()) != 0)
        return -1;
    snprintf(nonfinite, sizeof nonfinite, "%s_nonfinite", key);
    if (isnan(value)) /* in records NAN is "does not apply", and plain null */
        return 0;
    return json_object_set_new(object, nonfinite,
                               json_string(value > 0 ? "inf" : "-inf"));
}

void usph_json_bound(json_t *object, const usph_bound *bound, usph_better better,
                     double value)
{
    const char *status = usph_bound_status(bound);
    usph_json_real(object, "bound", bound->value);
    json_object_set_new(object, "bound_status",
                        status != NULL ? json_string(status) : json_null());
    json_object_set_new(object, "bound_method",
                        status != NULL ? json_string(bound->method) : json_null());
    usph_json_real(object, "bound_slack", status != NULL ? bound->slack : (double)NAN);
    usph_json_real(object, "bound_gap", usph_bound_gap(bound, better, value));
}

json_t *usph_json_text(const char *text)
{
    json_t *string = json_string(text);
    char *plain = string == NULL ? strdup(text) : NULL;
    if (plain == NULL)
        return string;
    for (char *c = plain; *c != '\0'; c++)
        if (((unsigned char)*c & 0x80) != 0)
            *c = '?';
    string = json_string(plain);
    free(plain);
    return string;
}

static json_t *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? usph_json_text(text) : json_null();
}

static json_t *extras_json(const usph_measure *measure)
{
    json_t *extra = json_object();
    for (size_t e = 0; e < measure->extras && extra != NULL; e++)
        usph_json_real(extra, measure->extra[e].name, measure->extra[e].value);
    return extra;
}

json_t *usph_record_json(const usph_record *record, bool identity)
{
    json_t *object = json_object();
    int bad = object == NULL;
#define PUT_SPEC(name) \
    bad |= json_object_set_new(object, #name, text_or_null(record->name));
#define PUT_WORD(name) PUT_SPEC(name)
#define PUT_NOTE(name) PUT_SPEC(name)
#define PUT_COUNT(name) \
    bad |= json_object_set_new(object, #name, json_integer((json_int_t)record->name));
#define PUT_REAL(name)       bad |= usph_json_real(object, #name, record->name);
#define PUT(type, name, doc) PUT_##type(name)
    if (identity) {
        USPH_RECORD_IDENTITY(PUT)
    }
    USPH_RECORD_MEASURE(PUT)
#undef PUT
#undef PUT_SPEC
#undef PUT_WORD
#undef PUT_NOTE
#undef PUT_COUNT
#undef PUT_REAL
    bad |= json_object_set_new(object, "extra", extras_json(&record->measure));
    if (bad == 0)
        return object;
    json_decref(object);
    return NULL;
}

usph_status usph_record_columns(usph_table *table, bool identity)
{
#define HEAD(type, name, doc) USPH_TRY(usph_table_column(table, #name));
    if (identity) {
        USPH_RECORD_IDENTITY(HEAD)
    }
    USPH_RECORD_MEASURE(HEAD)
#undef HEAD
    return USPH_OK;
}

usph_status usph_record_row(usph_table *table, const usph_record *record, bool identity)
{
#define CELL_SPEC(name) USPH_TRY(usph_table_cell(table, "%s", record->name));
#define CELL_NOTE(name) CELL_SPEC(name)
#define CELL_WORD(name) \
    USPH_TRY(usph_table_cell(table, "%s", record->name != NULL ? record->name : ""));
#define CELL_COUNT(name) \
    USPH_TRY(usph_table_cell(table, "%llu", (unsigned long long)record->name));
#define CELL_REAL(name)       USPH_TRY(usph_table_real(table, record->name, 17));
#define CELL(type, name, doc) CELL_##type(name)
    if (identity) {
        USPH_RECORD_IDENTITY(CELL)
    }
    USPH_RECORD_MEASURE(CELL)
#undef CELL
#undef CELL_SPEC
#undef CELL_NOTE
#undef CELL_WORD
#undef CELL_COUNT
#undef CELL_REAL
    return USPH_OK;
}
