#ifndef USPH_BENCH_CLI_SUITES_H
#define USPH_BENCH_CLI_SUITES_H

#include <stddef.h>

/** A suite compiled in: options as on the command line, one a line. */
typedef struct usph_suite_text {
    const char *name;
    const char *text;
} usph_suite_text;

size_t usph_suite_text_count(void);
const usph_suite_text *usph_suite_text_at(size_t i);

#endif
