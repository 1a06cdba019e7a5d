#include "bench/cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

enum {
    WIDTH = 30, /* of the bar, characters */
};

static const double DELAY = 1;      /* seconds before anything is shown */
static const double INTERVAL = 0.1; /* seconds between updates */

static bool on_terminal(void)
{
    const char *term = getenv("TERM");
    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

usph_progress usph_progress_begin(const usph_options *options, const char *what,
                                  size_t total)
{
    const bool wanted = options->progress == USPH_ALWAYS ||
                        (options->progress == USPH_AUTO && on_terminal());
    return (usph_progress){
        .what = what,
        .total = total,
        .begun = usph_now(),
        .enabled = wanted && !options->quiet,
    };
}

void usph_progress_step(void *ctx, size_t done)
{
    usph_progress *p = ctx;
    const double now = usph_now();
    const double elapsed = now - p->begun;
    if (!p->enabled || elapsed < DELAY || now - p->shown < INTERVAL)
        return;
    const double rate = (double)done / elapsed;
    const int filled = (int)(WIDTH * done / p->total);
    char bar[WIDTH + 1];
    memset(bar, ' ', WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %zu/%zu %s, %.3g/s, %.0f s left ", bar, done, p->total,
            p->what, rate, (double)(p->total - done) / rate);
    p->shown = now;
    p->drawn = true;
}

void usph_progress_end(usph_progress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\r%*s\r", WIDTH + 50, "");
}
