#include "bench/table/escape.h"
#include "bench/table/table.h"

static const usph_escape ESCAPES[] = {
    { '_', "\\_" },
    { '%', "\\%" },
    { '&', "\\&" },
    { '#', "\\#" },
    { '$', "\\$" },
    { '{', "\\{" },
    { '}', "\\}" },
    { '^', "\\textasciicircum{}" },
    { '~', "\\textasciitilde{}" },
    { '<', "\\textless{}" },
    { '>', "\\textgreater{}" },
    { '|', "\\textbar{}" },
    { '\\', "\\textbackslash{}" },
    { '\n', " " },
    { '\0', NULL },
};

static usph_status put_row(const char *const *cells, size_t count, usph_sink *sink)
{
    for (size_t c = 0; c < count; c++) {
        USPH_TRY(usph_sink_printf(sink, "%s", c > 0 ? " & " : ""));
        USPH_TRY(usph_put_escaped(sink, cells[c], ESCAPES));
    }
    return usph_sink_printf(sink, " \\\\\n");
}

static usph_status put_cells(const usph_table *table, const usph_cells *cells,
                             usph_sink *sink)
{
    USPH_TRY(usph_sink_printf(sink, "\\begin{table}\n\\centering\n"));
    if (table->title != NULL) {
        USPH_TRY(usph_sink_printf(sink, "\\caption{"));
        USPH_TRY(usph_put_escaped(sink, table->title, ESCAPES));
        USPH_TRY(usph_sink_printf(sink, "}\n"));
    }
    USPH_TRY(usph_sink_printf(sink, "\\begin{tabular}{l"));
    for (size_t c = 1; c < cells->columns; c++)
        USPH_TRY(usph_sink_printf(sink, "r"));
    USPH_TRY(usph_sink_printf(sink, "}\n\\toprule\n"));
    USPH_TRY(put_row(cells->head, cells->columns, sink));
    USPH_TRY(usph_sink_printf(sink, "\\midrule\n"));
    for (size_t r = 0; r < cells->rows; r++)
        USPH_TRY(put_row(cells->cell + r * cells->columns, cells->columns, sink));
    USPH_TRY(usph_sink_printf(sink, "\\bottomrule\n\\end{tabular}\n"));
    for (size_t k = 0; k < table->notes_count; k++) {
        USPH_TRY(usph_sink_printf(sink, "\\par\\footnotesize "));
        USPH_TRY(usph_put_escaped(sink, cells->note[k], ESCAPES));
        USPH_TRY(usph_sink_printf(sink, "\n"));
    }
    return usph_sink_printf(sink, "\\end{table}\n");
}

static usph_status latex_print(const usph_report *report, usph_sink *sink)
{
    USPH_TRY(usph_sink_printf(sink, "%% needs \\usepackage{booktabs}\n"));
    for (size_t t = 0; t < report->count; t++) {
        usph_cells cells;
        USPH_TRY(usph_cells_of(&report->tables[t], &cells));
        const usph_status status = put_cells(&report->tables[t], &cells, sink);
        usph_cells_free(&cells);
        USPH_TRY(status);
    }
    return USPH_OK;
}

/** LaTeX tables in the style of booktabs. */
const usph_writer usph_writer_latex = {
    .entry = {
        .name = "latex",
        .title = "LaTeX",
        .formula = "table environments with booktabs rules",
    },
    .print = latex_print,
};
