#ifndef USPH_IO_TABLE_H
#define USPH_IO_TABLE_H

#include "core/points.h"
#include "io/durable.h"

/**
 * Read a table of numbers, one point a line: what the formats text, csv and tsv share,
 * which differ only in what they write.
 *
 * Lines of blanks and lines that begin with # or % are skipped; so is the first other
 * line if it is a header: has no field that is empty or begins like a number.
 *
 * Cost: linear.
 * Errors: USPH_ERR_DATA with line and column; USPH_ERR_NOMEM.
 */
usph_status usph_table_parse(const char *file, const char *data, size_t size,
                             usph_points *out, usph_error *err) USPH_MUST_CHECK;

/** Write 17 significant digits, which give back every double. Errors: the sink's. */
usph_status usph_table_print(usph_shape shape, const double *x, char separator,
                             usph_sink *sink) USPH_MUST_CHECK;

#endif
