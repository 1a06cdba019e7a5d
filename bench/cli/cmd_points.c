#include <string.h>

#include "bench/cli/commands.h"
#include "io/format.h"
#include "points/generator.h"

/* Where the points went and what they are; on standard error if they took the output.
 */
static usph_status fill_report(const usph_options *options, usph_shape shape,
                               usph_report *report)
{
    char spec[USPH_MAX_SPEC];
    usph_table *tables[] = { usph_report_table(report), &report->records };
    json_t *doc = usph_document("points");
    usph_spec_print(&options->suite.points, spec, sizeof spec);
    for (size_t t = 0; t < 2; t++) {
        static const char *const HEADS[] = { "points", "n", "d", "seed" };
        if (tables[t] == NULL)
            return USPH_ERR_NOMEM;
        for (size_t h = 0; h < sizeof HEADS / sizeof *HEADS; h++)
            USPH_TRY(usph_table_column(tables[t], HEADS[h]));
        USPH_TRY(usph_table_cell(tables[t], "%s", spec));
        USPH_TRY(usph_table_cell(tables[t], "%zu", shape.n));
        USPH_TRY(usph_table_cell(tables[t], "%zu", shape.d));
        USPH_TRY(usph_table_cell(tables[t], "%llu",
                                 (unsigned long long)options->suite.seed));
    }
    json_object_set_new(doc, "points", json_string(spec));
    json_object_set_new(doc, "n", json_integer((json_int_t)shape.n));
    json_object_set_new(doc, "d", json_integer((json_int_t)shape.d));
    json_object_set_new(doc, "seed", json_integer((json_int_t)options->suite.seed));
    report->documents = json_array();
    return json_array_append_new(report->documents, doc) == 0 ? USPH_OK
                                                              : USPH_ERR_NOMEM;
}

static usph_status make_points(const usph_options *options, usph_shape *out,
                               usph_error *err)
{
    const usph_spec *spec = &options->suite.points;
    const char *path = options->output != NULL ? options->output : "-";
    usph_points points = { 0 };
    usph_shape shape;
    usph_rng rng;
    USPH_TRY(usph_single_shape(options, &shape, err));
    USPH_TRY(usph_generator_shape(spec, &shape, err));
    USPH_TRY(usph_points_alloc(shape, &points, err));
    usph_rng_init(&rng, options->suite.seed, 0, USPH_FOR_POINTS);
    usph_generate(spec, shape, &rng, points.x);
    const usph_status status = usph_points_write(path, shape, points.x, err);
    usph_points_free(&points);
    *out = shape;
    return status;
}

int usph_cmd_points(const usph_options *options)
{
    const bool taken = options->output == NULL || strcmp(options->output, "-") == 0;
    usph_error err = { "" };
    usph_report report = { 0 };
    usph_shape shape;
    usph_status status = make_points(options, &shape, &err);
    if (status == USPH_OK)
        status = fill_report(options, shape, &report);
    int code = USPH_EXIT_OK;
    if (status != USPH_OK)
        code = usph_complain_of(status, &err);
    else if (!taken || !options->quiet)
        code = usph_emit(options, &report, taken ? "/dev/stderr" : "-");
    usph_report_free(&report);
    return code;
}
