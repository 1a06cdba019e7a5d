#include <string.h>

#include "bench/table/escape.h"
#include "bench/table/table.h"

static const usph_escape QUOTES[] = { { '"', "\"\"" }, { '\0', NULL } };

static usph_status put_field(const char *text, usph_sink *sink)
{
    if (strpbrk(text, ",\"\r\n") == NULL)
        return usph_sink_printf(sink, "%s", text);
    USPH_TRY(usph_sink_printf(sink, "\""));
    USPH_TRY(usph_put_escaped(sink, text, QUOTES));
    return usph_sink_printf(sink, "\"");
}

static usph_status put_rows(const char *const *cells, size_t rows, size_t columns,
                            usph_sink *sink)
{
    for (size_t i = 0; i < rows * columns; i++) {
        USPH_TRY(put_field(cells[i], sink));
        USPH_TRY(usph_sink_printf(sink, "%s", (i + 1) % columns == 0 ? "\n" : ","));
    }
    return USPH_OK;
}

static usph_status csv_print(const usph_report *report, usph_sink *sink)
{
    usph_cells cells;
    USPH_TRY(usph_cells_of(&report->records, &cells));
    usph_status status = put_rows(cells.head, 1, cells.columns, sink);
    if (status == USPH_OK)
        status = put_rows(cells.cell, cells.rows, cells.columns, sink);
    usph_cells_free(&cells);
    return status;
}

/** Records in long form: one measured number a line (RFC 4180, with LF). */
const usph_writer usph_writer_csv = {
    .entry = {
        .name = "csv",
        .title = "CSV",
        .formula = "one record a line, fields as in docs/reference/records.md",
    },
    .print = csv_print,
};
