#include "bench/cli/commands.h"
#include "io/format.h"
#include "points/generator.h"

static usph_status make_points(const usph_options *options, usph_error *err)
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
    return status;
}

int usph_cmd_points(const usph_options *options)
{
    usph_error err = { "" };
    const usph_status status = make_points(options, &err);
    return status == USPH_OK ? USPH_EXIT_OK : usph_complain_of(status, &err);
}
