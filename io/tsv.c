#include "io/format.h"
#include "io/table.h"

static usph_status tsv_print(usph_shape shape, const double *x, usph_sink *sink)
{
    return usph_table_print(shape, x, '\t', sink);
}

const usph_format usph_format_tsv = {
    .entry = {
        .name = "tsv",
        .title = "text, tab separated",
        .formula = "x_11 TAB x_12 TAB ... x_1d, one line for each point",
        .note = "Read like text.",
    },
    .extensions = "tsv",
    .parse = usph_table_parse,
    .print = tsv_print,
};
