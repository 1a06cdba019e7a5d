#ifndef USPH_BENCH_TIMING_GBENCH_H
#define USPH_BENCH_TIMING_GBENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Google Benchmark as C sees it; gbench.cc is the only C++ file of the project. */
typedef struct usph_bench_state usph_bench_state;

/** A benchmark: sets up, loops `while (usph_bench_step(state)) work();`, tidies up. */
typedef void usph_bench_fn(usph_bench_state *state, void *ctx);

/** Register a benchmark under a name; ctx is borrowed until usph_bench_run returns. */
void usph_bench_add(const char *name, usph_bench_fn *fn, void *ctx);

/** Whether to go round once more. */
bool usph_bench_step(usph_bench_state *state);

/** Report a rate: `per_step` of something in each step, as NAME per second. */
void usph_bench_rate(usph_bench_state *state, const char *name, double per_step);

/** Report a number as it is. */
void usph_bench_counter(usph_bench_state *state, const char *name, double value);

/** Give up this benchmark with an error message; then return without stepping. */
void usph_bench_fail(usph_bench_state *state, const char *why);

/** Keep a result alive, so that the work is not optimized away. */
void usph_bench_keep(double value);

/** A line of the context that is printed and written with the results. */
void usph_bench_context(const char *key, const char *value);

/**
 * Run what --benchmark_filter selects.
 *
 * @return 0; 1 if a benchmark failed; 2 for unknown options or if nothing was selected
 */
int usph_bench_run(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
