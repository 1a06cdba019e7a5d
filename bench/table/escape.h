#ifndef USPH_BENCH_TABLE_ESCAPE_H
#define USPH_BENCH_TABLE_ESCAPE_H

#include <stddef.h>

#include "io/durable.h"

/** A character and what stands for it. */
typedef struct usph_escape {
    char plain;
    const char *text;
} usph_escape;

/** Write a text with the listed characters replaced; the list ends at plain = 0. */
usph_status usph_put_escaped(usph_sink *sink, const char *text,
                             const usph_escape *escapes) USPH_MUST_CHECK;

#endif
