#include <stdint.h>
#include <string.h>

#include "io/format.h"
#include "io/scan.h"

enum {
    MAX_DIGITS = 18, /* of a count: fits in 64 bits */
};

static usph_scan vec_begin(const char *file, const char *data, size_t size)
{
    usph_scan scan = usph_scan_begin(file, data, size);
    scan.separator = ' '; /* words are commas too */
    return scan;
}

/* Read a positive whole number; false if the next field is none. */
static bool read_count(usph_scan *scan, size_t *count)
{
    (void)usph_scan_blanks(scan);
    const char *begin = scan->at;
    uint64_t value = 0;
    while (scan->at < scan->stop && *scan->at >= '0' && *scan->at <= '9' &&
           scan->at - begin < MAX_DIGITS) {
        value = 10 * value + (uint64_t)(*scan->at++ - '0');
    }
    *count = (size_t)value;
    return value > 0 && *count == value &&
           (scan->at == scan->stop || *scan->at == ' ' || *scan->at == '\t');
}

static bool read_counts(usph_scan *scan, usph_shape *shape)
{
    return usph_scan_line(scan) && read_count(scan, &shape->n) &&
           read_count(scan, &shape->d) && !usph_scan_blanks(scan);
}

/*
 * Two counts alone are also a point of the plane: the next line decides, which begins
 * with a word or, if the word looks like a number, has a field more than d.
 */
static bool vec_probe(const char *data, size_t size)
{
    usph_scan scan = vec_begin("", data, size);
    usph_shape shape;
    if (!read_counts(&scan, &shape) || !usph_scan_line(&scan))
        return false;
    size_t fields = 0;
    bool word = false;
    while (usph_scan_blanks(&scan)) {
        const char *field = scan.at;
        double value;
        usph_scan_field(&scan);
        word = word || (fields == 0 && !usph_scan_is_number(field, scan.at, &value));
        fields++;
    }
    return word || fields == shape.d + 1;
}

/* A word ends at a space only: it may hold a tab. False if there is none. */
static bool skip_word(usph_scan *scan)
{
    const char *begin = scan->at;
    while (scan->at < scan->stop && *scan->at != ' ')
        scan->at++;
    return scan->at > begin;
}

static usph_status read_row(usph_scan *scan, size_t n, usph_rows *rows, usph_error *err)
{
    if (rows->n == n) {
        if (!usph_scan_blanks(scan))
            return USPH_OK;
        return usph_scan_fail(scan, scan->at, err,
                              "more rows than the %zu the first line says", n);
    }
    if (!skip_word(scan))
        return usph_scan_fail(scan, scan->at, err, "no word at the start of the line");
    return usph_rows_read(rows, scan, err);
}

static usph_status read_rows(usph_scan *scan, usph_rows *rows, usph_error *err)
{
    USPH_TRY(usph_scan_check(scan, err));
    usph_shape shape;
    if (!read_counts(scan, &shape)) {
        return usph_scan_fail(scan, scan->at, err,
                              "the first line must be two counts: words, dimension");
    }
    rows->d = shape.d;
    while (usph_scan_line(scan))
        USPH_TRY(read_row(scan, shape.n, rows, err));
    if (rows->n < shape.n) {
        return usph_scan_fail(scan, scan->stop, err,
                              "the file ends after %zu rows, the first line says %zu",
                              rows->n, shape.n);
    }
    return USPH_OK;
}

static usph_status vec_parse(const char *file, const char *data, size_t size,
                             usph_points *out, usph_error *err)
{
    usph_scan scan = vec_begin(file, data, size);
    usph_rows rows = { .claim = "the first line says" };
    usph_status status = read_rows(&scan, &rows, err);
    if (status == USPH_OK)
        status = usph_rows_points(&rows, file, out, err);
    usph_rows_free(&rows);
    return status;
}

const usph_format usph_format_vec = {
    .entry = {
        .name = "vec",
        .title = "word vectors as text",
        .formula = "n d, then for each point a line: word x_i1 x_i2 ... x_id",
        .note = "As written by word2vec and fastText; files of GloVe lack the first "
                "line, which must be added. The words are not kept.",
    },
    .extensions = "vec",
    .probe = vec_probe,
    .parse = vec_parse,
};
