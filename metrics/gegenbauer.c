#include "metrics/gegenbauer.h"

enum {
    BLOCK = 64, /* pairs at once: their polynomials stay in the first-level cache */
};

/* P_k and P_(k-1) of a block of pairs. */
typedef struct recurrence {
    double t[BLOCK];
    double here[BLOCK], before[BLOCK];
} recurrence;

static void start(recurrence *r, size_t count, const double *r2)
{
    for (size_t p = 0; p < BLOCK; p++) {
        r->t[p] = p < count ? 1 - 0.5 * r2[p] : 0;
        r->here[p] = r->t[p];
        r->before[p] = 1;
    }
}

/* From degree k to k + 1: (k+d-2) P_(k+1) = (2k+d-2) t P_k - k P_(k-1). */
static void climb(recurrence *r, double k, double d)
{
    const double a = (2 * k + d - 2) / (k + d - 2);
    const double b = k / (k + d - 2);
    for (size_t p = 0; p < BLOCK; p++) {
        const double next = a * r->t[p] * r->here[p] - b * r->before[p];
        r->before[p] = r->here[p];
        r->here[p] = next;
    }
}

double usph_harmonics(size_t d, size_t k)
{
    const double dd = (double)d;
    double dim = dd;
    if (k == 0)
        return 1;
    for (size_t j = 1; j < k; j++) {
        const double jj = (double)j;
        dim *= (2 * jj + dd) / (2 * jj + dd - 2) * (jj + dd - 2) / (jj + 1);
    }
    return dim;
}

void usph_gegenbauer_sums(size_t d, size_t degree, size_t count, const double *r2,
                          double *sums)
{
    recurrence r;
    for (size_t from = 0; from < count; from += BLOCK) {
        const size_t size = count - from < BLOCK ? count - from : BLOCK;
        start(&r, size, r2 + from);
        for (size_t k = 1; k <= degree; k++) {
            double sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t p = 0; p < size; p++)
                sum += r.here[p];
            sums[k - 1] += sum;
            climb(&r, (double)k, (double)d);
        }
    }
}
