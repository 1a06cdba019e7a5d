#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "bench/suite/baseline.h"
#include "bench/suite/pivot.h"
#include "bench/suite/suite.h"
#include "bench/suite/tails.h"
#include "bench/table/table.h"
#include "points/generator.h"
#include "tests/runner.h"

static const struct {
    const char *text;
    bool relative;
    size_t d;
    size_t want[6]; /* ends at 0; empty: refused */
} SIZES[] = {
    { "3", false, 0, { 3 } },
    { "3,4,8", false, 0, { 3, 4, 8 } },
    { "2..5", false, 0, { 2, 3, 4, 5 } },
    { "d", true, 7, { 7 } },
    { "d+1,2d,d^2,10", true, 5, { 6, 10, 25, 10 } },
    { "2d+3", true, 5, { 13 } },
    { "3d^2", true, 4, { 48 } },
    { "d", false, 3, { 0 } },
    { "0", false, 0, { 0 } },
    { "", false, 0, { 0 } },
    { "3,", false, 0, { 0 } },
    { "3;4", false, 0, { 0 } },
    { "-3", false, 0, { 0 } },
    { "5..2", false, 0, { 0 } },
    { "1..1000", false, 0, { 0 } },
    { "99999999999999999999", false, 0, { 0 } },
};

START_TEST(test_sizes)
{
    usph_sizes sizes = { .count = 0 };
    usph_error err = { "" };
    const usph_status status =
        usph_sizes_parse(SIZES[_i].text, SIZES[_i].relative, &sizes, &err);
    if (SIZES[_i].want[0] == 0) {
        ck_assert_msg(status != USPH_OK && err.text[0] != '\0', "'%s'", SIZES[_i].text);
        return;
    }
    usph_assert_ok(status, err);
    for (size_t k = 0; k < 6 && SIZES[_i].want[k] != 0; k++) {
        ck_assert_uint_lt(k, sizes.count);
        ck_assert_uint_eq(usph_size_at(sizes.items[k], SIZES[_i].d), SIZES[_i].want[k]);
    }
}
END_TEST

static void small_suite(usph_suite *suite)
{
    static const char *const OBJECTIVES[] = { "energy/log", "energy/riesz:s=1" };
    static const char *const METRICS[] = { "separation", "energy/log",
                                           "frame_potential" };
    usph_error err = { "" };
    *suite = (usph_suite){ .seeds = 2, .seed = 5, .threads = 1 };
    suite->points =
        usph_spec_default(usph_registry_find(&usph_generators, "uniform", 7));
    for (size_t k = 0; k < 2; k++)
        usph_assert_ok(
            usph_metric_parse(OBJECTIVES[k], &suite->objectives.items[k], &err), err);
    for (size_t k = 0; k < 3; k++)
        usph_assert_ok(usph_metric_parse(METRICS[k], &suite->metrics.items[k], &err),
                       err);
    suite->objectives.count = 2;
    suite->metrics.count = 3;
    usph_assert_ok(usph_sizes_parse("3,4", false, &suite->d, &err), err);
    usph_assert_ok(usph_sizes_parse("d+1,2d", true, &suite->n, &err), err);
}

START_TEST(test_suite_is_a_product)
{
    usph_suite *suite = malloc(sizeof *suite);
    size_t seen[2][2][2][2] = { 0 };
    small_suite(suite);
    ck_assert_uint_eq(usph_suite_count(suite), 16);
    for (size_t i = 0; i < 16; i++) {
        const usph_item item = usph_suite_item(suite, i);
        const size_t objective = (size_t)(item.objective - suite->objectives.items);
        const size_t simplex = item.shape.n == item.shape.d + 1;
        ck_assert(simplex || item.shape.n == 2 * item.shape.d);
        seen[objective][item.shape.d - 3][simplex][item.seed - 5]++;
    }
    for (size_t i = 0; i < 16; i++)
        ck_assert_uint_eq(((size_t *)seen)[i], 1);
    free(suite);
}
END_TEST

START_TEST(test_suite_finds_optima_and_scores_them)
{
    usph_suite *suite = malloc(sizeof *suite);
    usph_record *records = calloc((size_t)16 * 3, sizeof *records);
    usph_error err = { "" };
    small_suite(suite);
    usph_assert_ok(usph_suite_run(suite, records, NULL, NULL, &err), err);
    for (size_t i = 0; i < (size_t)16 * 3; i++) {
        /* every set is a simplex or a cross-polytope: all optimal in all three */
        usph_assert_close(records[i].q, 1, 1e-7, "%s of %s", records[i].metric,
                          records[i].objective);
        ck_assert_str_eq(records[i].best, USPH_BEST_TIGHT);
        ck_assert_str_eq(records[i].reason, "gradient");
        ck_assert(!records[i].impossible && !records[i].candidate);
    }
    usph_report report = { 0 };
    ck_assert_int_eq(usph_pivot(records, (size_t)16 * 3, "objective", "metric",
                                USPH_CELL_Q, "Q", &report),
                     USPH_OK);
    ck_assert_uint_eq(report.count, 4); /* two d, two n */
    usph_cells cells;
    ck_assert_int_eq(usph_cells_of(&report.tables[0], &cells), USPH_OK);
    ck_assert_uint_eq(cells.rows, 2);
    ck_assert_uint_eq(cells.columns, 4);
    ck_assert_str_eq(cells.head[1], "separation");
    ck_assert_str_eq(cells.cell[0], "energy/log");
    ck_assert_str_eq(cells.cell[1], "1.00000");
    usph_cells_free(&cells);
    usph_report_free(&report);
    free(records);
    free(suite);
}
END_TEST

START_TEST(test_record_json)
{
    usph_metric_spec m;
    usph_error err = { "" };
    usph_assert_ok(usph_metric_parse("energy/log", &m, &err), err);
    usph_record record = usph_record_new(&m, (usph_shape){ 4, 3 });
    record.value = INFINITY;
    record.q = 0.1;
    json_t *json = usph_record_json(&record, true);
    ck_assert(json_is_null(json_object_get(json, "value")));
    ck_assert_str_eq(json_string_value(json_object_get(json, "value_nonfinite")),
                     "inf");
    ck_assert_double_eq(json_real_value(json_object_get(json, "q")), 0.1);
    ck_assert(json_is_null(json_object_get(json, "p_value")));
    ck_assert_int_eq((int)json_integer_value(json_object_get(json, "n")), 4);
    ck_assert_str_eq(json_string_value(json_object_get(json, "better")), "lower");
    json_decref(json);
}
END_TEST

/* Known energies: Q of the optimum is 1, of a worse value below, of a better one
 * marked. */
START_TEST(test_score_against_known_values)
{
    const usph_shape shape = { 32, 3 };
    usph_metric_spec m;
    usph_baselines baselines = { 0 };
    const usph_scoring how = { .threads = 1 };
    usph_score score;
    usph_error err = { "" };
    usph_assert_ok(usph_metric_parse("energy/riesz:s=1", &m, &err), err);
    const double best = 412.261274651 / 496;
    usph_assert_ok(usph_score_of(&baselines, &m, shape, best, how, &score, &err), err);
    ck_assert_str_eq(score.best_kind, USPH_BEST_KNOWN);
    ck_assert_str_eq(score.iid.kind, USPH_IID_EXACT);
    usph_assert_close(score.q, 1, 1e-9, "optimum");
    ck_assert(!score.record);
    usph_assert_ok(usph_score_of(&baselines, &m, shape, 1, how, &score, &err), err);
    usph_assert_close(score.q, 0, 1e-15, "random");
    usph_assert_ok(
        usph_score_of(&baselines, &m, shape, best * (1 - 1e-8), how, &score, &err),
        err);
    ck_assert(score.record && !score.impossible);
    usph_assert_ok(usph_score_of(&baselines, &m, shape, 0.6, how, &score, &err), err);
    ck_assert(score.impossible);
    usph_baselines_free(&baselines);
}
END_TEST

static char *print(const char *format, const usph_report *report)
{
    char path[] = "/tmp/usph_bench_XXXXXX";
    const int fd = mkstemp(path);
    static usph_sink sink;
    usph_error err = { "" };
    char *text = calloc(1, 4096);
    const usph_entry *entry = usph_registry_find(&usph_writers, format, strlen(format));
    ck_assert_int_ge(fd, 0);
    usph_assert_ok(usph_sink_open(path, &sink, &err), err);
    ck_assert_int_eq(usph_writer_of(entry)->print(report, &sink), USPH_OK);
    usph_assert_ok(usph_sink_commit(&sink), err);
    FILE *file = fopen(path, "r");
    ck_assert_uint_lt(fread(text, 1, 4095, file), 4095);
    fclose(file);
    close(fd);
    unlink(path);
    return text;
}

START_TEST(test_writers_escape)
{
    static const struct {
        const char *format;
        const char *want;
    } WANT[] = {
        { "text", "a|b_%" },
        { "md", "a\\|b_%" },
        { "latex", "a\\textbar{}b\\_\\%" },
        { "csv", "\"say \"\"hi\"\", x\"" },
        { "json", "{\"x\":0.10000000000000001}" },
    };
    usph_report report = { .documents = json_array() };
    json_t *doc = json_object();
    json_object_set_new(doc, "x", json_real(0.1));
    json_array_append_new(report.documents, doc);
    usph_table *table = usph_report_table(&report);
    ck_assert_int_eq(usph_table_column(table, "head"), USPH_OK);
    ck_assert_int_eq(usph_table_cell(table, "a|b_%%"), USPH_OK);
    ck_assert_int_eq(usph_table_column(&report.records, "head"), USPH_OK);
    ck_assert_int_eq(usph_table_cell(&report.records, "say \"hi\", x"), USPH_OK);
    for (size_t k = 0; k < sizeof WANT / sizeof *WANT; k++) {
        char *text = print(WANT[k].format, &report);
        ck_assert_msg(strstr(text, WANT[k].want) != NULL, "%s: %s", WANT[k].format,
                      text);
        free(text);
    }
    usph_report_free(&report);
}
END_TEST

/* Frequencies over the draws of the baselines, whatever the number of threads. */
START_TEST(test_tails_by_draws)
{
    enum {
        DRAWS = 39,
        METRICS = 3
    };
    static const char *const TEXTS[METRICS] = { "energy/log", "rayleigh", "ccf09:k=3" };
    const usph_shape shape = { 12, 4 };
    usph_metric_spec m[METRICS];
    usph_record records[2][METRICS];
    usph_status undefined[METRICS];
    usph_workspace ws = { 0 };
    usph_points ours = { 0 };
    usph_error err = { "" };
    for (size_t k = 0; k < METRICS; k++)
        usph_assert_ok(usph_metric_parse(TEXTS[k], &m[k], &err), err);
    /* a set that is one of the draws itself: never more extreme than all of them */
    ck_assert_int_eq(usph_baseline_points(shape, 5, &ours), USPH_OK);
    for (unsigned t = 0; t < 2; t++) {
        for (size_t k = 0; k < METRICS; k++)
            records[t][k] = usph_record_new(&m[k], shape);
        usph_assert_ok(usph_records_measure(records[t], m, METRICS, shape, ours.x, &ws,
                                            undefined, &err),
                       err);
        ck_assert_ptr_null(records[t][0].p_method);
        ck_assert_str_eq(records[t][1].p_method, "asymptotic");
        ck_assert_ptr_null(records[t][2].p_method); /* no law is known */
        usph_assert_ok(
            usph_records_draw(records[t], m, METRICS, shape, DRAWS, t + 1, &err), err);
    }
    ck_assert(isnan(records[0][0].p_value)); /* no test */
    for (size_t k = 1; k < METRICS; k++) {
        const usph_record *r = &records[0][k];
        ck_assert_str_eq(r->p_method, "monte_carlo");
        ck_assert(r->p_lower == records[1][k].p_lower);
        /* all values differ: each draw is on one side, ours on both */
        usph_assert_close(r->p_lower + r->p_upper, 1 + 2.0 / (DRAWS + 1), 1e-15, "%s",
                          TEXTS[k]);
        ck_assert_double_ge(r->p_lower, 2.0 / (DRAWS + 1));
    }
    usph_workspace_free(&ws);
    usph_points_free(&ours);
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("bench");
    TCase *tc = tcase_create("bench");
    tcase_add_loop_test(tc, test_sizes, 0, sizeof SIZES / sizeof *SIZES);
    tcase_add_test(tc, test_suite_is_a_product);
    tcase_add_test(tc, test_suite_finds_optima_and_scores_them);
    tcase_add_test(tc, test_record_json);
    tcase_add_test(tc, test_score_against_known_values);
    tcase_add_test(tc, test_writers_escape);
    tcase_add_test(tc, test_tails_by_draws);
    suite_add_tcase(suite, tc);
    return suite;
}
