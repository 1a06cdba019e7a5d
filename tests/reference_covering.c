#include "tests/reference_covering.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/kernel.h"

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
    long double *weight = calloc(shape.n + 1, sizeof *weight);
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

/* Mean potential at v. */
static long double potential(const usph_spec *kernel, usph_shape shape, const double *x,
                             const long double *v)
{
    long double sum = 0;
    for (size_t i = 0; i < shape.n; i++) {
        long double r2 = 0;
        for (size_t k = 0; k < shape.d; k++)
            r2 += powl(v[k] - x[i * shape.d + k], 2);
        sum += usph_reference_kernel(kernel, shape.d, r2, 4 - r2);
    }
    return sum / shape.n;
}

/* Walk along the coordinates with shrinking steps; the value is flat at the end. */
static long double walk_down(const usph_spec *kernel, usph_shape shape, const double *x,
                             long double *v)
{
    long double best = potential(kernel, shape, x, v);
    long double w[3];
    for (long double step = 0.05L; step > 1e-9L; step *= 0.5L) {
        for (bool moved = true; moved;) {
            moved = false;
            for (size_t s = 0; s < 2 * shape.d; s++) {
                long double norm = 0;
                for (size_t k = 0; k < shape.d; k++) {
                    w[k] = v[k] + (k == s / 2 ? (s % 2 == 0 ? step : -step) : 0);
                    norm += w[k] * w[k];
                }
                for (size_t k = 0; k < shape.d; k++)
                    w[k] /= sqrtl(norm);
                const long double value = potential(kernel, shape, x, w);
                if (value < best) {
                    best = value;
                    memcpy(v, w, sizeof w);
                    moved = true;
                }
            }
        }
    }
    return best;
}

/* Point g of a grid on S^1 or S^2. */
static void grid_point(size_t d, size_t g, size_t grid, long double *v)
{
    const long double turn =
        2 * PI * g * (d == 2 ? 1 / (long double)grid : 0.6180339887498948482L);
    const long double z = d == 2 ? 0 : (2 * (long double)g + 1) / grid - 1;
    v[0] = sqrtl(1 - z * z) * cosl(turn);
    v[1] = sqrtl(1 - z * z) * sinl(turn);
    v[2] = z;
}

/* The best three places of a grid with ten or more a point, walked down. */
static long double polarization(const usph_spec *kernel, usph_shape shape,
                                const double *x)
{
    enum {
        KEPT = 3
    };
    const size_t grid = 200 + 8 * shape.n;
    long double value[KEPT + 1] = { 1e4900L, 1e4900L, 1e4900L };
    size_t place[KEPT + 1] = { 0 };
    long double v[3];
    long double best = 1e4900L;
    if (shape.d > 3)
        return nanl("");
    for (size_t g = 0; g < grid; g++) {
        grid_point(shape.d, g, grid, v);
        size_t at = KEPT;
        const long double here = potential(kernel, shape, x, v);
        for (; at > 0 && here < value[at - 1]; at--) {
            value[at] = value[at - 1];
            place[at] = place[at - 1];
        }
        value[at] = here;
        place[at] = g;
    }
    for (size_t k = 0; k < KEPT; k++) {
        grid_point(shape.d, place[k], grid, v);
        best = fminl(best, walk_down(kernel, shape, x, v));
    }
    return best;
}

static long double relaxed(int form, usph_shape shape, const double *x)
{
    long double norm2 = 0;
    for (size_t k = 0; k < shape.d; k++) {
        long double sum = 0;
        for (size_t i = 0; i < shape.n; i++)
            sum += x[i * shape.d + k];
        norm2 += sum * sum;
    }
    return form == 1 ? -sqrtl(norm2) : -2 - 2 * sqrtl(norm2) / shape.n;
}

static long double mesh_ratio(usph_shape shape, const double *x)
{
    long double least = PI;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = i + 1; j < shape.n; j++) {
            long double minus = 0;
            long double plus = 0;
            for (size_t k = 0; k < shape.d; k++) {
                const long double a = x[i * shape.d + k];
                minus += powl(a - x[j * shape.d + k], 2);
                plus += powl(a + x[j * shape.d + k], 2);
            }
            least = fminl(least, 2 * atan2l(sqrtl(minus), sqrtl(plus)));
        }
    }
    return covering(shape, x) / (least / 2);
}

static long double covering_soft(long double gamma, usph_shape shape, const double *x)
{
    usph_spec gauss;
    if (usph_spec_parse(&usph_kernels, "gauss:t=1", &gauss, NULL) != USPH_OK)
        return nanl("");
    gauss.values[0] = (double)gamma;
    return -logl(polarization(&gauss, shape, x)) / gamma;
}

/* The part of the bisector of points i and j where no other point is nearer:
   v = cos f m + sin f u with lo <= f <= hi. False if there is none. */
static bool voronoi_edge(usph_shape shape, const double *x, size_t i, size_t j,
                         long double *half, long double *lo, long double *hi)
{
    const double *p = x + 3 * i;
    const double *q = x + 3 * j;
    long double m[3];
    long double u[3];
    long double mm = 0;
    long double uu = 0;
    for (size_t k = 0; k < 3; k++) {
        const size_t a = (k + 1) % 3;
        const size_t b = (k + 2) % 3;
        m[k] = (long double)p[k] + q[k];
        u[k] = (long double)p[a] * q[b] - (long double)p[b] * q[a];
        mm += m[k] * m[k];
        uu += u[k] * u[k];
    }
    if (uu == 0)
        return false;
    *half = atan2l(sqrtl(uu / mm), sqrtl(mm) / 2);
    bool first = true;
    for (size_t k = 0; k < shape.n; k++) {
        const double *r = x + 3 * k;
        const long double along = (dot(3, m, r) - dot(3, m, p)) / sqrtl(mm);
        const long double across = (dot(3, u, r) - dot(3, u, p)) / sqrtl(uu);
        if (k == i || k == j)
            continue;
        long double centre = atan2l(-across, -along);
        if (!first)
            centre += 2 * PI * roundl(((*lo + *hi) / 2 - centre) / (2 * PI));
        *lo = first ? centre - PI / 2 : fmaxl(*lo, centre - PI / 2);
        *hi = first ? centre + PI / 2 : fminl(*hi, centre + PI / 2);
        first = false;
    }
    return !first && *lo < *hi;
}

/* angle^2 over the cells beside the edge: by sin a/sin^2 R df, with Boole's rule. */
static long double beside_edge(long double a, long double lo, long double hi)
{
    static const long double WEIGHT[] = { 14, 32, 12, 32 };
    const int steps = 400;
    long double sum = 0;
    for (int s = 0; s <= steps; s++) {
        const long double f = lo + (hi - lo) * s / steps;
        const long double sine2 = powl(sinl(a / 2), 2) + powl(sinl(f / 2), 2) -
                                  2 * powl(sinl(a / 2) * sinl(f / 2), 2);
        const long double r = 2 * asinl(sqrtl(sine2));
        long double moment = -r * r * cosl(r) + 2 * r * sinl(r) + 2 * cosl(r) - 2;
        if (r < 0.05L)
            moment = powl(r, 4) *
                     (1 / 4.0L - r * r / 36 + powl(r, 4) / 960 - powl(r, 6) / 50400);
        const long double weight = s == 0 || s == steps ? 7 : WEIGHT[s % 4];
        sum += weight * sinl(a) * moment / powl(sinl(r), 2);
    }
    return 2 * sum * (hi - lo) / steps * 2 / 45;
}

static long double quantization(usph_shape shape, const double *x)
{
    long double sum = 0;
    if (shape.d > 3)
        return nanl("");
    for (size_t i = 0; i < shape.n && shape.d == 2; i++) {
        const long double from = atan2l(x[2 * i + 1], x[2 * i]);
        long double gap = 2 * PI;
        for (size_t j = 0; j < shape.n; j++) {
            const long double turn = atan2l(x[2 * j + 1], x[2 * j]) - from;
            if (j != i)
                gap = fminl(gap, turn > 0 ? turn : turn + 2 * PI);
        }
        sum += powl(gap, 3) / 12 / (2 * PI);
    }
    for (size_t i = 0; i < shape.n && shape.d == 3; i++) {
        for (size_t j = i + 1; j < shape.n; j++) {
            long double a = 0;
            long double lo = 0;
            long double hi = 0;
            if (voronoi_edge(shape, x, i, j, &a, &lo, &hi))
                sum += beside_edge(a, lo, hi) / (4 * PI);
        }
    }
    return sum;
}

long double usph_reference_covering(const usph_metric_spec *m, usph_shape shape,
                                    const double *x)
{
    const char *name = m->metric.entry->name;
    if (strcmp(name, "covering") == 0)
        return covering(shape, x);
    if (strcmp(name, "polarization") == 0)
        return polarization(&m->kernel, shape, x);
    if (strcmp(name, "polarization_relaxed") == 0)
        return relaxed((int)m->metric.values[0], shape, x);
    if (strcmp(name, "covering_soft") == 0)
        return covering_soft(m->metric.values[0], shape, x);
    if (strcmp(name, "quantization") == 0)
        return quantization(shape, x);
    if (strcmp(name, "mesh_ratio") == 0)
        return mesh_ratio(shape, x);
    return nanl("");
}
