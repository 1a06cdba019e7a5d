#ifndef USPH_CORE_THREADS_H
#define USPH_CORE_THREADS_H

#include <stddef.h>

#include "core/status.h"

/** One piece of work: piece i of count, on thread number `thread` (from 0). */
typedef usph_status usph_body(void *ctx, size_t i, unsigned thread);

/** Cores this process may use. */
unsigned usph_threads_available(void);

/**
 * Refuse thread counts that would give wrong results.
 *
 * Errors: USPH_ERR_ARG outside [1, 1024]; USPH_ERR_UNSUPPORTED for more than one thread
 *         over the serial OpenBLAS, which is not thread-safe.
 */
usph_status usph_threads_check(unsigned threads, usph_error *err) USPH_MUST_CHECK;

/**
 * Run body for i = 0 .. count - 1 on so many threads. Which thread takes which piece is
 * left open, so a body writes only what belongs to its piece, or scratch of its thread:
 * then results do not depend on the thread count.
 *
 * Errors: the status of the first piece, by number, that failed. Every piece is run.
 */
usph_status usph_parallel_for(unsigned threads, size_t count, usph_body *body,
                              void *ctx) USPH_MUST_CHECK;

#endif
