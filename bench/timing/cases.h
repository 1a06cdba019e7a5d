#ifndef USPH_BENCH_TIMING_CASES_H
#define USPH_BENCH_TIMING_CASES_H

#include "core/status.h"

/**
 * Register a benchmark for every entry of every registry, named
 * KIND/SPEC[/grad]/n=N/d=D after the values it runs with.
 *
 * Errors: USPH_ERR_NOMEM.
 */
usph_status usph_cases_add(void) USPH_MUST_CHECK;

/** Free what usph_cases_add allocated. */
void usph_cases_free(void);

#endif
