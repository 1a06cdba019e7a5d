#ifndef USPH_IO_FORMAT_H
#define USPH_IO_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/entry.h"
#include "core/points.h"
#include "io/durable.h"

/**
 * A file format of point sets: one per file of this folder, listed in io/meson.build.
 *
 * Everything a parser is given is in memory, so that it can be tested and fuzzed
 * without files. Rows are raw numbers: finite, not normalized.
 */
typedef struct usph_format {
    usph_entry entry;       /* first, so that usph_format_of can cast; no params */
    const char *extensions; /* lower case, separated by one space: "txt dat" */

    /* Do the bytes begin like this format? NULL: only its extension tells. */
    bool (*probe)(const char *data, size_t size);

    /*
     * Read all of data (size bytes; data[size] is NUL, not counted). file is a name for
     * messages, which begin `file:line:col: ` or `file:byte: ` (byte from 0, the others
     * from 1). out, untouched on failure, is the caller's to free.
     * USPH_ERR_DATA, USPH_ERR_NOMEM.
     */
    usph_status (*parse)(const char *file, const char *data, size_t size,
                         usph_points *out, usph_error *err);

    /* Write rows; the only failure is the sink's. NULL: the format is read only. */
    usph_status (*print)(usph_shape shape, const double *x, usph_sink *sink);
} usph_format;

/** All formats, in the order of probing. */
extern const usph_registry usph_formats;

/** The format around an entry of usph_formats. */
static inline const usph_format *usph_format_of(const usph_entry *entry)
{
    return (const usph_format *)(const void *)entry;
}

/**
 * usph_points_alloc for the parsers: the message begins with the file's name, and a
 * shape nobody can compute with is the file's fault (USPH_ERR_DATA).
 */
usph_status usph_format_alloc(const char *file, usph_shape shape, usph_points *out,
                              usph_error *err) USPH_MUST_CHECK;

/**
 * Read a point set from a file: raw finite rows, not normalized.
 *
 * The format is chosen by content, else by the extension, else it is text.
 *
 * @param path    "-" is standard input
 * @param out     untouched on failure, else to be freed by the caller
 * @param format  what the file was taken for; NULL if not wanted
 *
 * Cost: linear; the file and the rows are in memory together.
 * Errors: USPH_ERR_IO for what the system refuses; USPH_ERR_DATA for bad content, with
 *         the place; USPH_ERR_NOMEM.
 */
usph_status usph_points_read(const char *path, usph_points *out,
                             const usph_format **format,
                             usph_error *err) USPH_MUST_CHECK;

/**
 * Write a point set so that it reads back bit for bit, by way of usph_sink.
 *
 * @param path  its extension chooses the format (none known: text); "-" is standard
 *              output, as text
 * @param x     n x d
 *
 * Errors: USPH_ERR_ARG if the format is read only; USPH_ERR_IO.
 */
usph_status usph_points_write(const char *path, usph_shape shape, const double *x,
                              usph_error *err) USPH_MUST_CHECK;

#endif
