#ifndef USPH_BENCH_CLI_SEARCH_H
#define USPH_BENCH_CLI_SEARCH_H

#include <stdbool.h>

#include "bench/cli/options.h"

/**
 * Whether `solve` is to search: for every shape of a list, or for the one shape if
 * nothing was said of how to run (no solver, starts, points, start file, trace, or
 * limit of one descent), the objective is smooth and the points are few enough.
 */
bool usph_search_wanted(const usph_options *options);

/** `usphere solve` by global search over one shape or a list of them: the exit code. */
int usph_solve_search(const usph_options *options);

#endif
