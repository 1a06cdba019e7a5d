#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/commands.h"
#include "bench/cli/progress.h"
#include "bench/cli/search.h"
#include "io/format.h"
#include "points/generator.h"

/* All that one solve knows. */
typedef struct solve {
    const usph_options *options;
    usph_metric_problem mp;
    usph_multistart ms;
    usph_points given;  /* of --start */
    usph_points best;   /* result */
    usph_start *detail; /* starts outcomes; owned */
    size_t chosen;      /* the start that `best` came from */
    double seconds;     /* of everything */
    const usph_known *known;
    usph_sink trace;
    usph_error trace_err;
} solve;

static const char *points_text(const solve *s, char *buf, size_t size)
{
    if (s->options->start != NULL)
        snprintf(buf, size, "%s", s->options->start);
    else
        usph_spec_print(s->mp.points, buf, size);
    return buf;
}

/* Objectives are minimized: this gives the metric's own value back. */
static double metric_value(const solve *s, double objective)
{
    return usph_metric_of(s->mp.objective)->better == USPH_HIGHER ? -objective
                                                                  : objective;
}

/* The number that the literature tabulates: the sum for pair energies, else the value.
 */
static double tabulated(const solve *s, double objective)
{
    const double pairs = usph_metric_pairs(s->mp.objective, s->mp.shape);
    const double value = metric_value(s, objective);
    return isnan(pairs) ? value : value * pairs;
}

static usph_status load_start(solve *s, usph_shape *shape, usph_error *err)
{
    usph_points_report found;
    USPH_TRY(usph_load_points(s->options, s->options->start, &s->given, &found, err));
    const usph_shape have = s->given.shape;
    if ((shape->n != 0 && shape->n != have.n) || (shape->d != 0 && shape->d != have.d))
        return usph_fail(err, USPH_ERR_ARG,
                         "%s has n = %zu, d = %zu, not what --n and --d say",
                         s->options->start, have.n, have.d);
    *shape = have;
    s->mp.x = s->given.x;
    return USPH_OK;
}

static usph_status prepare(solve *s, usph_error *err)
{
    const usph_options *o = s->options;
    usph_metric_objective mo;
    usph_objective f;
    usph_shape shape;
    if (o->suite.objectives.count != 1)
        return usph_fail(err, USPH_ERR_ARG,
                         "solve needs one --objective, like "
                         "energy/riesz:s=1");
    if (o->suite.solvers.count > 1)
        return usph_fail(err, USPH_ERR_ARG, "solve takes one --solver");
    if (o->start != NULL && o->points_given)
        return usph_fail(err, USPH_ERR_ARG, "give --points or --start, not both");
    USPH_TRY(usph_single_shape(o, &shape, err));
    s->mp = (usph_metric_problem){
        .objective = &o->suite.objectives.items[0],
        .points = &o->suite.points,
        .seed = o->suite.seed,
        /* one start has all threads for its evaluations */
        .effort = { .threads = o->starts == 1 ? o->suite.threads : 1,
                    .accuracy = o->accuracy },
    };
    if (o->start != NULL)
        USPH_TRY(load_start(s, &shape, err));
    else
        USPH_TRY(usph_generator_shape(s->mp.points, &shape, err));
    s->mp.shape = shape;
    s->known = usph_known_find(s->mp.objective, shape);
    USPH_TRY(
        usph_metric_objective_init(&mo, s->mp.objective, shape, s->mp.effort, &f, err));
    s->ms.solver = o->suite.solvers.count == 1 ? o->suite.solvers.items[0]
                                               : usph_solver_default(&f);
    usph_metric_objective_free(&mo);
    return USPH_OK;
}

/* JSON has no word for a norm that does not exist. */
static const char *norm_text(double norm, char *buf, size_t size)
{
    if (isnan(norm))
        return "null";
    snprintf(buf, size, "%.17g", norm);
    return buf;
}

static void trace_step(void *ctx, const usph_result *so_far)
{
    solve *s = ctx;
    char norm[32];
    /* a failed write is kept by the sink, and commit reports it */
    const usph_status status = usph_sink_printf(
        &s->trace, "{\"step\":%llu,\"evals\":%llu,\"value\":%.17g,\"grad_norm\":%s}\n",
        (unsigned long long)so_far->steps, (unsigned long long)so_far->evals,
        metric_value(s, so_far->value),
        norm_text(so_far->grad_norm, norm, sizeof norm));
    (void)status;
}

static usph_status run(solve *s, usph_error *err)
{
    const usph_options *o = s->options;
    usph_progress progress = usph_progress_begin(o, "starts", o->starts);
    const usph_problem problem = usph_metric_problem_of(&s->mp);
    const usph_trace trace = { .step = trace_step, .ctx = s };
    s->ms.stop = o->suite.stop;
    s->ms.stop.interrupted = usph_interrupted();
    if (o->max_seconds > 0)
        s->ms.stop.deadline = usph_now() + o->max_seconds;
    s->ms.seed = o->suite.seed;
    s->ms.starts = o->starts;
    s->ms.threads = o->suite.threads;
    s->ms.stop.trace = o->trace != NULL ? &trace : NULL;
    s->ms.progress = usph_progress_step;
    s->ms.progress_ctx = &progress;
    s->detail = calloc(o->starts, sizeof *s->detail);
    if (s->detail == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory: %zu starts", o->starts);
    USPH_TRY(usph_points_alloc(s->mp.shape, &s->best, err));
    if (o->trace != NULL &&
        usph_sink_open(o->trace, &s->trace, &s->trace_err) != USPH_OK)
        return usph_fail(err, USPH_ERR_IO, "%s", s->trace_err.text);
    usph_catch_signals();
    const double begun = usph_now();
    usph_status status =
        usph_multistart_run(&s->ms, &problem, s->best.x, &s->chosen, s->detail, err);
    s->seconds = usph_now() - begun;
    usph_progress_end(&progress);
    if (o->trace != NULL && status == USPH_OK && usph_sink_commit(&s->trace) != USPH_OK)
        return usph_fail(err, USPH_ERR_IO, "%s", s->trace_err.text);
    if (o->trace != NULL && status != USPH_OK)
        usph_sink_abort(&s->trace);
    return status;
}

/* Starts that ended as low as the best, to within 1e-9. */
static size_t count_hits(const solve *s)
{
    const double best = tabulated(s, s->detail[s->chosen].result.value);
    size_t hits = 0;
    for (size_t k = 0; k < s->ms.starts; k++) {
        const double value = tabulated(s, s->detail[k].result.value);
        hits += s->detail[k].status == USPH_OK && !s->detail[k].skipped &&
                fabs(value - best) <= 1e-9 * fmax(1, fabs(best));
    }
    return hits;
}

/* How far from the best known value: positive is worse. */
static double gap(const solve *s)
{
    if (s->known == NULL)
        return NAN;
    const double difference =
        tabulated(s, s->detail[s->chosen].result.value) - s->known->value;
    return usph_metric_of(s->mp.objective)->better == USPH_HIGHER ? -difference
                                                                  : difference;
}

static json_t *start_json(const solve *s, size_t k)
{
    const usph_start *start = &s->detail[k];
    json_t *object = json_object();
    json_object_set_new(object, "start", json_integer((json_int_t)k));
    if (start->status != USPH_OK) {
        json_object_set_new(object, "error",
                            json_string(usph_status_text(start->status)));
        return object;
    }
    usph_json_real(object, "value", metric_value(s, start->result.value));
    usph_json_real(object, "grad_norm", start->result.grad_norm);
    json_object_set_new(object, "reason",
                        json_string(usph_reason_text(start->result.reason)));
    json_object_set_new(object, "evals", json_integer((json_int_t)start->result.evals));
    usph_json_real(object, "seconds", start->result.seconds);
    return object;
}

/* How exactly the best set was summed, as usph_measure says; NAN: to rounding. */
static double accuracy(const solve *s)
{
    usph_workspace ws = { .effort = s->mp.effort };
    usph_measure measure = { .accuracy = 0 };
    const size_t scratch =
        usph_metric_scratch(s->mp.objective, s->mp.shape, usph_workspace_threads(&ws));
    usph_status status = usph_workspace_reserve(&ws, scratch);
    if (status == USPH_OK)
        status = usph_metric_eval(s->mp.objective, s->mp.shape, s->best.x, &ws,
                                  &measure, NULL);
    usph_workspace_free(&ws);
    return status == USPH_OK && measure.accuracy > 0 ? measure.accuracy : (double)NAN;
}

static usph_bound bound_of(const solve *s)
{
    return usph_bound_best(s->mp.objective, s->mp.shape, s->options->suite.bounds);
}

static double bound_gap(const solve *s, const usph_bound *bound)
{
    return usph_bound_gap(bound, usph_metric_of(s->mp.objective)->better,
                          metric_value(s, s->detail[s->chosen].result.value));
}

static void put_bound(const solve *s, json_t *doc)
{
    const usph_bound bound = bound_of(s);
    usph_json_bound(doc, &bound, usph_metric_of(s->mp.objective)->better,
                    metric_value(s, s->detail[s->chosen].result.value));
}

static json_t *solve_json(const solve *s)
{
    const usph_result *r = &s->detail[s->chosen].result;
    const double pairs = usph_metric_pairs(s->mp.objective, s->mp.shape);
    char text[USPH_MAX_SPEC];
    json_t *doc = usph_document("solve");
    usph_metric_print(s->mp.objective, text, sizeof text);
    json_object_set_new(doc, "objective", json_string(text));
    usph_spec_print(&s->ms.solver, text, sizeof text);
    json_object_set_new(doc, "solver", json_string(text));
    json_object_set_new(doc, "points",
                        usph_json_text(points_text(s, text, sizeof text)));
    json_object_set_new(doc, "n", json_integer((json_int_t)s->mp.shape.n));
    json_object_set_new(doc, "d", json_integer((json_int_t)s->mp.shape.d));
    json_object_set_new(doc, "seed", json_integer((json_int_t)s->ms.seed));
    json_object_set_new(doc, "starts", json_integer((json_int_t)s->ms.starts));
    usph_json_real(doc, "value", metric_value(s, r->value));
    usph_json_real(doc, "sum", metric_value(s, r->value) * pairs);
    usph_json_real(doc, "grad_norm", r->grad_norm);
    usph_json_real(doc, "accuracy", accuracy(s));
    json_object_set_new(doc, "min_hessian", json_null());
    json_object_set_new(doc, "steps", json_integer((json_int_t)r->steps));
    json_object_set_new(doc, "evals", json_integer((json_int_t)r->evals));
    json_object_set_new(doc, "grads", json_integer((json_int_t)r->grads));
    json_object_set_new(doc, "moves", json_integer((json_int_t)r->moves));
    json_object_set_new(doc, "hvps", json_integer((json_int_t)r->hvps));
    usph_json_real(doc, "seconds", s->seconds);
    json_object_set_new(doc, "reason", json_string(usph_reason_text(r->reason)));
    usph_json_real(doc, "best_known", s->known != NULL ? s->known->value : (double)NAN);
    json_object_set_new(doc, "best_known_status",
                        s->known != NULL ? json_string(s->known->status) : json_null());
    json_object_set_new(doc, "best_known_source",
                        s->known != NULL ? json_string(s->known->source) : json_null());
    usph_json_real(doc, "gap", gap(s));
    put_bound(s, doc);
    json_object_set_new(doc, "hits", json_integer((json_int_t)count_hits(s)));
    json_object_set_new(doc, "start", json_integer((json_int_t)s->chosen));
    json_t *detail = json_array();
    for (size_t k = 0; k < s->ms.starts; k++)
        if (!s->detail[k].skipped)
            json_array_append_new(detail, start_json(s, k));
    json_object_set_new(doc, "starts_detail", detail);
    return doc;
}

static usph_status add_pair(usph_table *table, const char *name, const char *format,
                            ...) __attribute__((format(printf, 3, 4)));

static usph_status add_pair(usph_table *table, const char *name, const char *format,
                            ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    USPH_TRY(usph_table_cell(table, "%s", name));
    return usph_table_cell(table, "%s", text);
}

static const char *known_words(const usph_known *known)
{
    if (strcmp(known->status, "proved") == 0)
        return "proved optimal";
    return strcmp(known->status, "best_known") == 0 ? "best known"
                                                    : "best of our own searches";
}

static usph_status add_known(const solve *s, usph_table *table)
{
    if (s->known == NULL)
        return add_pair(table, "best known", "no value is known for this n and d");
    USPH_TRY(add_pair(table, known_words(s->known), "%.*g (%s)", 13, s->known->value,
                      s->known->source));
    USPH_TRY(add_pair(table, "gap", "%.3g", gap(s)));
    if (gap(s) < -s->known->precision)
        USPH_TRY(add_pair(table, "note",
                          "better than the best known value by more than "
                          "its digits: a candidate record"));
    return USPH_OK;
}

static usph_status add_bound(const solve *s, usph_table *table)
{
    static const double EQUAL = 1e-9;
    const usph_bound bound = bound_of(s);
    if (isnan(bound.value))
        return USPH_OK;
    USPH_TRY(add_pair(table, "bound", "%.13g (%s, %s)", bound.value, bound.method,
                      usph_bound_status(&bound)));
    const double gap_to = bound_gap(s, &bound);
    return add_pair(table, "gap to it", "%.2g%s", gap_to,
                    gap_to <= EQUAL ? ": optimal, certified" : "");
}

static usph_status solve_table(const solve *s, usph_table *table)
{
    const usph_result *r = &s->detail[s->chosen].result;
    const double pairs = usph_metric_pairs(s->mp.objective, s->mp.shape);
    char text[USPH_MAX_SPEC];
    USPH_TRY(usph_table_column(table, "field"));
    USPH_TRY(usph_table_column(table, "value"));
    usph_metric_print(s->mp.objective, text, sizeof text);
    USPH_TRY(add_pair(table, "objective", "%s", text));
    USPH_TRY(add_pair(table, "n, d", "%zu, %zu", s->mp.shape.n, s->mp.shape.d));
    usph_spec_print(&s->ms.solver, text, sizeof text);
    USPH_TRY(add_pair(table, "solver", "%s from %zu start%s", text, s->ms.starts,
                      s->ms.starts == 1 ? "" : "s"));
    USPH_TRY(add_pair(table, "points", "%s, seed %llu",
                      points_text(s, text, sizeof text),
                      (unsigned long long)s->ms.seed));
    USPH_TRY(add_pair(table, "value", "%.13g", metric_value(s, r->value)));
    if (!isnan(pairs))
        USPH_TRY(add_pair(table, "sum", "%.13g", metric_value(s, r->value) * pairs));
    if (!isnan(r->grad_norm))
        USPH_TRY(add_pair(table, "grad_norm", "%.3g", r->grad_norm));
    const double given = accuracy(s);
    if (!isnan(given))
        USPH_TRY(add_pair(table, "accuracy", "gradient to %.0e", given));
    USPH_TRY(add_pair(table, "ended by", "%s after %llu steps, %llu evaluations",
                      usph_reason_text(r->reason), (unsigned long long)r->steps,
                      (unsigned long long)r->evals));
    USPH_TRY(add_pair(table, "hits", "%zu of %zu starts ended at the best value",
                      count_hits(s), s->ms.starts));
    if (s->options->timing)
        USPH_TRY(add_pair(table, "seconds", "%.3g", s->seconds));
    USPH_TRY(add_bound(s, table));
    return add_known(s, table);
}

static usph_status solve_record(const solve *s, usph_report *report, usph_error *err)
{
    const usph_result *r = &s->detail[s->chosen].result;
    usph_record record = usph_record_new(s->mp.objective, s->mp.shape);
    usph_baselines baselines = { 0 };
    usph_metric_print(s->mp.objective, record.objective, sizeof record.objective);
    usph_spec_print(&s->ms.solver, record.solver, sizeof record.solver);
    points_text(s, record.points, sizeof record.points);
    record.seed = s->ms.seed;
    record.value = metric_value(s, r->value);
    record.sum = record.value * usph_metric_pairs(s->mp.objective, s->mp.shape);
    record.grad_norm = r->grad_norm;
    record.evals = r->evals;
    record.reason = usph_reason_text(r->reason);
    const usph_status status = usph_record_score(
        &record, s->mp.objective, &baselines,
        (usph_scoring){ s->ms.threads, s->options->suite.bounds }, err);
    usph_baselines_free(&baselines);
    USPH_TRY(status);
    USPH_TRY(usph_record_columns(&report->records, true));
    return usph_record_row(&report->records, &record, true);
}

/* The forms are made only where they are printed: the baseline of a record can be slow.
 */
static usph_status make_report(const solve *s, usph_report *report, usph_error *err)
{
    const char *format = s->options->format->entry.name;
    usph_table *table = usph_report_table(report);
    if (table == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory");
    if (strcmp(format, "csv") == 0)
        return solve_record(s, report, err);
    if (strcmp(format, "json") == 0) {
        report->documents = json_array();
        return json_array_append_new(report->documents, solve_json(s)) == 0
                   ? USPH_OK
                   : USPH_ERR_NOMEM;
    }
    return solve_table(s, table);
}

/* Better than a proved bound by more than rounding: an error of ours. */
static bool is_impossible(const solve *s)
{
    const usph_bound bound = bound_of(s);
    return usph_is_impossible(&bound, usph_metric_of(s->mp.objective)->better,
                              metric_value(s, s->detail[s->chosen].result.value));
}

static int finish(const solve *s, usph_error *err)
{
    usph_report report = { 0 };
    const char *output = s->options->output;
    usph_status status = USPH_OK;
    if (output != NULL)
        status = usph_points_write(output, s->best.shape, s->best.x, err);
    if (status == USPH_OK)
        status = make_report(s, &report, err);
    if (status != USPH_OK) {
        usph_report_free(&report);
        return usph_complain_of(status, err);
    }
    const bool taken = output != NULL && strcmp(output, "-") == 0;
    const int code = usph_emit(s->options, &report, taken ? "/dev/stderr" : "-");
    usph_report_free(&report);
    if (code != USPH_EXIT_OK)
        return code;
    if (is_impossible(s)) {
        usph_complain(
            "the value is better than a proved bound: please report this as a bug");
        return USPH_EXIT_CHECK;
    }
    if (*usph_interrupted() != 0)
        return USPH_EXIT_SIGNAL + (int)*usph_interrupted();
    return usph_reason_done(s->detail[s->chosen].result.reason) ? USPH_EXIT_OK
                                                                : USPH_EXIT_UNCONVERGED;
}

int usph_cmd_solve(const usph_options *options)
{
    if (usph_search_wanted(options))
        return usph_solve_search(options);
    solve *s = calloc(1, sizeof *s); /* holds a write buffer: too large for the stack */
    usph_error err = { "" };
    if (s == NULL)
        return usph_complain_of(USPH_ERR_NOMEM, &err);
    s->options = options;
    usph_status status = prepare(s, &err);
    if (status == USPH_OK)
        status = run(s, &err);
    const int code =
        status == USPH_OK ? finish(s, &err) : usph_complain_of(status, &err);
    usph_points_free(&s->given);
    usph_points_free(&s->best);
    free(s->detail);
    free(s);
    return code;
}
