#include "metrics/bounds/certify.h"

#include <float.h>
#include <math.h>

enum {
    MAX_DEPTH = 40, /* halvings of a cell */
    MAX_CELLS = 20000000,
};

/* Of kernels in double: h and slope carry a few roundings each. */
static const double SLOPE_ERROR = 0x1p-49;

typedef struct job {
    const usph_polynomial *p;
    const usph_ceiling *ceiling;
    long double curvature; /* f'(1) */
    long double rounding;  /* of a value of f */
    long double best;      /* largest excess seen */
    long double proved;    /* upper bound of the excess on the cells that are done */
    long double tol;
    size_t cells;
} job;

/* Angles of a cell's ends and f there. */
typedef struct cell {
    long double a, b, fa, fb;
} cell;

/* (k + d - 2) P_(k+1) = (2k + d - 2) t P_k - k P_(k-1) */
long double usph_polynomial_at(const usph_polynomial *p, long double t)
{
    const long double d = (long double)p->d;
    long double before = 1;
    long double now = t;
    long double sum = p->f[0];
    for (size_t i = 1; i <= p->degree; i++) {
        const long double k = (long double)i;
        sum += p->f[i] * now;
        const long double next = ((2 * k + d - 2) * t * now - k * before) / (k + d - 2);
        before = now;
        now = next;
    }
    return sum;
}

static long double value_at(const job *j, long double phi)
{
    return usph_polynomial_at(j->p, cosl(phi));
}

/* f less the tangent at c, at the angle x. */
static long double above_tangent(const job *j, usph_ceiling_value v, long double c,
                                 long double x, long double fx)
{
    const long double run =
        j->ceiling->angular ? x - c : -2 * sinl(0.5L * (x + c)) * sinl(0.5L * (x - c));
    return fx - (long double)v.h - (long double)v.slope * run;
}

static bool check_cell(job *j, cell at, int depth)
{
    const long double c = 0.5L * (at.a + at.b);
    const long double width = at.b - at.a;
    const usph_ceiling_value v = j->ceiling->at(j->ceiling->ctx, (double)c);
    const long double slope = fabsl((long double)v.slope);
    const long double bend = j->curvature + (j->ceiling->angular ? 0 : slope);
    const long double ends = fmaxl(above_tangent(j, v, (double)c, at.a, at.fa),
                                   above_tangent(j, v, (double)c, at.b, at.fb));
    const long double error =
        j->rounding + (long double)v.error + SLOPE_ERROR * slope * width;
    const long double bound = ends + 0.125L * width * width * bend + error;
    if (++j->cells > MAX_CELLS || isnan(bound))
        return false;
    if (bound <= fmaxl(0, j->best) + j->tol || depth == MAX_DEPTH) {
        j->proved = fmaxl(j->proved, bound);
        return true;
    }
    const long double fc = value_at(j, c);
    j->best = fmaxl(j->best, fc - (long double)v.h);
    return check_cell(j, (cell){ at.a, c, at.fa, fc }, depth + 1) &&
           check_cell(j, (cell){ c, at.b, fc, at.fb }, depth + 1);
}

/* An angle up to which the ceiling is above all values of f: nothing to check there. */
static double safe_angle(const usph_ceiling *ceiling, long double highest)
{
    double low = 0;
    double high = ceiling->to;
    for (int k = 0; k < 60 && ceiling->falling; k++) {
        const double middle = 0.5 * (low + high);
        const usph_ceiling_value v = ceiling->at(ceiling->ctx, middle);
        if ((long double)(v.h - v.error) >= highest)
            low = middle;
        else
            high = middle;
    }
    return fmax(low, ceiling->from);
}

bool usph_certify(const usph_polynomial *given, const usph_ceiling *ceiling, double tol,
                  usph_certificate *out)
{
    usph_polynomial p = *given;
    job j = { .p = &p, .ceiling = ceiling, .tol = tol };
    long double one = p.f[0];
    long double size = fabsl((long double)p.f[0]);
    const long double d = (long double)p.d;
    for (size_t k = 1; k <= p.degree; k++) {
        p.f[k] = fmax(p.f[k], 0);
        one += p.f[k];
        size += p.f[k];
        j.curvature += p.f[k] * (long double)k * ((long double)k + d - 2) / (d - 1);
    }
    const long double degree = (long double)p.degree;
    j.rounding = 4 * (degree * degree + 1) * LDBL_EPSILON * size;
    j.curvature *= 1 + 100 * LDBL_EPSILON * degree;
    const size_t count = 4 * p.degree + 4;
    const long double from = safe_angle(ceiling, one + j.rounding);
    const long double step = (ceiling->to - from) / (long double)count;
    for (size_t i = 0; i <= count; i++) { /* a first idea of the excess */
        const double phi = (double)(from + (long double)i * step);
        const double h = ceiling->at(ceiling->ctx, phi).h;
        j.best = fmaxl(j.best, value_at(&j, phi) - (long double)h);
    }
    for (size_t i = 0; i < count; i++) {
        const long double a = from + (long double)i * step;
        const long double b = i + 1 == count ? (long double)ceiling->to : a + step;
        if (!check_cell(&j, (cell){ a, b, value_at(&j, a), value_at(&j, b) }, 0))
            return false;
    }
    out->excess = (double)(fmaxl(0, j.proved) * (1 + 4 * DBL_EPSILON));
    out->f0 = p.f[0] - (long double)out->excess;
    out->at_one = one - (long double)out->excess;
    out->cells = j.cells;
    return isfinite(out->excess);
}

double usph_certified_mean(const usph_certificate *c, const usph_polynomial *p,
                           double n)
{
    const long double points = n;
    const long double mean = (points * c->f0 - c->at_one) / (points - 1);
    const long double size = fabsl(c->f0) + fabsl(c->at_one) / points;
    const long double rounding = 8 * ((long double)p->degree + 2) * LDBL_EPSILON * size;
    const double value = (double)(mean - 2 * rounding);
    return value - 2 * DBL_EPSILON * fabs(value);
}
