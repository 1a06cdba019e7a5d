#include "bench/table/escape.h"
#include "bench/table/table.h"

static const usph_escape ESCAPES[] = {
    { '|', "\\|" }, { '<', "&lt;" }, { '*', "\\*" }, { '\n', "<br>" }, { '\0', NULL },
};

static usph_status put_row(const char *const *cells, size_t count, usph_sink *sink)
{
    USPH_TRY(usph_sink_printf(sink, "|"));
    for (size_t c = 0; c < count; c++) {
        USPH_TRY(usph_sink_printf(sink, " "));
        USPH_TRY(usph_put_escaped(sink, cells[c], ESCAPES));
        USPH_TRY(usph_sink_printf(sink, " |"));
    }
    return usph_sink_printf(sink, "\n");
}

static usph_status put_cells(const usph_table *table, const usph_cells *cells,
                             usph_sink *sink)
{
    if (table->title != NULL)
        USPH_TRY(usph_sink_printf(sink, "### %s\n\n", table->title));
    if (cells->rows > 0) {
        USPH_TRY(put_row(cells->head, cells->columns, sink));
        USPH_TRY(usph_sink_printf(sink, "|"));
        for (size_t c = 0; c < cells->columns; c++)
            USPH_TRY(usph_sink_printf(sink, " --- |"));
        USPH_TRY(usph_sink_printf(sink, "\n"));
    }
    for (size_t r = 0; r < cells->rows; r++)
        USPH_TRY(put_row(cells->cell + r * cells->columns, cells->columns, sink));
    for (size_t k = 0; k < table->notes_count; k++) {
        USPH_TRY(usph_sink_printf(sink, "\n"));
        USPH_TRY(usph_put_escaped(sink, cells->note[k], ESCAPES));
        USPH_TRY(usph_sink_printf(sink, "\n"));
    }
    return USPH_OK;
}

static usph_status md_print(const usph_report *report, usph_sink *sink)
{
    for (size_t t = 0; t < report->count; t++) {
        usph_cells cells;
        if (t > 0)
            USPH_TRY(usph_sink_printf(sink, "\n"));
        USPH_TRY(usph_cells_of(&report->tables[t], &cells));
        const usph_status status = put_cells(&report->tables[t], &cells, sink);
        usph_cells_free(&cells);
        USPH_TRY(status);
    }
    return USPH_OK;
}

/** Markdown tables. */
const usph_writer usph_writer_md = {
    .entry = {
        .name = "md",
        .title = "Markdown",
        .formula = "one table per block, with a heading",
    },
    .print = md_print,
};
