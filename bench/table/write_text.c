#include <stdio.h>
#include <string.h>

#include "bench/table/table.h"

/* A head is broken after / and : and _ so that columns are as narrow as their numbers.
 */
static size_t head_part(const char *text, size_t room)
{
    const size_t all = strlen(text);
    size_t cut = 0;
    if (all <= room)
        return all;
    for (size_t i = 1; i < all && i <= room; i++)
        if (strchr("/:_ ,", text[i - 1]) != NULL)
            cut = i;
    if (cut == 0)
        cut = strcspn(text, "/:_ ,") < all ? strcspn(text, "/:_ ,") + 1 : all;
    return cut;
}

/* Whether no row has anything to say in a column: then it is left out. */
static bool is_empty(const usph_cells *cells, size_t c)
{
    for (size_t r = 0; r < cells->rows; r++)
        if (cells->cell[r * cells->columns + c][0] != '\0')
            return false;
    return true;
}

static size_t column_width(const usph_cells *cells, size_t c)
{
    size_t width = 9;
    for (size_t r = 0; r < cells->rows; r++) {
        const size_t w = usph_text_width(cells->cell[r * cells->columns + c]);
        width = w > width ? w : width;
    }
    /* parts that cannot be broken */
    for (const char *head = cells->head[c]; *head != '\0';) {
        const size_t part = head_part(head, width);
        width = part > width ? part : width;
        head += part;
    }
    return width;
}

static usph_status put_padded(usph_sink *sink, const char *text, size_t len,
                              size_t width, bool left)
{
    const int pad = width > len ? (int)(width - len) : 0;
    if (left)
        return usph_sink_printf(sink, "%.*s%*s", (int)len, text, pad, "");
    return usph_sink_printf(sink, "%*s%.*s", pad, "", (int)len, text);
}

/* A column of words reads better from the left, a column of numbers from the right. */
static bool is_words(const usph_cells *cells, size_t c)
{
    for (size_t r = 0; r < cells->rows; r++) {
        const char *cell = cells->cell[r * cells->columns + c];
        if (*cell != '\0' && strchr("+-.0123456789", *cell) == NULL &&
            strcmp(cell, "inf") != 0)
            return true;
    }
    return false;
}

/* The last column that is shown, which needs no blanks behind it. */
static size_t last_column(const usph_cells *cells)
{
    size_t last = cells->columns - 1;
    while (last > 0 && is_empty(cells, last))
        last--;
    return last;
}

static usph_status put_head(const usph_cells *cells, bool bold, usph_sink *sink)
{
    const size_t last = last_column(cells);
    bool more = true;
    while (more) {
        more = false;
        USPH_TRY(usph_sink_printf(sink, "%s", bold ? "\033[1m" : ""));
        for (size_t c = 0; c <= last; c++) {
            if (is_empty(cells, c))
                continue;
            const bool left = c == 0 || is_words(cells, c);
            size_t *at = &cells->done[c];
            const char *rest = cells->head[c] + *at;
            const size_t part = head_part(rest, cells->width[c]);
            USPH_TRY(put_padded(sink, rest, part,
                                left && c == last ? 0 : cells->width[c], left));
            USPH_TRY(usph_sink_printf(sink, "%s", c < last ? "  " : ""));
            *at += part;
            more = more || rest[part] != '\0';
        }
        USPH_TRY(usph_sink_printf(sink, "%s\n", bold ? "\033[0m" : ""));
    }
    return USPH_OK;
}

static usph_status put_rows(const usph_cells *cells, usph_sink *sink)
{
    const size_t end = last_column(cells);
    for (size_t r = 0; r < cells->rows; r++) {
        for (size_t c = 0; c <= end; c++) {
            const char *cell = cells->cell[r * cells->columns + c];
            const bool last = c == end;
            if (is_empty(cells, c))
                continue;
            const bool left = c == 0 || is_words(cells, c);
            const size_t wide = cells->width[c] + strlen(cell) - usph_text_width(cell);
            USPH_TRY(
                put_padded(sink, cell, strlen(cell), last && left ? 0 : wide, left));
            USPH_TRY(usph_sink_printf(sink, "%s", last ? "\n" : "  "));
        }
    }
    return USPH_OK;
}

static usph_status put_table(const usph_table *table, bool bold, usph_sink *sink)
{
    usph_cells cells;
    USPH_TRY(usph_cells_of(table, &cells));
    usph_status status = USPH_OK;
    for (size_t c = 0; c < cells.columns; c++)
        cells.width[c] = column_width(&cells, c);
    if (table->title != NULL)
        status = usph_sink_printf(sink, "%s\n", table->title);
    /* a table of notes alone has no columns */
    if (status == USPH_OK && cells.rows > 0)
        status = put_head(&cells, bold, sink);
    if (status == USPH_OK && cells.rows > 0)
        status = put_rows(&cells, sink);
    for (size_t k = 0; k < table->notes_count && status == USPH_OK; k++)
        status = usph_sink_printf(sink, "%s\n", cells.note[k]);
    usph_cells_free(&cells);
    return status;
}

static usph_status text_print(const usph_report *report, usph_sink *sink)
{
    for (size_t t = 0; t < report->count; t++) {
        if (t > 0)
            USPH_TRY(usph_sink_printf(sink, "\n"));
        USPH_TRY(put_table(&report->tables[t], report->bold, sink));
    }
    return USPH_OK;
}

/** Aligned columns for a terminal. */
const usph_writer usph_writer_text = {
    .entry = {
        .name = "text",
        .title = "aligned text",
        .formula = "columns padded with blanks, heads broken over several lines",
    },
    .print = text_print,
};
