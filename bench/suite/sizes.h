#ifndef USPH_BENCH_SUITE_SIZES_H
#define USPH_BENCH_SUITE_SIZES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum {
    USPH_MAX_SIZES = 256, /* numbers in one list */
};

/** A number of points or dimensions, plain or relative to d: times * d^power + plus. */
typedef struct usph_size {
    size_t times, power, plus; /* times 0: not relative */
} usph_size;

/** A list as on the command line: `3,4,8`, `2..64`, `d+1,2d,d^2`. */
typedef struct usph_sizes {
    usph_size items[USPH_MAX_SIZES];
    size_t count;
} usph_sizes;

/**
 * Parse a list.
 *
 * @param relative  whether d may stand in it (lists of n)
 *
 * Errors: USPH_ERR_PARSE, USPH_ERR_ARG for numbers below 1 or above 10^12 and for too
 *         many of them; out is untouched on failure.
 */
usph_status usph_sizes_parse(const char *text, bool relative, usph_sizes *out,
                             usph_error *err) USPH_MUST_CHECK;

/** The number that an item means in dimension d. */
size_t usph_size_at(usph_size size, size_t d);

#endif
