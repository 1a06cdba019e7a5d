#include "bench/timing/machine.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "core/blas.h"

double usph_cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#if defined(__x86_64__)
__attribute__((target("fma"), noinline)) static double chain(double a, size_t links)
{
    for (size_t i = 0; i < links; i++)
        a = __builtin_fma(a, 0.999999, 1e-9);
    return a;
}

double usph_clock_rate(void)
{
    enum {
        LINKS = 2000000,
        LATENCY = 4,
        TRIES = 5,
    };
    double best = 0;
    volatile double sink = 1;
    if (!__builtin_cpu_supports("fma"))
        return 0;
    for (int i = 0; i < TRIES; i++) {
        const double start = usph_cpu_seconds();
        sink = chain(sink, LINKS);
        best = fmax(best, LATENCY * (double)LINKS / (usph_cpu_seconds() - start));
    }
    return best;
}
#else
double usph_clock_rate(void)
{
    return 0;
}
#endif

/* flop/s of c = a b' with m rows in a and b; the best of some tries. */
static double product_rate(size_t m, size_t d, const double *a, double *c)
{
    const double flops = 2 * (double)m * (double)m * (double)d;
    const int tries = flops > 5e9 ? 3 : 9;
    const size_t times = 1 + (size_t)(2e8 / flops);
    double best = 0;
    for (int i = 0; i < tries; i++) {
        const double start = usph_cpu_seconds();
        for (size_t k = 0; k < times; k++)
            usph_blas_inner(m, m, d, (usph_block){ a, d }, (usph_block){ a, d }, c, m);
        best = fmax(best, flops * (double)times / (usph_cpu_seconds() - start));
    }
    return best;
}

double usph_dgemm_rate(usph_shape shape)
{
    enum {
        TILE = 256,
        MOST = 4096,
    };
    const size_t n = shape.n < MOST ? shape.n : MOST;
    const size_t rows = n > TILE ? n : TILE;
    double *a = malloc(rows * shape.d * sizeof *a);
    double *c = malloc(rows * rows * sizeof *c);
    double best = 0;
    if (a != NULL && c != NULL) {
        for (size_t p = 0; p < rows * shape.d; p++)
            a[p] = 1e-3 * (double)(p % 97);
        best =
            fmax(product_rate(TILE, shape.d, a, c), product_rate(rows, shape.d, a, c));
    }
    free(a);
    free(c);
    return best;
}
