#ifndef USPH_BENCH_SUITE_PIVOT_H
#define USPH_BENCH_SUITE_PIVOT_H

#include "bench/suite/record.h"

/** What a pivot table shows in its cells. */
typedef enum usph_cell {
    USPH_CELL_VALUE,
    USPH_CELL_Q,
} usph_cell;

/**
 * Turn records into tables: one per distinct combination of the keys that are neither
 * rows nor columns; runs that differ only in their seed share a cell, which shows their
 * median.
 *
 * @param rows, cols  two different keys: objective, solver, metric, n, d
 * @param title       begins every table's title
 *
 * Errors: USPH_ERR_NOMEM.
 */
usph_status usph_pivot(const usph_record *records, size_t count, const char *rows,
                       const char *cols, usph_cell cell, const char *title,
                       usph_report *report) USPH_MUST_CHECK;

#endif
