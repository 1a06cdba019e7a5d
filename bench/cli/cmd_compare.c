#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/cli/progress.h"
#include "bench/suite/median.h"
#include "core/cpu.h"
#include "core/sphere.h"
#include "metrics/kernel.h"

enum {
    REPETITIONS = 9, /* of a timed evaluation; the fastest counts */
};

static usph_status add_metric(usph_metric_list *list, const char *text, usph_error *err)
{
    return usph_metric_parse(text, &list->items[list->count++], err);
}

/* Every kernel's energy is an objective and a metric; two more metrics close the row.
 */
static usph_status build_suite(const usph_options *options, usph_suite *suite,
                               usph_error *err)
{
    static const char *const DEFAULTS[] = { "log", "riesz:s=1", "riesz:s=2",
                                            "gauss:t=2" };
    *suite = options->suite;
    if (suite->solvers.count > 1)
        return usph_fail(err, USPH_ERR_ARG, "compare takes one --solver");
    suite->objectives.count = 0;
    suite->metrics.count = 0;
    const size_t given = options->kernels.count;
    const size_t count = given > 0 ? given : sizeof DEFAULTS / sizeof *DEFAULTS;
    if (count + 2 > USPH_MAX_SPECS)
        return usph_fail(err, USPH_ERR_ARG, "more than %d kernels", USPH_MAX_SPECS - 2);
    for (size_t k = 0; k < count; k++) {
        char text[USPH_MAX_SPEC] = "energy/";
        const size_t used = strlen(text);
        if (given > 0)
            usph_spec_print(&options->kernels.items[k], text + used,
                            sizeof text - used);
        else
            snprintf(text + used, sizeof text - used, "%s", DEFAULTS[k]);
        USPH_TRY(add_metric(&suite->objectives, text, err));
    }
    suite->metrics = suite->objectives;
    USPH_TRY(add_metric(&suite->metrics, "separation", err));
    USPH_TRY(add_metric(&suite->metrics, "cap_discrepancy", err));
    if (suite->d.count == 0)
        USPH_TRY(usph_sizes_parse("3,8,24,64", false, &suite->d, err));
    if (suite->n.count == 0)
        USPH_TRY(usph_sizes_parse("2d,100", true, &suite->n, err));
    return USPH_OK;
}

/* Value and gradient at random points, nanoseconds per pair. */
static usph_status time_pair(const usph_metric_spec *m, usph_shape shape, double *ns,
                             usph_error *err)
{
    usph_metric_objective mo;
    usph_objective f;
    usph_points points = { 0 };
    usph_rng rng;
    double value = 0;
    double best = INFINITY;
    USPH_TRY(usph_metric_objective_init(&mo, m, shape, (usph_effort){ 0 }, &f, err));
    /* room for the points and, behind them, the gradient */
    usph_status status =
        usph_points_alloc((usph_shape){ 2 * shape.n, shape.d }, &points, err);
    if (status == USPH_OK) {
        usph_rng_init(&rng, 1, 0, USPH_FOR_POINTS);
        usph_sphere_uniform(shape, &rng, points.x);
    }
    for (int k = 0; k < REPETITIONS && status == USPH_OK; k++) {
        const double begun = usph_now();
        status = usph_objective_eval(&f, points.x, &value,
                                     points.x + usph_shape_size(shape));
        best = fmin(best, usph_now() - begun);
    }
    *ns = 1e9 * best / usph_shape_pairs(shape);
    usph_points_free(&points);
    usph_metric_objective_free(&mo);
    return status;
}

/* What the rows of the table are made of. */
typedef struct comparison {
    const usph_options *options;
    const usph_suite *suite;
    const usph_record *records; /* runs x metrics */
    double *sample;             /* seeds numbers of room */
} comparison;

/* Median over the seeds of Q of one metric; the runs of a cell are neighbours. */
static double median_q(const comparison *c, size_t run, size_t metric)
{
    size_t count = 0;
    for (size_t s = 0; s < c->suite->seeds; s++) {
        const double q = c->records[(run + s) * c->suite->metrics.count + metric].q;
        if (!isnan(q))
            c->sample[count++] = q;
    }
    return usph_median(c->sample, count);
}

static usph_status put_q(usph_table *table, double q)
{
    return isnan(q) ? usph_table_cell(table, "-") : usph_table_cell(table, "%.5f", q);
}

static usph_status put_row(const comparison *c, size_t run, usph_table *table,
                           json_t *rows, usph_error *err)
{
    const usph_item item = usph_suite_item(c->suite, run);
    const size_t kernels = c->suite->objectives.count;
    const size_t own = (size_t)(item.objective - c->suite->objectives.items);
    char kernel[USPH_MAX_SPEC];
    json_t *object = json_object();
    json_t *qs = json_object();
    usph_spec_print(&item.objective->kernel, kernel, sizeof kernel);
    json_object_set_new(object, "kernel", json_string(kernel));
    json_object_set_new(object, "n", json_integer((json_int_t)item.shape.n));
    json_object_set_new(object, "d", json_integer((json_int_t)item.shape.d));
    usph_json_real(object, "q_own", median_q(c, run, own));
    USPH_TRY(usph_table_cell(table, "%s", kernel));
    USPH_TRY(usph_table_cell(table, "%zu", item.shape.d));
    USPH_TRY(usph_table_cell(table, "%zu", item.shape.n));
    USPH_TRY(put_q(table, median_q(c, run, own)));
    for (size_t k = 0; k < c->suite->metrics.count; k++) {
        const double q = median_q(c, run, k);
        const usph_record *record = &c->records[run * c->suite->metrics.count + k];
        usph_json_real(qs, record->metric, q);
        if (k < kernels && k == own)
            USPH_TRY(usph_table_cell(table, "%s", ""));
        else
            USPH_TRY(put_q(table, q));
    }
    json_object_set_new(object, "q", qs);
    if (c->options->timing) {
        double ns = NAN;
        USPH_TRY(time_pair(item.objective, item.shape, &ns, err));
        usph_json_real(object, "ns_per_pair", ns);
        USPH_TRY(usph_table_cell(table, "%.3g", ns));
    }
    return json_array_append_new(rows, object) == 0 ? USPH_OK : USPH_ERR_NOMEM;
}

static usph_status put_heads(const comparison *c, usph_table *table)
{
    USPH_TRY(usph_table_title(table, "Kernels against dimensions: score Q of each "
                                     "kernel's minimizer, by every measure"));
    USPH_TRY(usph_table_column(table, "kernel"));
    USPH_TRY(usph_table_column(table, "d"));
    USPH_TRY(usph_table_column(table, "n"));
    USPH_TRY(usph_table_column(table, "own"));
    for (size_t k = 0; k < c->suite->metrics.count; k++) {
        char text[USPH_MAX_SPEC];
        usph_metric_print(&c->suite->metrics.items[k], text, sizeof text);
        USPH_TRY(usph_table_column(table, text));
    }
    return c->options->timing ? usph_table_column(table, "ns/pair") : USPH_OK;
}

static usph_status fill_report(const comparison *c, usph_report *report,
                               usph_error *err)
{
    const size_t runs = usph_suite_count(c->suite);
    usph_table *table = usph_report_table(report);
    json_t *rows = json_array();
    json_t *records = json_array();
    if (table == NULL)
        return USPH_ERR_NOMEM;
    USPH_TRY(put_heads(c, table));
    for (size_t run = 0; run < runs; run += c->suite->seeds)
        USPH_TRY(put_row(c, run, table, rows, err));
    if (!c->options->quiet)
        USPH_TRY(
            usph_table_note(table,
                            "own: its own energy. Q: 0 as i.i.d. uniform points, 1 "
                            "best possible or best known; median over %zu seed%s.",
                            c->suite->seeds, c->suite->seeds == 1 ? "" : "s"));
    USPH_TRY(usph_record_columns(&report->records, true));
    for (size_t i = 0; i < runs * c->suite->metrics.count; i++) {
        USPH_TRY(usph_record_row(&report->records, &c->records[i], true));
        json_array_append_new(records, usph_record_json(&c->records[i], true));
    }
    json_t *doc = usph_document("compare");
    json_object_set_new(doc, "version", json_string(usph_version()));
    json_object_set_new(doc, "cpu", json_string(usph_cpu_features()));
    json_object_set_new(doc, "rows", rows);
    json_object_set_new(doc, "records", records);
    report->documents = json_array();
    return json_array_append_new(report->documents, doc) == 0 ? USPH_OK
                                                              : USPH_ERR_NOMEM;
}

static usph_status run_all(const usph_options *options, const usph_suite *suite,
                           usph_report *report, int *code, usph_error *err)
{
    const size_t runs = usph_suite_count(suite);
    usph_record *records = calloc(runs * suite->metrics.count + 1, sizeof *records);
    double *sample = calloc(suite->seeds + 1, sizeof *sample);
    usph_progress progress = usph_progress_begin(options, "runs", runs);
    usph_status status = USPH_ERR_NOMEM;
    if (records != NULL && sample != NULL)
        status = usph_suite_run(suite, records, usph_progress_step, &progress, err);
    usph_progress_end(&progress);
    const comparison c = { options, suite, records, sample };
    if (status == USPH_OK)
        status = fill_report(&c, report, err);
    if (status == USPH_OK)
        *code = usph_check_records(records, runs * suite->metrics.count);
    free(records);
    free(sample);
    return status;
}

int usph_cmd_compare(const usph_options *options)
{
    usph_error err = { "" };
    usph_report report = { 0 };
    int checked = USPH_EXIT_OK;
    usph_suite *suite = malloc(sizeof *suite);
    usph_status status =
        suite != NULL ? build_suite(options, suite, &err) : USPH_ERR_NOMEM;
    if (status == USPH_OK)
        status = run_all(options, suite, &report, &checked, &err);
    int code = status == USPH_OK ? usph_emit(options, &report, options->output)
                                 : usph_complain_of(status, &err);
    code = code == USPH_EXIT_OK ? checked : code;
    usph_report_free(&report);
    free(suite);
    return code;
}
