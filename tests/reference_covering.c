#include "tests/reference_covering.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const long double PI = 3.14159265358979323846264338327950288L;

enum {
    MAX_D = 8, /* of the enumeration */
};

static long double dot(size_t d, const long double *v, const double *x)
{
    long double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += v[k] * x[k];
    return sum;
}

/*
 * Norm of the hull's nearest point to the origin: move weight from the point farthest
 * along p to the one farthest back, as far as is best, until they are level.
 */
static long double hull_distance(usph_shape shape, const double *x)
{
    const size_t d = shape.d;
    long double *p = calloc(d, sizeof *p);
    long double *weight = calloc(shape.n, sizeof *weight);
    weight[0] = 1;
    for (size_t k = 0; k < d; k++)
        p[k] = x[k];
    for (long step = 0; step < 1000000; step++) {
        size_t back = 0;
        size_t front = 0;
        long double least = 9;
        long double most = -9;
        for (size_t i = 0; i < shape.n; i++) {
            const long double t = dot(d, p, x + i * d);
            if (t < least) {
                least = t;
                back = i;
            }
            if (t > most && weight[i] > 0) {
                most = t;
                front = i;
            }
        }
        if (most - least < 1e-18L)
            break;
        long double r2 = 0;
        for (size_t k = 0; k < d; k++)
            r2 += powl((long double)x[back * d + k] - x[front * d + k], 2);
        const long double share = fminl((most - least) / r2, weight[front]);
        weight[back] += share;
        weight[front] -= share;
        for (size_t k = 0; k < d; k++)
            p[k] += share * ((long double)x[back * d + k] - x[front * d + k]);
    }
    long double norm = 0;
    for (size_t k = 0; k < d; k++)
        norm += p[k] * p[k];
    free(p);
    free(weight);
    return sqrtl(norm);
}

/* Solve <w, x_i> = 1 for d - 1 points: w = base + t along. False if dependent. */
static bool solve_line(usph_shape shape, const double *x, const size_t *pick,
                       long double *base, long double *along)
{
    const size_t d = shape.d;
    long double a[MAX_D][MAX_D + 1];
    size_t column[MAX_D];
    for (size_t k = 0; k < d; k++)
        column[k] = k;
    for (size_t r = 0; r + 1 < d; r++) {
        for (size_t k = 0; k < d; k++)
            a[r][k] = x[pick[r] * d + k];
        a[r][d] = 1;
    }
    for (size_t r = 0; r + 1 < d; r++) {
        size_t pr = r;
        size_t pc = r;
        for (size_t i = r; i + 1 < d; i++)
            for (size_t k = r; k < d; k++)
                if (fabsl(a[i][column[k]]) > fabsl(a[pr][column[pc]])) {
                    pr = i;
                    pc = k;
                }
        const size_t swap = column[r];
        column[r] = column[pc];
        column[pc] = swap;
        for (size_t k = 0; k <= d; k++) {
            const long double t = a[r][k];
            a[r][k] = a[pr][k];
            a[pr][k] = t;
        }
        if (fabsl(a[r][column[r]]) < 1e-15L)
            return false;
        for (size_t i = 0; i + 1 < d; i++) {
            const long double f = a[i][column[r]] / a[r][column[r]];
            for (size_t k = 0; k <= d && i != r; k++)
                a[i][k] -= f * a[r][k];
        }
    }
    const size_t open = column[d - 1];
    for (size_t r = 0; r + 1 < d; r++) {
        base[column[r]] = a[r][d] / a[r][column[r]];
        along[column[r]] = -a[r][open] / a[r][column[r]];
    }
    base[open] = 0;
    along[open] = 1;
    return true;
}

/* Greatest |w|^2 of the vertices of {<w, x_i> <= 1} on the line of d - 1 points. */
static long double edge_norm2(usph_shape shape, const double *x, const size_t *pick)
{
    const size_t d = shape.d;
    long double base[MAX_D];
    long double along[MAX_D];
    long double end[2] = { -1e30L, 1e30L };
    long double most = 0;
    if (!solve_line(shape, x, pick, base, along))
        return 0;
    for (size_t i = 0; i < shape.n; i++) {
        bool picked = false;
        for (size_t r = 0; r + 1 < d; r++)
            picked = picked || pick[r] == i;
        const long double rise = dot(d, along, x + i * d);
        const long double room = 1 - dot(d, base, x + i * d);
        if (picked)
            continue;
        if (fabsl(rise) < 1e-16L && room < -1e-12L)
            return 0;
        if (rise > 1e-16L)
            end[1] = fminl(end[1], room / rise);
        if (rise < -1e-16L)
            end[0] = fmaxl(end[0], room / rise);
    }
    for (int e = 0; e < 2 && end[0] <= end[1] + 1e-14L; e++) {
        long double norm2 = 0;
        for (size_t k = 0; k < d; k++)
            norm2 += powl(base[k] + end[e] * along[k], 2);
        most = fmaxl(most, norm2);
    }
    return most;
}

static bool next_choice(size_t n, size_t count, size_t *pick)
{
    size_t k = count;
    while (k > 0 && pick[k - 1] == n - count + k - 1)
        k--;
    if (k == 0)
        return false;
    pick[k - 1]++;
    for (; k < count; k++)
        pick[k] = pick[k - 1] + 1;
    return true;
}

/* All lines through d - 1 points: what is left of each by the others. */
static long double covering(usph_shape shape, const double *x)
{
    const long double norm = hull_distance(shape, x);
    size_t pick[MAX_D];
    long double most = 0;
    if (norm > 1e-13L || shape.n <= shape.d)
        return PI / 2 + asinl(fminl(norm, 1));
    if (shape.d > MAX_D)
        return nanl("");
    for (size_t k = 0; k + 1 < shape.d; k++)
        pick[k] = k;
    do
        most = fmaxl(most, edge_norm2(shape, x, pick));
    while (next_choice(shape.n, shape.d - 1, pick));
    return atan2l(sqrtl(most - 1), 1);
}

long double usph_reference_covering(const usph_metric_spec *m, usph_shape shape,
                                    const double *x)
{
    const char *name = m->metric.entry->name;
    if (strcmp(name, "covering") == 0)
        return covering(shape, x);
    return nanl("");
}
