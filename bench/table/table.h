#ifndef USPH_BENCH_TABLE_TABLE_H
#define USPH_BENCH_TABLE_TABLE_H

#include <jansson.h>

#include "core/buffer.h"
#include "core/entry.h"
#include "io/durable.h"

/** A table of text cells, whatever it is about. Zero-initialize it. */
typedef struct usph_table {
    char *title;       /* owned; NULL: none */
    usph_buffer heads; /* columns texts, each ending in NUL */
    usph_buffer cells; /* rows x columns texts, row by row */
    usph_buffer notes; /* lines under the table, each ending in NUL */
    size_t columns;
    size_t count; /* cells so far */
    size_t notes_count;
} usph_table;

usph_status usph_table_title(usph_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3))) USPH_MUST_CHECK;
usph_status usph_table_column(usph_table *table, const char *head) USPH_MUST_CHECK;

/** Append the next cell, row by row. */
usph_status usph_table_cell(usph_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3))) USPH_MUST_CHECK;

/** Append a number cell with so many significant digits; NAN is an empty cell. */
usph_status usph_table_real(usph_table *table, double value,
                            int digits) USPH_MUST_CHECK;

usph_status usph_table_note(usph_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3))) USPH_MUST_CHECK;
void usph_table_free(usph_table *table);

/** A table as arrays of texts, borrowed from it: what writers work with. */
typedef struct usph_cells {
    size_t rows, columns;
    const char **head; /* columns */
    const char **cell; /* rows x columns */
    const char **note; /* notes_count of the table */
    size_t *width;     /* columns, characters of the widest line of head or cell */
    size_t *done;      /* columns zeros, for writers that break heads over lines */
} usph_cells;

usph_status usph_cells_of(const usph_table *table, usph_cells *out) USPH_MUST_CHECK;
void usph_cells_free(usph_cells *cells);

/** Characters (not bytes) of a UTF-8 text. */
size_t usph_text_width(const char *text);

/** All that a command has to say, in the forms that the writers print. */
typedef struct usph_report {
    usph_table *tables; /* for people */
    size_t count;
    usph_table records; /* for CSV: one record a row */
    json_t *documents;  /* array; each is printed on a line of its own */
    bool bold;          /* heads in bold: a terminal that wants colour */
} usph_report;

/** Append an empty table and return it, or NULL if memory is out. */
usph_table *usph_report_table(usph_report *report);
void usph_report_free(usph_report *report);

/** A form that reports can be printed in: one per file bench/table/write_NAME.c. */
typedef struct usph_writer {
    usph_entry entry;
    usph_status (*print)(const usph_report *report, usph_sink *sink);
} usph_writer;

extern const usph_registry usph_writers;

static inline const usph_writer *usph_writer_of(const usph_entry *entry)
{
    return (const usph_writer *)entry; /* entry is the first member */
}

#endif
