#include "io/scan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/format.h"

enum {
    QUOTE_BYTES = 40, /* longest piece of a file repeated in a message */
};

usph_scan usph_scan_begin(const char *file, const char *text, size_t size)
{
    const bool mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    const char *begin = mark ? text + 3 : text;
    return (usph_scan){
        .file = file,
        .next = begin,
        .end = text + size,
        .line = begin,
        .stop = begin,
        .at = begin,
    };
}

bool usph_scan_line(usph_scan *scan)
{
    if (scan->next == scan->end)
        return false;
    const char *feed = memchr(scan->next, '\n', (size_t)(scan->end - scan->next));
    scan->line = scan->next;
    scan->at = scan->line;
    scan->stop = feed != NULL ? feed : scan->end;
    scan->next = feed != NULL ? feed + 1 : scan->end;
    if (scan->stop > scan->line && scan->stop[-1] == '\r')
        scan->stop--;
    scan->number++;
    return true;
}

usph_status usph_scan_check(const usph_scan *scan, usph_error *err)
{
    const char *nul = memchr(scan->next, '\0', (size_t)(scan->end - scan->next));
    if (nul == NULL)
        return USPH_OK;
    usph_scan place = *scan;
    while (usph_scan_line(&place) && place.next <= nul)
        ; /* only a file that is refused anyway is read twice */
    return usph_scan_fail(&place, nul, err, "NUL byte: is this a binary file?");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool usph_scan_blanks(usph_scan *scan)
{
    while (scan->at < scan->stop && is_blank(*scan->at))
        scan->at++;
    return scan->at < scan->stop;
}

usph_status usph_scan_fail(const usph_scan *scan, const char *at, usph_error *err,
                           const char *format, ...)
{
    usph_error inner;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(inner.text, sizeof inner.text, format, args);
    va_end(args);
    return usph_fail(err, USPH_ERR_DATA, "%s:%zu:%td: %s", scan->file, scan->number,
                     at - scan->line + 1, inner.text);
}

/* Hexadecimal is what strtod reads and no table of numbers means. */
static bool is_hexadecimal(const char *number)
{
    if (*number == '+' || *number == '-')
        number++;
    return number[0] == '0' && (number[1] == 'x' || number[1] == 'X');
}

bool usph_scan_is_number(const char *begin, const char *end, double *value)
{
    /* strtod would skip space of any kind, the end of the line too */
    if (begin == end || *begin <= ' ' || is_hexadecimal(begin))
        return false;
    char *after;
    *value = strtod(begin, &after);
    return after == end;
}

static bool is_separator(const usph_scan *scan, char c)
{
    return scan->separator != ' ' && (c == ',' || c == ';');
}

void usph_scan_field(usph_scan *scan)
{
    while (scan->at < scan->stop && !is_blank(*scan->at) &&
           !is_separator(scan, *scan->at)) {
        scan->at++;
    }
}

void usph_scan_quote(const char *text, size_t length, char quoted[USPH_QUOTE_BYTES])
{
    const size_t most = USPH_QUOTE_BYTES - sizeof "...";
    const size_t kept = length < most ? length : most;
    for (size_t k = 0; k < kept; k++) {
        quoted[k] = '?';
        if (text[k] >= ' ' && text[k] <= '~')
            quoted[k] = text[k];
    }
    memcpy(quoted + kept, length > most ? "..." : "", length > most ? 4 : 1);
}

static usph_status not_a_number(const usph_scan *scan, const char *field,
                                usph_error *err)
{
    char quoted[USPH_QUOTE_BYTES];
    if (field == scan->at)
        return usph_scan_fail(scan, field, err, "empty field");
    usph_scan_quote(field, (size_t)(scan->at - field), quoted);
    return usph_scan_fail(scan, field, err, "\"%s\" is not a number", quoted);
}

/* Read the number at a row (from 0) and column (from 1). */
static usph_status read_number(usph_scan *scan, size_t row, size_t column,
                               double *value, usph_error *err)
{
    const char *field = scan->at;
    usph_scan_field(scan);
    if (!usph_scan_is_number(field, scan->at, value))
        return not_a_number(scan, field, err);
    if (isfinite(*value))
        return USPH_OK;
    const char *what = isnan(*value) ? "nan" : *value > 0 ? "inf" : "-inf";
    return usph_scan_fail(scan, field, err, "value at row %zu, column %zu is %s",
                          row + 1, column, what);
}

/* Go to the next field of the line, if there is one. */
static usph_status next_field(usph_scan *scan, bool *more, usph_error *err)
{
    *more = usph_scan_blanks(scan);
    if (!*more || !is_separator(scan, *scan->at))
        return USPH_OK;
    if (scan->separator != '\0' && scan->separator != *scan->at) {
        return usph_scan_fail(scan, scan->at, err,
                              "both comma and semicolon separate fields "
                              "(decimal commas are not read)");
    }
    scan->separator = *scan->at++;
    (void)usph_scan_blanks(scan); /* if it is the end, then of an empty field */
    return USPH_OK;
}

usph_status usph_rows_read(usph_rows *rows, usph_scan *scan, usph_error *err)
{
    const char *wrong = NULL; /* the first number too many, or where one is missing */
    size_t d = 0;
    bool more = usph_scan_blanks(scan);
    while (more) {
        double value;
        if (d == rows->d)
            wrong = scan->at;
        USPH_TRY(read_number(scan, rows->n, ++d, &value, err));
        if (usph_buffer_append(&rows->values, &value, sizeof value) != USPH_OK)
            return usph_fail(err, USPH_ERR_NOMEM, "%s: not enough memory", scan->file);
        USPH_TRY(next_field(scan, &more, err));
    }
    if (rows->d == 0)
        rows->d = d;
    if (d != rows->d) {
        return usph_scan_fail(scan, d > rows->d ? wrong : scan->stop, err,
                              "row has %zu numbers, %s %zu", d, rows->claim, rows->d);
    }
    rows->n++;
    return USPH_OK;
}

usph_status usph_rows_points(const usph_rows *rows, const char *file, usph_points *out,
                             usph_error *err)
{
    const usph_shape shape = { .n = rows->n, .d = rows->d };
    USPH_TRY(usph_format_alloc(file, shape, out, err));
    memcpy(out->x, rows->values.data, rows->values.size);
    return USPH_OK;
}

void usph_rows_free(usph_rows *rows)
{
    usph_buffer_free(&rows->values);
}
