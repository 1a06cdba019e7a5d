#ifndef USPH_IO_SCAN_H
#define USPH_IO_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buffer.h"
#include "core/points.h"

enum {
    USPH_QUOTE_BYTES = 44, /* longest piece of a file repeated in a message, and NUL */
};

/**
 * A text read line by line and, within a line, field by field. Owns nothing.
 *
 * Fields are separated by blanks (space, tab) or by one separator with blanks round it.
 * The separator is comma or semicolon, the same in all of a file: 1,5;2,5 is more
 * likely two numbers with decimal commas than four fields.
 */
typedef struct usph_scan {
    const char *file; /* name in messages */
    const char *next; /* where the next line begins */
    const char *end;  /* of the text; *end is NUL, which stops strtod */
    const char *line; /* first byte of the current line */
    const char *stop; /* after its last byte; LF or CR LF excluded */
    const char *at;   /* next byte of it to read */
    size_t number;    /* of the current line, from 1; 0 before the first */
    char separator;   /* ',' or ';'; ' ': blanks only; NUL: none seen yet */
} usph_scan;

/** Rows of numbers collected from a text. Zero-initialize all but the claim. */
typedef struct usph_rows {
    usph_buffer values; /* n x d doubles, owned: usph_rows_free */
    size_t n, d;        /* d = 0: given by the first row */
    const char *claim;  /* whence d, for messages: "the first row has" */
} usph_rows;

/** Scan a text of size bytes, text[size] being NUL; skips a byte order mark. */
usph_scan usph_scan_begin(const char *file, const char *text, size_t size);

/**
 * Refuse a text with a NUL byte, before which strtod would stop.
 *
 * Errors: USPH_ERR_DATA with the place.
 */
usph_status usph_scan_check(const usph_scan *scan, usph_error *err) USPH_MUST_CHECK;

/** Go to the next line; false at the end of the text. */
bool usph_scan_line(usph_scan *scan);

/** Skip spaces and tabs; false if nothing else is left in the line. */
bool usph_scan_blanks(usph_scan *scan);

/** Skip the bytes of a field; the end of the line or an empty field stay. */
void usph_scan_field(usph_scan *scan);

/** Does a number, whole and finite or not, fill [begin, end)? (*end may be anything.)
 */
bool usph_scan_is_number(const char *begin, const char *end, double *value);

/** USPH_ERR_DATA with `file:line:col: ` and the message; at is in the current line. */
usph_status usph_scan_fail(const usph_scan *scan, const char *at, usph_error *err,
                           const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Copy a piece of a file for a message: one line, printable, cut by "..." if long. */
void usph_scan_quote(const char *text, size_t length, char quoted[USPH_QUOTE_BYTES]);

/**
 * Read the rest of the line as one more row.
 *
 * Errors: USPH_ERR_DATA with the place: an empty field, no number, not finite, another
 *         count of numbers than d; USPH_ERR_NOMEM.
 */
usph_status usph_rows_read(usph_rows *rows, usph_scan *scan,
                           usph_error *err) USPH_MUST_CHECK;

/** Copy the rows into a new point set. Errors: as usph_format_alloc. */
usph_status usph_rows_points(const usph_rows *rows, const char *file, usph_points *out,
                             usph_error *err) USPH_MUST_CHECK;

/** Free the values. */
void usph_rows_free(usph_rows *rows);

#endif
