#ifndef USPH_BENCH_CLI_PROGRESS_H
#define USPH_BENCH_CLI_PROGRESS_H

#include "bench/cli/options.h"

/** A bar with rate and time left on standard error, for work of over a second. */
typedef struct usph_progress {
    const char *what; /* "starts", "runs" */
    size_t total;
    double begun, shown; /* usph_now() */
    bool enabled, drawn;
} usph_progress;

usph_progress usph_progress_begin(const usph_options *options, const char *what,
                                  size_t total);

/** So many are done; ctx is the usph_progress. */
void usph_progress_step(void *ctx, size_t done);

/** Clear the bar. */
void usph_progress_end(usph_progress *progress);

#endif
