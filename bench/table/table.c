#include "bench/table/table.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_CELL = 1024, /* bytes of one cell */
};

static usph_status append_text(usph_buffer *buffer, const char *format, va_list args)
{
    char text[MAX_CELL];
    vsnprintf(text, sizeof text, format, args);
    return usph_buffer_append(buffer, text, strlen(text) + 1);
}

usph_status usph_table_title(usph_table *table, const char *format, ...)
{
    char text[MAX_CELL];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    free(table->title);
    table->title = strdup(text);
    return table->title != NULL ? USPH_OK : USPH_ERR_NOMEM;
}

usph_status usph_table_column(usph_table *table, const char *head)
{
    USPH_TRY(usph_buffer_append(&table->heads, head, strlen(head) + 1));
    table->columns++;
    return USPH_OK;
}

usph_status usph_table_cell(usph_table *table, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const usph_status status = append_text(&table->cells, format, args);
    va_end(args);
    table->count += status == USPH_OK;
    return status;
}

usph_status usph_table_real(usph_table *table, double value, int digits)
{
    if (isnan(value))
        return usph_table_cell(table, "%s", "");
    return usph_table_cell(table, "%.*g", digits, value);
}

usph_status usph_table_note(usph_table *table, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const usph_status status = append_text(&table->notes, format, args);
    va_end(args);
    table->notes_count += status == USPH_OK;
    return status;
}

void usph_table_free(usph_table *table)
{
    free(table->title);
    usph_buffer_free(&table->heads);
    usph_buffer_free(&table->cells);
    usph_buffer_free(&table->notes);
    *table = (usph_table){ 0 };
}

/* Pointers to `count` texts that lie one after the other. */
static void point_at(const usph_buffer *buffer, size_t count, const char **out)
{
    const char *text = buffer->data;
    for (size_t i = 0; i < count; i++) {
        out[i] = text != NULL ? text : ""; /* no text at all: an empty buffer */
        text = text != NULL ? text + strlen(text) + 1 : NULL;
    }
}

size_t usph_text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80; /* not a continuation byte */
    return width;
}

usph_status usph_cells_of(const usph_table *table, usph_cells *out)
{
    const size_t texts = table->columns + table->count + table->notes_count;
    const char **text = calloc(texts + 1, sizeof *text);
    size_t *width = calloc(2 * table->columns + 1, sizeof *width);
    if (text == NULL || width == NULL) {
        free(text);
        free(width);
        return USPH_ERR_NOMEM;
    }
    *out = (usph_cells){
        .rows = table->columns > 0 ? table->count / table->columns : 0,
        .columns = table->columns,
        .head = text,
        .cell = text + table->columns,
        .note = text + table->columns + table->count,
        .width = width,
        .done = width + table->columns,
    };
    point_at(&table->heads, table->columns, out->head);
    point_at(&table->cells, table->count, out->cell);
    point_at(&table->notes, table->notes_count, out->note);
    for (size_t i = 0; i < table->columns + table->count; i++) {
        assert(text[i] != NULL);
        const size_t w = usph_text_width(text[i]);
        size_t *column = &width[i % table->columns];
        *column = w > *column ? w : *column;
    }
    return USPH_OK;
}

void usph_cells_free(usph_cells *cells)
{
    free(cells->head);
    free(cells->width);
    *cells = (usph_cells){ 0 };
}

usph_table *usph_report_table(usph_report *report)
{
    usph_table *tables =
        realloc(report->tables, (report->count + 1) * sizeof *report->tables);
    if (tables == NULL)
        return NULL;
    report->tables = tables;
    usph_table *table = &tables[report->count++];
    *table = (usph_table){ 0 };
    return table;
}

void usph_report_free(usph_report *report)
{
    for (size_t t = 0; t < report->count; t++)
        usph_table_free(&report->tables[t]);
    free(report->tables);
    usph_table_free(&report->records);
    json_decref(report->documents);
    *report = (usph_report){ 0 };
}
