#ifndef USPH_BENCH_CLI_COMMANDS_H
#define USPH_BENCH_CLI_COMMANDS_H

#include "bench/cli/options.h"

/** A subcommand: one file cmd_NAME.c, one line in the list of main.c. */
typedef struct usph_subcommand {
    const char *name;
    usph_command bit;
    const char *summary;                     /* for usphere --help */
    const char *doc;                         /* for usphere NAME --help */
    int (*run)(const usph_options *options); /* returns the exit code */
} usph_subcommand;

int usph_cmd_list(const usph_options *options);
int usph_cmd_points(const usph_options *options);
int usph_cmd_eval(const usph_options *options);
int usph_cmd_solve(const usph_options *options);
int usph_cmd_table(const usph_options *options);
int usph_cmd_compare(const usph_options *options);
int usph_cmd_bound(const usph_options *options);

/**
 * Print a report in the chosen format to path ("-" or NULL: standard output). Complains
 * on failure and returns the exit code.
 */
int usph_emit(const usph_options *options, usph_report *report, const char *path);

/** Complain of records that beat a proved bound; the exit code that they ask for. */
int usph_check_records(const usph_record *records, size_t count);

/** A JSON object that begins with its schema, "usphere.COMMAND/1"; NULL: no memory. */
json_t *usph_document(const char *command);

/** The one n and d of `points` and `solve`; 0 where not given. */
usph_status usph_single_shape(const usph_options *options, usph_shape *out,
                              usph_error *err) USPH_MUST_CHECK;

/** Read a file's points, normalized, and say on standard error what was found. */
usph_status usph_load_points(const usph_options *options, const char *path,
                             usph_points *out, usph_points_report *found,
                             usph_error *err) USPH_MUST_CHECK;

/** Not 0 once the user asked to stop (SIGINT, SIGTERM); holds the signal's number. */
const volatile sig_atomic_t *usph_interrupted(void);

/** Let SIGINT and SIGTERM ask for a stop instead of killing the program. */
void usph_catch_signals(void);

#endif
