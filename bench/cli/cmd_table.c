#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/cli/progress.h"
#include "bench/suite/pivot.h"
#include "core/blas.h"
#include "core/cpu.h"

static usph_status complete_suite(const usph_options *options, usph_suite *suite,
                                  usph_error *err)
{
    *suite = options->suite;
    if (suite->metrics.count == 0)
        suite->metrics.count = usph_metric_all(suite->metrics.items, USPH_MAX_SPECS);
    if (strcmp(options->rows, options->cols) == 0)
        return usph_fail(err, USPH_ERR_ARG, "--rows and --cols are both %s",
                         options->rows);
    if (suite->objectives.count == 0 || suite->n.count == 0 || suite->d.count == 0)
        return usph_fail(err, USPH_ERR_ARG,
                         "table needs --objective, --n and --d, from a suite or given");
    return USPH_OK;
}

static json_t *table_json(const usph_options *options, const usph_record *records,
                          size_t count)
{
    json_t *doc = usph_document("table");
    const char *suite = options->suite_name != NULL ? options->suite_name : "standard";
    json_object_set_new(doc, "version", json_string(usph_version()));
    json_object_set_new(doc, "suite", json_string(suite));
    json_object_set_new(doc, "blas", json_string(usph_blas_config()));
    json_object_set_new(doc, "blas_core", json_string(usph_blas_core()));
    json_object_set_new(doc, "cpu", json_string(usph_cpu_features()));
    json_object_set_new(doc, "threads",
                        json_integer((json_int_t)options->suite.threads));
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, usph_record_json(&records[i], true));
    json_object_set_new(doc, "records", array);
    return doc;
}

static usph_status add_notes(const usph_options *options, usph_report *report)
{
    static const char *const NOTES[] = {
        "Q = (iid - value)/(iid - best): 0 as i.i.d. uniform points, 1 best possible "
        "or "
        "best known.",
        "+ best is a proved bound that need not be attained: Q is a lower estimate.",
        "! better than the best known value: a candidate record.",
        "- not defined for these points.",
    };
    if (report->tables == NULL || options->quiet)
        return USPH_OK;
    usph_table *last = &report->tables[report->count - 1];
    for (size_t k = 0; k < sizeof NOTES / sizeof *NOTES; k++)
        USPH_TRY(usph_table_note(last, "%s", NOTES[k]));
    return USPH_OK;
}

static usph_status fill_report(const usph_options *options, const usph_record *records,
                               size_t count, usph_report *report)
{
    if (options->score != USPH_SCORE_RAW)
        USPH_TRY(usph_pivot(records, count, options->rows, options->cols, USPH_CELL_Q,
                            "Score Q", report));
    if (options->score != USPH_SCORE_Q)
        USPH_TRY(usph_pivot(records, count, options->rows, options->cols,
                            USPH_CELL_VALUE, "Raw values", report));
    USPH_TRY(add_notes(options, report));
    USPH_TRY(usph_record_columns(&report->records, true));
    for (size_t i = 0; i < count; i++)
        USPH_TRY(usph_record_row(&report->records, &records[i], true));
    report->documents = json_array();
    json_t *doc = table_json(options, records, count);
    return json_array_append_new(report->documents, doc) == 0 ? USPH_OK
                                                              : USPH_ERR_NOMEM;
}

int usph_cmd_table(const usph_options *options)
{
    usph_error err = { "" };
    usph_report report = { 0 };
    usph_suite *suite = malloc(sizeof *suite);
    usph_status status =
        suite != NULL ? complete_suite(options, suite, &err) : USPH_ERR_NOMEM;
    size_t count = 0;
    usph_record *records = NULL;
    if (status == USPH_OK) {
        count = usph_suite_count(suite) * suite->metrics.count;
        records = calloc(count, sizeof *records);
        usph_progress progress =
            usph_progress_begin(options, "runs", usph_suite_count(suite));
        status = records == NULL ? USPH_ERR_NOMEM
                                 : usph_suite_run(suite, records, usph_progress_step,
                                                  &progress, &err);
        usph_progress_end(&progress);
    }
    if (status == USPH_OK)
        status = fill_report(options, records, count, &report);
    int code = status == USPH_OK ? usph_emit(options, &report, options->output)
                                 : usph_complain_of(status, &err);
    if (code == USPH_EXIT_OK)
        code = usph_check_records(records, count);
    usph_report_free(&report);
    free(records);
    free(suite);
    return code;
}
