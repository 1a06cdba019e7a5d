#ifndef USPH_IO_DURABLE_H
#define USPH_IO_DURABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum {
    USPH_SINK_BYTES = 1 << 15, /* one system call for about 2000 numbers */
    USPH_MAX_PATH = 4096,      /* Linux's PATH_MAX, which strict C does not show */
};

/**
 * Where bytes go: the only writer of files in the project.
 *
 * A regular file appears whole or not at all: bytes go to a temporary file beside it,
 * which takes its place on commit, after they have reached the disk. Symbolic links
 * are followed. Standard output, devices and pipes are written directly.
 *
 * Begin with usph_sink_open, end with usph_sink_commit or usph_sink_abort.
 */
typedef struct usph_sink {
    const char *path; /* for messages; the caller's, lives as long as the sink */
    usph_error *err;  /* the caller's or NULL; filled by the first failure */
    int fd;           /* owned unless borrowed; -1 once closed */
    bool borrowed;    /* fd is standard output or error and stays open */
    bool failed;      /* something went wrong: commit refuses */

    char target[USPH_MAX_PATH]; /* path with symbolic links followed; used if temp is */
    char temp[USPH_MAX_PATH];   /* file being written, owned; empty if there is none */

    size_t used;                  /* bytes waiting in buffer */
    char buffer[USPH_SINK_BYTES]; /* bytes not yet given to the system */
} usph_sink;

/**
 * Start writing.
 *
 * A new file gets the mode of the umask, a replaced one keeps its mode.
 *
 * @param path  "-" is standard output (the descriptor: flush stdio's stdout before)
 * @param err   kept: also the other calls report there
 *
 * Errors: USPH_ERR_IO; the sink then needs neither commit nor abort.
 */
usph_status usph_sink_open(const char *path, usph_sink *sink,
                           usph_error *err) USPH_MUST_CHECK;

/** Append bytes. Errors: USPH_ERR_IO, now and at every later call. */
usph_status usph_sink_write(usph_sink *sink, const void *bytes,
                            size_t count) USPH_MUST_CHECK;

/** Append formatted text, shorter than USPH_SINK_BYTES. Errors: as usph_sink_write. */
usph_status usph_sink_printf(usph_sink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3))) USPH_MUST_CHECK;

/**
 * Finish: every byte is given to the system and, for a regular file, synced and renamed
 * to its name. The sink is closed in any case.
 *
 * Errors: USPH_ERR_IO, also for an earlier failed write; the target is then as it was
 *         before usph_sink_open (unless only syncing its directory failed).
 */
usph_status usph_sink_commit(usph_sink *sink) USPH_MUST_CHECK;

/** Give up: close, remove the temporary file; the target stays as it was. */
void usph_sink_abort(usph_sink *sink);

#endif
