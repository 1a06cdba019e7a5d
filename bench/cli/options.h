#ifndef USPH_BENCH_CLI_OPTIONS_H
#define USPH_BENCH_CLI_OPTIONS_H

#include <stdbool.h>

#include "bench/suite/suite.h"

/** Exit codes of the program. */
enum {
    USPH_EXIT_OK = 0,
    USPH_EXIT_CHECK = 1,       /* a check failed */
    USPH_EXIT_USAGE = 2,       /* the command line is at fault */
    USPH_EXIT_DATA = 3,        /* the input is */
    USPH_EXIT_SYSTEM = 4,      /* reading, writing, memory */
    USPH_EXIT_UNCONVERGED = 5, /* solve only: the result is written all the same */
    USPH_EXIT_SIGNAL = 128,    /* plus the signal's number */
};

/** Exit code for a failed call. */
int usph_exit_of(usph_status status);

/** Bits of the subcommands, for the table of options. */
typedef enum usph_command {
    USPH_LIST = 1 << 0,
    USPH_POINTS = 1 << 1,
    USPH_EVAL = 1 << 2,
    USPH_SOLVE = 1 << 3,
    USPH_TABLE = 1 << 4,
    USPH_COMPARE = 1 << 5,
    USPH_BOUND = 1 << 6,
} usph_command;

typedef enum usph_when {
    USPH_AUTO, /* on a terminal */
    USPH_ALWAYS,
    USPH_NEVER,
} usph_when;

typedef enum usph_score_choice {
    USPH_SCORE_BOTH,
    USPH_SCORE_RAW,
    USPH_SCORE_Q,
} usph_score_choice;

/** Everything that can be said on a command line. */
typedef struct usph_options {
    usph_suite suite; /* lists of specs and sizes, seed, seeds, stop, threads */
    usph_spec_list kernels;
    bool metric_named; /* some --metric other than all */
    bool points_given; /* --points */
    const char *start; /* file to start from, or NULL */
    size_t starts;
    size_t draws;      /* for p-values; 0: asymptotic ones */
    bool starts_given; /* --starts */
    bool no_target;    /* --target none */
    usph_accuracy accuracy;
    double max_seconds;      /* 0: none */
    const char *trace;       /* file, or NULL */
    const char *suite_name;  /* name or file, or NULL */
    const char *rows, *cols; /* keys of a record */
    usph_score_choice score;
    const usph_writer *format;
    const char *output; /* file, or NULL: standard output */
    bool drop_zero, explain, quiet, verbose, timing;
    usph_when progress, color;
    char **files; /* what is not an option; borrowed from argv */
    size_t file_count;
    char *suite_text; /* what the suite's arguments point into; owned */
    bool *replace; /* owned; per option: the next value starts its list anew (set by a
                      suite) */
} usph_options;

/**
 * Read the options of a subcommand; argv[0] is its name for messages. Prints help and
 * exits for --help; on an error prints one line and returns the exit code.
 */
int usph_options_read(usph_command command, const char *doc, int argc, char **argv,
                      usph_options *out);

void usph_options_free(usph_options *options);

/** One line on standard error: "usphere: ...". */
void usph_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Complain and give the exit code for a failed call. */
int usph_complain_of(usph_status status, const usph_error *err);

#endif
