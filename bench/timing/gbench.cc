#include "bench/timing/gbench.h"

#include <benchmark/benchmark.h>

namespace
{

bool any_failed = false;

benchmark::State &cpp(usph_bench_state *state)
{
    return *reinterpret_cast<benchmark::State *>(state);
}

} // namespace

void usph_bench_add(const char *name, usph_bench_fn *fn, void *ctx)
{
    benchmark::RegisterBenchmark(name, [fn, ctx](benchmark::State &state) {
        fn(reinterpret_cast<usph_bench_state *>(&state), ctx);
    });
}

bool usph_bench_step(usph_bench_state *state)
{
    return cpp(state).KeepRunning();
}

void usph_bench_rate(usph_bench_state *state, const char *name, double per_step)
{
    cpp(state).counters[name] =
        benchmark::Counter(per_step, benchmark::Counter::kIsIterationInvariantRate);
}

void usph_bench_counter(usph_bench_state *state, const char *name, double value)
{
    cpp(state).counters[name] = benchmark::Counter(value);
}

void usph_bench_fail(usph_bench_state *state, const char *why)
{
    any_failed = true;
    cpp(state).SkipWithError(why);
}

void usph_bench_keep(double value)
{
    benchmark::DoNotOptimize(value);
}

void usph_bench_context(const char *key, const char *value)
{
    benchmark::AddCustomContext(key, value);
}

int usph_bench_run(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    // no reporter of our own: that would switch --benchmark_format off
    const size_t count = benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    if (count == 0)
        return 2;
    return any_failed ? 1 : 0;
}
