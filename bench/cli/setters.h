#ifndef USPH_BENCH_CLI_SETTERS_H
#define USPH_BENCH_CLI_SETTERS_H

#include "bench/cli/options.h"

/** One option of the program: the only place that names it. */
typedef struct usph_option {
    const char *name;  /* without the dashes */
    int letter;        /* short form, or 0 */
    unsigned commands; /* bits of usph_command that take it */
    const char *arg;   /* name of its argument in help; NULL: takes none */
    const char *doc;
    /* take the argument; `fresh` asks a list to start anew */
    usph_status (*set)(usph_options *o, const char *arg, bool fresh, usph_error *err);
} usph_option;

/** All options, ending at a NULL name. */
extern const usph_option usph_option_list[];

#endif
