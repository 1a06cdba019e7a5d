#include "io/format.h"
#include "io/table.h"

static usph_status text_print(usph_shape shape, const double *x, usph_sink *sink)
{
    return usph_table_print(shape, x, ' ', sink);
}

const usph_format usph_format_text = {
    .entry = {
        .name = "text",
        .title = "text, one point a line",
        .formula = "x_11 x_12 ... x_1d, one line for each point",
        .note = "Read are blanks, tabs, commas or semicolons between numbers, lines of "
                "comment after # or %, and a header line without numbers. Also what an "
                "unknown file is taken for.",
    },
    .extensions = "txt dat",
    .parse = usph_table_parse,
    .print = text_print,
};
