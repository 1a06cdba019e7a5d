#include "metrics/pairs/runs.h"

#include "core/cpu.h"

extern const usph_runs usph_runs_base;
#if defined(__x86_64__)
extern const usph_runs usph_runs_avx2;
extern const usph_runs usph_runs_avx512;
#endif

const usph_runs *usph_runs_now(void)
{
    static const usph_runs *const RUNS[USPH_LEVELS] = {
        &usph_runs_base,
#if defined(__x86_64__)
        &usph_runs_avx2,
        &usph_runs_avx512,
#endif
    };
    return RUNS[usph_cpu_level()];
}
