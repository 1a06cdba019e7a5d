#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/timing/cases.h"
#include "bench/timing/gbench.h"
#include "core/blas.h"
#include "core/cpu.h"

int main(int argc, char **argv)
{
    usph_error err;
    usph_blas_init();
    if (usph_cpu_limit(getenv("USPH_CPU_MASK"), &err) != USPH_OK) {
        fprintf(stderr, "usphere-bench: USPH_CPU_MASK: %s\n", err.text);
        return 2;
    }
    usph_bench_context("usphere", usph_version());
    usph_bench_context("compiler", usph_compiler());
    usph_bench_context("blas", usph_blas_config());
    usph_bench_context("blas_core", usph_blas_core());
    usph_bench_context("cpu_features", usph_cpu_features());
    usph_bench_context("level", usph_level_name(usph_cpu_level()));
    usph_bench_context("threads", "1");
    const usph_status status = usph_cases_add();
    if (status != USPH_OK) {
        fprintf(stderr, "usphere-bench: %s\n", usph_status_text(status));
        return 4;
    }
    const int code = usph_bench_run(argc, argv);
    usph_cases_free();
    return code;
}
