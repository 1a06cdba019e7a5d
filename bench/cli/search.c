#include "bench/cli/search.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/cli/candidate.h"
#include "bench/cli/commands.h"
#include "bench/cli/progress.h"
#include "io/format.h"
#include "points/generator.h"
#include "solvers/search.h"

enum {
    MOST_POINTS = 1000, /* beyond, one descent is what one waits for */
    ENOUGH = 5,         /* chains at the best known value that end a search */
};

static const double REACHED = 1e-9; /* relative distance from a known value */

/* One shape's outcome. */
typedef struct row {
    usph_shape shape;
    const usph_known *known;
    usph_found found;
    double checked; /* the candidate's sum, formed again; NAN if it is none */
} row;

typedef struct sweep {
    const usph_options *options;
    const usph_metric_spec *objective;
    usph_spec points;
    usph_search search;
    row *rows; /* owned */
    size_t count;
    usph_points best; /* of the last row */
    double deadline;  /* of the whole */
} sweep;

static usph_shape shape_of(const usph_options *o, size_t i)
{
    const size_t ds = o->suite.d.count > 0 ? o->suite.d.count : 1;
    const size_t ns = o->suite.n.count > 0 ? o->suite.n.count : 1;
    usph_shape shape = { 0 };
    if (o->suite.d.count > 0)
        shape.d = usph_size_at(o->suite.d.items[i / ns % ds], 0);
    if (o->suite.n.count > 0)
        shape.n = usph_size_at(o->suite.n.items[i % ns], shape.d);
    return shape;
}

static size_t count_shapes(const usph_options *o)
{
    return (o->suite.d.count > 0 ? o->suite.d.count : 1) *
           (o->suite.n.count > 0 ? o->suite.n.count : 1);
}

static bool is_smooth(const usph_options *o)
{
    return o->suite.objectives.count == 1 &&
           (usph_metric_of(&o->suite.objectives.items[0])->flags &
            USPH_METRIC_SMOOTH) != 0;
}

static bool one_run_described(const usph_options *o)
{
    return o->suite.solvers.count > 0 || o->starts_given || o->points_given ||
           o->trace != NULL || o->suite.stop.max_steps > 0 ||
           o->suite.stop.value_tol > 0;
}

bool usph_search_wanted(const usph_options *o)
{
    if (o->start != NULL || o->suite.objectives.count != 1 ||
        o->suite.solvers.count > 1)
        return false;
    if (o->suite.n.count > 1 && o->suite.d.count == 1)
        return true;
    return count_shapes(o) == 1 && shape_of(o, 0).n <= MOST_POINTS &&
           !one_run_described(o) && is_smooth(o);
}

static bool higher(const sweep *s)
{
    return usph_metric_of(s->objective)->better == USPH_HIGHER;
}

static double metric_value(const sweep *s, double objective)
{
    return higher(s) ? -objective : objective;
}

/* What the literature tabulates: the sum for pair energies. */
static double tabulated(const sweep *s, const row *r)
{
    const double pairs = usph_metric_pairs(s->objective, r->shape);
    const double value = metric_value(s, r->found.best.value);
    return isnan(pairs) ? value : value * pairs;
}

/* How far from the best known value: positive is worse. */
static double gap(const sweep *s, const row *r)
{
    if (r->known == NULL)
        return NAN;
    const double difference = tabulated(s, r) - r->known->value;
    return higher(s) ? -difference : difference;
}

static double slack(const usph_known *known)
{
    return fmax(known->precision, REACHED * fabs(known->value));
}

static bool is_missed(const sweep *s, const row *r)
{
    return r->known != NULL && gap(s, r) > slack(r->known);
}

static bool is_candidate(const sweep *s, const row *r)
{
    return r->known != NULL &&
           gap(s, r) < -fmax(r->known->precision, 1e-12 * fabs(r->known->value));
}

static usph_status prepare(sweep *s, usph_error *err)
{
    const usph_options *o = s->options;
    const bool given = o->suite.solvers.count == 1;
    s->objective = &o->suite.objectives.items[0];
    s->points = o->suite.points;
    if (!o->points_given && !given)
        USPH_TRY(
            usph_spec_parse(&usph_generators, "symmetric:share=0.5", &s->points, err));
    s->count = count_shapes(o);
    s->search = (usph_search){
        .chain = given ? o->suite.solvers.items[0] : usph_search_chain(),
        .stop = o->suite.stop,
        .starts = given || o->starts_given ? o->starts : 0,
        .seed = o->suite.seed,
        .threads = o->suite.threads,
    };
    s->search.stop.interrupted = usph_interrupted();
    if (s->count > 1 && o->output != NULL)
        return usph_fail(err, USPH_ERR_ARG,
                         "-o takes the points of one shape, not of a list");
    s->rows = calloc(s->count, sizeof *s->rows);
    return s->rows != NULL ? USPH_OK : usph_fail(err, USPH_ERR_NOMEM, "out of memory");
}

/* A known value ends the search once it was reached a few times; a target of the user
   does so at once. */
static void aim(usph_search *search, const sweep *s, const row *r)
{
    if (search->stop.has_target || s->options->no_target || r->known == NULL)
        return;
    const double value = usph_known_value(r->known, s->objective);
    const double margin = slack(r->known) * fabs(value / r->known->value);
    search->stop.has_target = true;
    search->stop.target = (higher(s) ? -value : value) + margin;
    search->enough = ENOUGH;
}

static usph_status confirm(sweep *s, usph_metric_problem *mp, row *r, usph_error *err)
{
    usph_result polished;
    USPH_TRY(usph_candidate_polish(mp, s->best.x, &polished, err));
    r->found.best.value = polished.value;
    r->found.best.grad_norm = polished.grad_norm;
    r->checked = usph_candidate_sum(s->objective, mp->shape, s->best.x);
    return USPH_OK;
}

static usph_status run_row(sweep *s, size_t i, usph_error *err)
{
    assert(s->rows != NULL);
    row *r = &s->rows[i];
    usph_search search = s->search;
    usph_metric_problem mp = {
        .objective = s->objective,
        .points = &s->points,
        .seed = s->options->suite.seed,
        .effort = { .threads = 1, .accuracy = s->options->accuracy },
    };
    usph_shape shape = shape_of(s->options, i);
    USPH_TRY(usph_generator_shape(&s->points, &shape, err));
    mp.shape = r->shape = shape;
    r->checked = NAN;
    r->known = usph_known_find(s->objective, shape);
    if (s->options->max_seconds > 0)
        search.stop.deadline = usph_now() + s->options->max_seconds;
    aim(&search, s, r);
    usph_points_free(&s->best);
    USPH_TRY(usph_points_alloc(shape, &s->best, err));
    const usph_problem problem = usph_metric_problem_of(&mp);
    USPH_TRY(usph_search_run(&search, &problem, s->best.x, &r->found, err));
    return is_candidate(s, r) ? confirm(s, &mp, r, err) : USPH_OK;
}

static usph_status run(sweep *s, usph_error *err)
{
    usph_progress progress = usph_progress_begin(s->options, "shapes", s->count);
    usph_status status = USPH_OK;
    size_t done = 0;
    usph_catch_signals();
    while (done < s->count && status == USPH_OK && *usph_interrupted() == 0) {
        status = run_row(s, done, err);
        usph_progress_step(&progress, ++done);
    }
    usph_progress_end(&progress);
    s->count = done;
    return status;
}

static const char *points_text(const sweep *s, char *buf, size_t size)
{
    usph_spec_print(&s->points, buf, size);
    return buf;
}

static void put_count(json_t *doc, const char *key, uint64_t count)
{
    json_object_set_new(doc, key, json_integer((json_int_t)count));
}

static void put_known(const sweep *s, const row *r, json_t *doc)
{
    const usph_known *known = r->known;
    const usph_bound bound =
        usph_bound_best(s->objective, r->shape, s->options->suite.bounds);
    usph_json_bound(doc, &bound, usph_metric_of(s->objective)->better,
                    metric_value(s, r->found.best.value));
    usph_json_real(doc, "best_known", known != NULL ? known->value : (double)NAN);
    json_object_set_new(doc, "best_known_status",
                        known != NULL ? json_string(known->status) : json_null());
    json_object_set_new(doc, "best_known_source",
                        known != NULL ? json_string(known->source) : json_null());
    usph_json_real(doc, "gap", gap(s, r));
    json_object_set_new(doc, "missed", json_boolean(is_missed(s, r)));
    json_object_set_new(doc, "candidate", json_boolean(is_candidate(s, r)));
    usph_json_real(doc, "checked", r->checked);
}

static void put_counts(const row *r, json_t *doc)
{
    const usph_result *best = &r->found.best;
    put_count(doc, "steps", best->steps);
    put_count(doc, "evals", best->evals);
    put_count(doc, "grads", best->grads);
    put_count(doc, "moves", best->moves);
    put_count(doc, "hvps", best->hvps);
    usph_json_real(doc, "seconds", best->seconds);
    json_object_set_new(doc, "reason", json_string(usph_reason_text(best->reason)));
    json_object_set_new(doc, "chain_reason",
                        json_string(usph_reason_text(r->found.chain)));
}

/* The keys of a `solve` from many starts, whose details are too many to list here. */
static json_t *row_json(const sweep *s, const row *r)
{
    const usph_result *best = &r->found.best;
    char text[USPH_MAX_SPEC];
    json_t *doc = usph_document("solve");
    usph_metric_print(s->objective, text, sizeof text);
    json_object_set_new(doc, "objective", json_string(text));
    usph_spec_print(&s->search.chain, text, sizeof text);
    json_object_set_new(doc, "strategy", json_string("search"));
    json_object_set_new(doc, "solver", json_string(text));
    json_object_set_new(doc, "points",
                        usph_json_text(points_text(s, text, sizeof text)));
    put_count(doc, "n", r->shape.n);
    put_count(doc, "d", r->shape.d);
    put_count(doc, "seed", s->search.seed);
    put_count(doc, "starts", r->found.starts);
    usph_json_real(doc, "value", metric_value(s, best->value));
    usph_json_real(doc, "sum",
                   metric_value(s, best->value) *
                       usph_metric_pairs(s->objective, r->shape));
    usph_json_real(doc, "grad_norm", best->grad_norm);
    json_object_set_new(doc, "accuracy", json_null());
    json_object_set_new(doc, "min_hessian", json_null());
    put_counts(r, doc);
    put_known(s, r, doc);
    put_count(doc, "hits", r->found.hits);
    put_count(doc, "distinct", r->found.distinct);
    put_count(doc, "start", r->found.start);
    json_object_set_new(doc, "starts_detail", json_array());
    return doc;
}

static usph_status heads(const sweep *s, usph_table *table)
{
    static const char *const HEADS[] = { "n",     "d",       "best",     "best known",
                                         "gap",   "hits",    "distinct", "starts",
                                         "evals", "ended by" };
    char text[USPH_MAX_SPEC];
    usph_metric_print(s->objective, text, sizeof text);
    USPH_TRY(usph_table_title(table, "%s", text));
    for (size_t k = 0; k < sizeof HEADS / sizeof *HEADS; k++)
        USPH_TRY(usph_table_column(table, HEADS[k]));
    return s->options->timing ? usph_table_column(table, "seconds") : USPH_OK;
}

static usph_status row_cells(const sweep *s, const row *r, usph_table *table)
{
    const usph_found *f = &r->found;
    const uint64_t counts[] = { f->hits, f->distinct, f->starts, f->best.evals };
    USPH_TRY(usph_table_cell(table, "%zu", r->shape.n));
    USPH_TRY(usph_table_cell(table, "%zu", r->shape.d));
    USPH_TRY(usph_table_real(table, tabulated(s, r), 13));
    USPH_TRY(
        usph_table_real(table, r->known != NULL ? r->known->value : (double)NAN, 13));
    USPH_TRY(usph_table_real(table, gap(s, r), 3));
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        USPH_TRY(usph_table_cell(table, "%llu", (unsigned long long)counts[k]));
    USPH_TRY(usph_table_cell(table, "%s", usph_reason_text(f->best.reason)));
    return s->options->timing ? usph_table_real(table, f->best.seconds, 3) : USPH_OK;
}

static usph_status note_row(const sweep *s, const row *r, usph_table *table)
{
    const unsigned long long starts = (unsigned long long)r->found.starts;
    if (is_missed(s, r))
        USPH_TRY(usph_table_note(table,
                                 "missed: n = %zu, d = %zu, %llu starts, best %.13g, "
                                 "gap %.3g",
                                 r->shape.n, r->shape.d, starts, tabulated(s, r),
                                 gap(s, r)));
    if (is_candidate(s, r))
        USPH_TRY(usph_table_note(table,
                                 "candidate record: n = %zu, d = %zu, %.17g, better by "
                                 "%.3g than the best known, gradient %.1e; pair by "
                                 "pair in long double %.17g",
                                 r->shape.n, r->shape.d, tabulated(s, r), -gap(s, r),
                                 r->found.best.grad_norm, r->checked));
    return USPH_OK;
}

static usph_status note_settings(const sweep *s, usph_table *table)
{
    char chain[USPH_MAX_SPEC];
    char points[USPH_MAX_SPEC];
    usph_spec_print(&s->search.chain, chain, sizeof chain);
    points_text(s, points, sizeof points);
    return usph_table_note(table,
                           "search: %s from %s, seed %llu; hits: starts that ended at "
                           "the best value, which is no proof that it is the lowest",
                           chain, points, (unsigned long long)s->search.seed);
}

static usph_status rows_table(const sweep *s, usph_table *table)
{
    size_t known = 0;
    size_t missed = 0;
    USPH_TRY(heads(s, table));
    for (size_t i = 0; i < s->count; i++)
        USPH_TRY(row_cells(s, &s->rows[i], table));
    for (size_t i = 0; i < s->count; i++) {
        known += s->rows[i].known != NULL;
        missed += is_missed(s, &s->rows[i]);
        USPH_TRY(note_row(s, &s->rows[i], table));
    }
    USPH_TRY(usph_table_note(table, "%zu of %zu known values reached", known - missed,
                             known));
    return note_settings(s, table);
}

static usph_status pair(usph_table *table, const char *name, const char *value)
{
    USPH_TRY(usph_table_cell(table, "%s", name));
    return usph_table_cell(table, "%s", value);
}

static usph_status pair_real(usph_table *table, const char *name, double value,
                             int digits)
{
    char text[64];
    if (isnan(value))
        return USPH_OK;
    snprintf(text, sizeof text, "%.*g", digits, value);
    return pair(table, name, text);
}

static usph_status pair_effort(const sweep *s, const row *r, usph_table *table)
{
    const usph_found *f = &r->found;
    char text[256];
    snprintf(text, sizeof text,
             "%s after %llu starts, %llu evaluations; the best by %s",
             usph_reason_text(f->best.reason), (unsigned long long)f->starts,
             (unsigned long long)f->best.evals, usph_reason_text(f->chain));
    USPH_TRY(pair(table, "ended by", text));
    snprintf(text, sizeof text,
             "%llu of %llu starts ended at the best value, of %llu different ones",
             (unsigned long long)f->hits, (unsigned long long)f->starts,
             (unsigned long long)f->distinct);
    USPH_TRY(pair(table, "hits", text));
    return s->options->timing ? pair_real(table, "seconds", f->best.seconds, 3)
                              : USPH_OK;
}

/* One shape: a line a field, as of other solvers. */
static usph_status one_table(const sweep *s, usph_table *table)
{
    const row *r = &s->rows[0];
    const double value = metric_value(s, r->found.best.value);
    char text[2 * USPH_MAX_SPEC];
    char spec[USPH_MAX_SPEC];
    USPH_TRY(usph_table_column(table, "field"));
    USPH_TRY(usph_table_column(table, "value"));
    usph_metric_print(s->objective, spec, sizeof spec);
    USPH_TRY(pair(table, "objective", spec));
    snprintf(text, sizeof text, "%zu, %zu", r->shape.n, r->shape.d);
    USPH_TRY(pair(table, "n, d", text));
    usph_spec_print(&s->search.chain, spec, sizeof spec);
    snprintf(text, sizeof text, "search with %s (the default; --solver for others)",
             spec);
    USPH_TRY(pair(table, "solver", text));
    snprintf(text, sizeof text, "%s, seed %llu", points_text(s, spec, sizeof spec),
             (unsigned long long)s->search.seed);
    USPH_TRY(pair(table, "points", text));
    USPH_TRY(pair_real(table, "value", value, 13));
    USPH_TRY(
        pair_real(table, "sum", value * usph_metric_pairs(s->objective, r->shape), 13));
    USPH_TRY(pair_real(table, "grad_norm", r->found.best.grad_norm, 3));
    USPH_TRY(pair_effort(s, r, table));
    if (r->known == NULL)
        return pair(table, "best known", "no value is known for this n and d");
    snprintf(text, sizeof text, "%.13g (%s, %s)", r->known->value, r->known->status,
             r->known->source);
    USPH_TRY(pair(table, "best known", text));
    USPH_TRY(pair_real(table, "gap", gap(s, r), 3));
    return note_row(s, r, table);
}

static usph_status add_record(const sweep *s, const row *r, usph_baselines *baselines,
                              usph_table *records, usph_error *err)
{
    usph_record record = usph_record_new(s->objective, r->shape);
    usph_metric_print(s->objective, record.objective, sizeof record.objective);
    usph_spec_print(&s->search.chain, record.solver, sizeof record.solver);
    points_text(s, record.points, sizeof record.points);
    record.seed = s->search.seed;
    record.value = metric_value(s, r->found.best.value);
    record.sum = record.value * usph_metric_pairs(s->objective, r->shape);
    record.grad_norm = r->found.best.grad_norm;
    record.evals = r->found.best.evals;
    record.reason = usph_reason_text(r->found.best.reason);
    USPH_TRY(usph_record_score(
        &record, s->objective, baselines,
        (usph_scoring){ s->search.threads, s->options->suite.bounds }, err));
    return usph_record_row(records, &record, true);
}

static usph_status make_records(const sweep *s, usph_table *records, usph_error *err)
{
    usph_baselines baselines = { 0 };
    usph_status status = usph_record_columns(records, true);
    for (size_t i = 0; i < s->count && status == USPH_OK; i++)
        status = add_record(s, &s->rows[i], &baselines, records, err);
    usph_baselines_free(&baselines);
    return status;
}

static usph_status make_report(const sweep *s, usph_report *report, usph_error *err)
{
    const char *format = s->options->format->entry.name;
    usph_table *table = usph_report_table(report);
    if (table == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory");
    if (strcmp(format, "csv") == 0)
        return make_records(s, &report->records, err);
    if (strcmp(format, "json") != 0)
        return s->count == 1 ? one_table(s, table) : rows_table(s, table);
    report->documents = json_array();
    for (size_t i = 0; i < s->count; i++)
        if (json_array_append_new(report->documents, row_json(s, &s->rows[i])) != 0)
            return usph_fail(err, USPH_ERR_NOMEM, "out of memory");
    return USPH_OK;
}

/* Better than a proved bound by more than rounding: an error of ours. */
static bool is_impossible(const sweep *s, const row *r)
{
    const usph_bound bound = usph_metric_bound(s->objective, r->shape);
    const double value = metric_value(s, r->found.best.value);
    const double rounding = 1e-9 * fmax(1, fabs(bound.value));
    return higher(s) ? value > bound.value + rounding : value < bound.value - rounding;
}

static int exit_code(const sweep *s)
{
    int code = USPH_EXIT_OK;
    for (size_t i = 0; i < s->count; i++) {
        if (is_impossible(s, &s->rows[i])) {
            usph_complain("n = %zu: the value is better than a proved bound: please "
                          "report this as a bug",
                          s->rows[i].shape.n);
            return USPH_EXIT_CHECK;
        }
        if (!usph_reason_done(s->rows[i].found.chain))
            code = USPH_EXIT_UNCONVERGED;
    }
    if (*usph_interrupted() != 0)
        return USPH_EXIT_SIGNAL + (int)*usph_interrupted();
    return code;
}

static int finish(const sweep *s, usph_error *err)
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
    return code != USPH_EXIT_OK ? code : exit_code(s);
}

int usph_solve_search(const usph_options *options)
{
    sweep s = { .options = options };
    usph_error err = { "" };
    usph_status status = prepare(&s, &err);
    if (status == USPH_OK)
        status = run(&s, &err);
    const int code =
        status == USPH_OK ? finish(&s, &err) : usph_complain_of(status, &err);
    usph_points_free(&s.best);
    free(s.rows);
    return code;
}
