#include "io/table.h"

#include <string.h>

#include "io/scan.h"

/* Comma, semicolon or tab, whichever the line has; else a space. */
static char header_separator(const char *line, size_t length)
{
    const char *candidates = ",;\t";
    for (const char *c = candidates; *c != '\0'; c++) {
        if (memchr(line, *c, length) != NULL)
            return *c;
    }
    return ' ';
}

static bool is_name(const char *field, const char *end)
{
    while (field < end && (*field == ' ' || *field == '\t'))
        field++;
    double value;
    return field < end && strchr("+-.0123456789", *field) == NULL &&
           !usph_scan_is_number(field, end, &value);
}

/* Fields are split at the separator only, as names may hold spaces. */
static bool is_header(usph_scan line)
{
    const char separator = header_separator(line.at, (size_t)(line.stop - line.at));
    while (line.stop > line.at && separator == ' ' && line.stop[-1] == ' ')
        line.stop--;
    bool more = true;
    while (more) {
        const char *end = memchr(line.at, separator, (size_t)(line.stop - line.at));
        more = end != NULL;
        if (!is_name(line.at, more ? end : line.stop))
            return false;
        line.at = more ? end + 1 : line.stop;
        if (separator == ' ')
            (void)usph_scan_blanks(&line);
    }
    return true;
}

static usph_status read_rows(usph_scan *scan, usph_rows *rows, usph_error *err)
{
    USPH_TRY(usph_scan_check(scan, err));
    bool first = true;
    while (usph_scan_line(scan)) {
        if (!usph_scan_blanks(scan) || *scan->at == '#' || *scan->at == '%')
            continue;
        if (!first || !is_header(*scan))
            USPH_TRY(usph_rows_read(rows, scan, err));
        first = false;
    }
    if (rows->n == 0)
        return usph_fail(err, USPH_ERR_DATA, "%s: no row of numbers in it", scan->file);
    return USPH_OK;
}

usph_status usph_table_parse(const char *file, const char *data, size_t size,
                             usph_points *out, usph_error *err)
{
    usph_scan scan = usph_scan_begin(file, data, size);
    usph_rows rows = { .claim = "the first row has" };
    usph_status status = read_rows(&scan, &rows, err);
    if (status == USPH_OK)
        status = usph_rows_points(&rows, file, out, err);
    usph_rows_free(&rows);
    return status;
}

usph_status usph_table_print(usph_shape shape, const double *x, char separator,
                             usph_sink *sink)
{
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t k = 0; k < shape.d; k++) {
            const int after = k + 1 < shape.d ? separator : '\n';
            USPH_TRY(usph_sink_printf(sink, "%.17g%c", x[i * shape.d + k], after));
        }
    }
    return USPH_OK;
}
