#include "metrics/bounds/nodes.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    MAX_DEGREE = 128, /* of test functions */
    MAX_SWEEPS = 60,  /* of the QL iteration, for one eigenvalue */
};

usph_jacobi usph_space_jacobi(usph_space space, size_t d)
{
    const long double real = 0.5L * ((long double)d - 3);
    switch (space) {
    case USPH_SPACE_LINES: return (usph_jacobi){ real, -0.5L };
    case USPH_SPACE_COMPLEX_LINES: return (usph_jacobi){ (long double)d - 2, 0 };
    case USPH_SPACE_SPHERE: break;
    }
    return (usph_jacobi){ real, real };
}

/* rho_j / rho_(j-1), where 1/rho_j is the mean of P_j^2. */
static long double dimension_ratio(usph_jacobi w, long double j)
{
    const long double s = w.alpha + w.beta;
    if (j == 1) /* 1 + s, which may be 0, cancels */
        return (1 + w.alpha) * (3 + s) / (1 + w.beta);
    return (j + w.alpha) * (2 * j + s + 1) * (j + s) /
           (j * (2 * j + s - 1) * (j + w.beta));
}

/*
 * The level m: D(m) < n <= D(m+1) with the bounds of Delsarte, Goethals and Seidel for
 * designs, D(2k) = sum_(j<=k) rho_j and D(2k+1) = 2/(1+E) times the same sum for beta +
 * 1, E the mean of the variable. -1: too many nodes.
 */
static int level_of(usph_jacobi w, size_t n)
{
    const long double points = (long double)n * (1 - 4 * LDBL_EPSILON);
    const long double mean = (w.beta - w.alpha) / (w.alpha + w.beta + 2);
    const usph_jacobi up = { w.alpha, w.beta + 1 };
    long double even = 1; /* D(2k) */
    long double odd = 1;  /* D(2k+1) (1+E)/2 */
    long double rho = 1;
    long double rho_up = 1;
    for (int k = 0; k < USPH_MAX_NODES - 1; k++) {
        if (points <= odd * 2 / (1 + mean))
            return 2 * k;
        rho *= dimension_ratio(w, k + 1);
        rho_up *= dimension_ratio(up, k + 1);
        even += rho;
        odd += rho_up;
        if (points <= even)
            return 2 * k + 1;
    }
    return -1;
}

/* A symmetric tridiagonal matrix; z becomes the eigenvectors' first components. */
typedef struct tridiagonal {
    size_t n;
    long double d[USPH_MAX_NODES];
    long double e[USPH_MAX_NODES]; /* e[i] beside d[i] and d[i+1] */
    long double z[USPH_MAX_NODES];
} tridiagonal;

/* One implicit QL sweep on rows l .. m. */
static void ql_sweep(tridiagonal *t, size_t l, size_t m)
{
    const long double half = (t->d[l + 1] - t->d[l]) / (2 * t->e[l]);
    const long double root = hypotl(half, 1);
    long double g = t->d[m] - t->d[l] + t->e[l] / (half + copysignl(root, half));
    long double s = 1;
    long double c = 1;
    long double p = 0;
    for (size_t i = m; i-- > l;) {
        const long double f = s * t->e[i];
        const long double b = c * t->e[i];
        const long double r = sqrtl(f * f + g * g);
        t->e[i + 1] = r;
        if (r == 0) { /* decoupled early */
            t->d[i + 1] -= p;
            t->e[m] = 0;
            return;
        }
        s = f / r;
        c = g / r;
        g = t->d[i + 1] - p;
        const long double q = (t->d[i] - g) * s + 2 * c * b;
        p = s * q;
        t->d[i + 1] = g + p;
        g = c * q - b;
        const long double next = t->z[i + 1];
        t->z[i + 1] = s * t->z[i] + c * next;
        t->z[i] = c * t->z[i] - s * next;
    }
    t->d[l] -= p;
    t->e[l] = g;
    t->e[m] = 0;
}

/* First row from l on that is followed by a negligible off-diagonal entry. */
static size_t block_end(const tridiagonal *t, size_t l)
{
    size_t m = l;
    while (m + 1 < t->n &&
           fabsl(t->e[m]) > LDBL_EPSILON * (fabsl(t->d[m]) + fabsl(t->d[m + 1])))
        m++;
    return m;
}

/* Source: GolubWelsch1969. */
static bool diagonalize(tridiagonal *t)
{
    memset(t->z, 0, t->n * sizeof *t->z);
    t->z[0] = 1;
    t->e[t->n - 1] = 0;
    for (size_t l = 0; l < t->n; l++) {
        int sweeps = 0;
        for (size_t m = block_end(t, l); m != l; m = block_end(t, l)) {
            if (sweeps++ == MAX_SWEEPS)
                return false;
            ql_sweep(t, l, m);
        }
    }
    return true;
}

/* The Jacobi matrix of the weight (a, b); e[j] is still squared. */
static void fill_matrix(long double a, long double b, tridiagonal *t)
{
    const long double s = a + b;
    t->d[0] = (b - a) / (s + 2);
    for (size_t i = 1; i < t->n; i++) {
        const long double j = (long double)i;
        t->d[i] = (b * b - a * a) / ((2 * j + s) * (2 * j + s + 2));
        t->e[i - 1] = 4 * j * (j + a) * (j + b) * (j + s) /
                      ((2 * j + s) * (2 * j + s) * (2 * j + s + 1) * (2 * j + s - 1));
    }
    if (t->n > 1) /* s + 1, which may be 0, cancels */
        t->e[0] = 4 * (1 + a) * (1 + b) / ((2 + s) * (2 + s) * (3 + s));
}

/*
 * Replace the last diagonal entry so that the resolvent at 1 has the first entry x: its
 * continued fraction, turned around.
 */
static void fix_last(tridiagonal *t, long double x)
{
    for (size_t j = 0; j + 1 < t->n; j++) {
        x = (1 - t->d[j] - 1 / x) / t->e[j];
        t->e[j] = sqrtl(t->e[j]);
    }
    t->d[t->n - 1] = 1 - 1 / x;
}

static void sort_nodes(usph_nodes *r)
{
    for (size_t i = 1; i < r->count; i++) /* QL leaves them nearly in order */
        for (size_t j = i; j > 0 && r->node[j] < r->node[j - 1]; j--) {
            const long double node = r->node[j];
            const long double weight = r->weight[j];
            r->node[j] = r->node[j - 1];
            r->weight[j] = r->weight[j - 1];
            r->node[j - 1] = node;
            r->weight[j - 1] = weight;
        }
}

static bool is_sound(const usph_nodes *r)
{
    long double rest = 1 - 1 / (long double)r->n;
    for (size_t i = 0; i < r->count; i++) {
        if (!(r->weight[i] >= -1e-15L && r->node[i] >= -1 - 1e-15L && r->node[i] < 1))
            return false;
        rest -= r->weight[i];
    }
    return fabsl(rest) <= 1e-14L;
}

/*
 * Level 2k - 1: a Gauss rule of (1 - t) mu; level 2k: one of (1 - t^2) mu, with -1
 * besides. Either has one free parameter, and the weight at 1 fixes it.
 */
bool usph_nodes_find(usph_space space, size_t d, size_t n, usph_nodes *out)
{
    tridiagonal t;
    const usph_jacobi w = usph_space_jacobi(space, d);
    const long double total = w.alpha + w.beta;
    const long double mean = (w.beta - w.alpha) / (total + 2);
    const long double points = (long double)n;
    int level = n >= 2 && d >= 2 ? level_of(w, n) : -1;
    if (space == USPH_SPACE_SPHERE && n == 2)
        level = 1;
    if (level < 1)
        return false;
    const bool even = level % 2 == 0;
    const long double mass =
        even ? 4 * (w.alpha + 1) * (w.beta + 1) / ((total + 2) * (total + 3))
             : 2 * (w.alpha + 1) / (total + 2);
    const long double rest = even ? 1 + mean - 2 / points : 1 - 1 / points;
    t.n = (size_t)(level + 1) / 2;
    fill_matrix(w.alpha + 1, w.beta + (even ? 1 : 0), &t);
    fix_last(&t, rest / mass);
    if (!diagonalize(&t))
        return false;
    out->jacobi = w;
    out->n = n;
    out->level = level;
    long double lowest = 0.5L * (1 - mean); /* weight of the node -1 */
    for (size_t i = 0; i < t.n; i++) {
        const long double x = t.d[i];
        const long double mass_i = mass * t.z[i] * t.z[i];
        out->node[i] = x;
        out->weight[i] = mass_i / (even ? (1 - x) * (1 + x) : 1 - x);
        lowest -= 0.5L * mass_i / (1 + x);
    }
    out->count = t.n;
    if (even) {
        out->node[out->count] = -1;
        out->weight[out->count++] = fmaxl(0, lowest);
    }
    sort_nodes(out);
    return is_sound(out);
}

void usph_jacobi_values(usph_jacobi w, size_t degree, long double x, long double *p)
{
    const long double s = w.alpha + w.beta;
    p[0] = 1;
    if (degree >= 1)
        p[1] = 1 - (1 - x) * (s + 2) / (2 * (w.alpha + 1));
    for (size_t i = 1; i < degree; i++) {
        const long double k = (long double)i;
        /* x P_k = up P_(k+1) + same P_k + down P_(k-1), and up + same + down = 1 */
        const long double up =
            2 * (k + s + 1) * (k + w.alpha + 1) / ((2 * k + s + 1) * (2 * k + s + 2));
        const long double down = 2 * k * (k + w.beta) / ((2 * k + s) * (2 * k + s + 1));
        p[i + 1] = p[i] - ((1 - x) * p[i] - down * (p[i] - p[i - 1])) / up;
    }
}

int usph_nodes_improvable_from(const usph_nodes *rule, int last)
{
    long double test[MAX_DEGREE + 1] = { 0 };
    long double p[MAX_DEGREE + 1] = { 0 };
    const int top = last < MAX_DEGREE ? last : MAX_DEGREE;
    for (int k = 0; k <= top; k++)
        test[k] = 1 / (long double)rule->n;
    for (size_t i = 0; i < rule->count && rule->level < top; i++) {
        usph_jacobi_values(rule->jacobi, (size_t)top, rule->node[i], p);
        for (int k = 0; k <= top; k++)
            test[k] += rule->weight[i] * p[k];
    }
    for (int k = rule->level + 1; k <= top && k <= MAX_DEGREE; k++)
        if (test[k] < -1e-12L)
            return k;
    return 0;
}
