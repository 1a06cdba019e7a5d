#include "io/format.h"
#include "io/table.h"

static usph_status csv_print(usph_shape shape, const double *x, usph_sink *sink)
{
    return usph_table_print(shape, x, ',', sink);
}

const usph_format usph_format_csv = {
    .entry = {
        .name = "csv",
        .title = "text, comma separated",
        .formula = "x_11,x_12,...,x_1d, one line for each point",
        .note = "Read like text. A header of numbers, as of unnamed columns, is taken "
                "for a point.",
    },
    .extensions = "csv",
    .parse = usph_table_parse,
    .print = csv_print,
};
