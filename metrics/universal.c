#include "metrics/universal.h"

#include <math.h>

enum {
    MAX_SHELLS = 8, /* distinct inner products of a listed set */
};

/* A point's inner products with the others; ends at the first count of 0. */
typedef struct shell {
    double t;
    double count;
} shell;

typedef struct code {
    size_t n, d;
    shell shells[MAX_SHELLS];
} code;

#define ROOT5 2.2360679774997896964

/* CohnKumar2007, Table 1 (for the n-gons, simplices and cross-polytopes see below). */
static const code CODES[] = {
    { 12, 3, { { -1, 1 }, { -1 / ROOT5, 5 }, { 1 / ROOT5, 5 } } },
    { 120,
      4,
      { { -1, 1 },
        { -(1 + ROOT5) / 4, 12 },
        { -0.5, 20 },
        { -(ROOT5 - 1) / 4, 12 },
        { 0, 30 },
        { (ROOT5 - 1) / 4, 12 },
        { 0.5, 20 },
        { (1 + ROOT5) / 4, 12 } } },
    { 16, 5, { { -3.0 / 5, 5 }, { 1.0 / 5, 10 } } },
    { 27, 6, { { -0.5, 10 }, { 0.25, 16 } } },
    { 56, 7, { { -1, 1 }, { -1.0 / 3, 27 }, { 1.0 / 3, 27 } } },
    { 240, 8, { { -1, 1 }, { -0.5, 56 }, { 0, 126 }, { 0.5, 56 } } },
    { 112, 21, { { -1.0 / 3, 30 }, { 1.0 / 9, 81 } } },
    { 162, 21, { { -2.0 / 7, 56 }, { 1.0 / 7, 105 } } },
    { 100, 22, { { -4.0 / 11, 22 }, { 1.0 / 11, 77 } } },
    { 275, 22, { { -0.25, 112 }, { 1.0 / 6, 162 } } },
    { 891, 22, { { -0.5, 42 }, { -0.125, 512 }, { 0.25, 336 } } },
    { 552, 23, { { -1, 1 }, { -0.2, 275 }, { 0.2, 275 } } },
    { 4600, 23, { { -1, 1 }, { -1.0 / 3, 891 }, { 0, 2816 }, { 1.0 / 3, 891 } } },
    { 196560,
      24,
      { { -1, 1 },
        { -0.5, 4600 },
        { -0.25, 47104 },
        { 0, 93150 },
        { 0.25, 47104 },
        { 0.5, 4600 } } },
    { 325, 52, { { -0.25, 68 }, { 1.0 / 16, 256 } } },
};

double usph_simplex_r2(size_t n)
{
    return 2 * (double)n / ((double)n - 1);
}

/* Squared distance between vertices k steps apart on a regular n-gon. */
static double ngon_r2(size_t k, size_t n)
{
    static const double PI = 3.14159265358979323846;
    const double r = 2 * sin(PI * (double)k / (double)n);
    return r * r;
}

static const code *find_code(usph_shape shape)
{
    for (size_t c = 0; c < sizeof CODES / sizeof *CODES; c++)
        if (CODES[c].n == shape.n && CODES[c].d == shape.d)
            return &CODES[c];
    return NULL;
}

double usph_universal_mean(usph_shape shape, double (*f)(double r2, const void *ctx),
                           const void *ctx)
{
    const double others = (double)shape.n - 1;
    double sum = 0;
    if (shape.n < 2)
        return NAN;
    if (shape.n <= shape.d + 1)
        return f(usph_simplex_r2(shape.n), ctx);
    if (shape.n == 2 * shape.d)
        return ((others - 1) * f(2, ctx) + f(4, ctx)) / others;
    if (shape.d == 2) {
        for (size_t k = 1; k < shape.n; k++)
            sum += f(ngon_r2(k, shape.n), ctx);
        return sum / others;
    }
    const code *found = find_code(shape);
    if (found == NULL)
        return NAN;
    for (size_t s = 0; s < MAX_SHELLS && found->shells[s].count > 0; s++)
        sum += found->shells[s].count * f(2 - 2 * found->shells[s].t, ctx);
    return sum / others;
}

double usph_universal_separation2(usph_shape shape)
{
    if (shape.n < 2)
        return NAN;
    if (shape.n <= shape.d + 1)
        return usph_simplex_r2(shape.n);
    if (shape.n == 2 * shape.d)
        return 2;
    if (shape.d == 2)
        return ngon_r2(1, shape.n);
    const code *found = find_code(shape);
    if (found == NULL)
        return NAN;
    double r2 = 4;
    for (size_t s = 0; s < MAX_SHELLS && found->shells[s].count > 0; s++)
        r2 = fmin(r2, 2 - 2 * found->shells[s].t);
    return r2;
}
