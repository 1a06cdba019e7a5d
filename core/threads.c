#include "core/threads.h"

#include <omp.h>

#include "core/blas.h"

enum {
    MAX_THREADS = 1024,
};

unsigned usph_threads_available(void)
{
    return (unsigned)omp_get_num_procs();
}

usph_status usph_threads_check(unsigned threads, usph_error *err)
{
    if (threads < 1 || threads > MAX_THREADS)
        return usph_fail(err, USPH_ERR_ARG, "threads = %u is outside [1, %d]", threads,
                         MAX_THREADS);
    if (threads > 1 && !usph_blas_threadsafe())
        return usph_fail(err, USPH_ERR_UNSUPPORTED,
                         "the serial OpenBLAS is not thread-safe: use --threads 1, or "
                         "install the pthread build (libopenblas0-pthread)");
    return USPH_OK;
}

usph_status usph_parallel_for(unsigned threads, size_t count, usph_body *body,
                              void *ctx)
{
    usph_status status = USPH_OK;
    size_t first = count;
    if (threads == 1 || count == 1) {
        for (size_t i = 0; i < count; i++) {
            const usph_status one = body(ctx, i, 0);
            if (one != USPH_OK && status == USPH_OK)
                status = one;
        }
        return status;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)threads)
    for (size_t i = 0; i < count; i++) {
        const usph_status one = body(ctx, i, (unsigned)omp_get_thread_num());
        if (one != USPH_OK) {
#pragma omp critical(usph_parallel_for_status)
            if (i < first) {
                first = i;
                status = one;
            }
        }
    }
    return status;
}
