#include "metrics/uniformity/chisquares.h"

#include <complex.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    HEAD = 48, /* terms that are taken one by one */
    MAX_NODES = 4000,
};

/* sum of weight chi^2_dof: what the contour integral works on. */
typedef struct law {
    size_t terms;
    double weight[HEAD + 1];
    double dof[HEAD + 1];
    double largest; /* weight */
    double x;       /* where the tail is asked for */
} law;

/* Sums of 2 v^4 dim and 8 v^6 dim over the degrees of one dyadic block. */
typedef struct block {
    double second, third;
} block;

/* last + next + ... of blocks whose ratio is that of the last two */
static double rest_of(double before, double last)
{
    const double ratio = before > 0 ? fmin(last / before, 0.9) : 0;
    return last * ratio / (1 - ratio);
}

static void add_term(law *l, double weight, double dof)
{
    if (weight <= 0)
        return;
    l->weight[l->terms] = weight;
    l->dof[l->terms] = dof;
    l->largest = fmax(l->largest, weight);
    l->terms++;
}

/* One term for all degrees beyond HEAD: same variance and third cumulant. */
static void add_rest(law *l, block beyond)
{
    if (beyond.third <= 0)
        return;
    const double weight = beyond.third / (4 * beyond.second);
    add_term(l, weight, beyond.second / (2 * weight * weight));
}

static law law_of(const double *v2, size_t count, size_t d)
{
    law l = { .terms = 0 };
    const double dd = (double)d;
    block beyond = { 0, 0 };
    block half[2] = { { 0, 0 }, { 0, 0 } }; /* (count/4, count/2], (count/2, count] */
    double dim = dd;
    for (size_t k = 1; k <= count; k++) {
        const double w = v2[k - 1];
        const double second = 2 * w * w * dim;
        if (k <= HEAD) {
            add_term(&l, w, dim);
        } else {
            beyond.second += second;
            beyond.third += 4 * w * second;
        }
        if (4 * k > count) {
            block *b = &half[2 * k > count ? 1 : 0];
            b->second += second;
            b->third += 4 * w * second;
        }
        const double kk = (double)k;
        dim *= (2 * kk + dd) / (2 * kk + dd - 2) * (kk + dd - 2) / (kk + 1);
    }
    beyond.second += rest_of(half[0].second, half[1].second);
    beyond.third += rest_of(half[0].third, half[1].third);
    add_rest(&l, beyond);
    return l;
}

/* Derivative of log(mgf(s) exp(-s x) / |s|), which grows with s on either side of 0. */
static double slope(const law *l, double s)
{
    double sum = -l->x - 1 / s;
    for (size_t k = 0; k < l->terms; k++)
        sum += l->dof[k] * l->weight[k] / (1 - 2 * l->weight[k] * s);
    return sum;
}

/* Where it is 0: between 0 and the first singularity, or below 0. */
static double saddle(const law *l, bool above)
{
    const double limit = 0.5 / l->largest;
    double low = 0;
    double high = limit;
    if (!above) {
        low = -limit;
        while (slope(l, low) > 0 && low > -1e300)
            low *= 4;
        high = 0;
    }
    for (int step = 0; step < 60; step++) {
        const double mid = 0.5 * (low + high);
        *(slope(l, mid) > 0 ? &high : &low) = mid;
    }
    return 0.5 * (low + high);
}

/* Second and third derivative at s. */
static void curvature(const law *l, double s, double *second, double *third)
{
    *second = 1 / (s * s);
    *third = -2 / (s * s * s);
    for (size_t k = 0; k < l->terms; k++) {
        const double w = l->weight[k] / (1 - 2 * l->weight[k] * s);
        *second += 2 * l->dof[k] * w * w;
        *third += 8 * l->dof[k] * w * w * w;
    }
}

/* re + i im: Clang has no CMPLX, and I is a float that the sum would widen. */
static double complex number(double re, double im)
{
    const double parts[2] = { re, im };
    double complex z;
    memcpy(&z, parts, sizeof z);
    return z;
}

/* log(mgf(s) exp(-s x)) */
static double complex exponent(const law *l, double complex s)
{
    const double a = creal(s);
    const double b = cimag(s);
    double re = 0;
    double im = 0;
    for (size_t k = 0; k < l->terms; k++) {
        const double w = 2 * l->weight[k];
        const double p = -w * a; /* 1 - w s = 1 + p + i q */
        const double q = -w * b;
        re -= 0.5 * l->dof[k] * 0.5 * log1p(p * (2 + p) + q * q);
        im -= 0.5 * l->dof[k] * atan2(q, 1 + p);
    }
    return number(re - l->x * a, im - l->x * b);
}

/* (1 / 2 pi i) times the integral of exp(exponent) / s over s0 + i y + bend y^2 */
static double tail(const law *l, bool above)
{
    static const double PI = 3.14159265358979323846;
    const double s0 = saddle(l, above);
    double second = 0;
    double third = 0;
    curvature(l, s0, &second, &third);
    const double bend = fmax(0, third / (6 * second));
    const double step = 0.2 / sqrt(second);
    double sum = 0;
    for (int node = 0; node < MAX_NODES; node++) {
        const double y = node * step;
        const double complex s = number(s0 + bend * y * y, y);
        const double complex value =
            cexp(exponent(l, s)) / s * number(1, -2 * bend * y);
        sum += node == 0 ? 0.5 * creal(value) : creal(value);
        if (cabs(value) < 1e-15 * fabs(sum))
            break;
    }
    return fmin(1, fmax(0, (above ? 1 : -1) * sum * step / PI));
}

void usph_chisquares_tails(const double *v2, size_t count, size_t d, double x,
                           double *lower, double *upper)
{
    law l = law_of(v2, count, d);
    double mean = 0;
    for (size_t k = 0; k < l.terms; k++)
        mean += l.weight[k] * l.dof[k];
    l.x = x + mean; /* of the sum of squares, not less its mean */
    if (l.terms == 0) {
        *lower = NAN;
        *upper = NAN;
    } else if (isinf(x) || x <= -mean) { /* beyond all, or no sum of squares so low */
        *upper = x > 0 ? 0 : 1;
        *lower = 1 - *upper;
    } else if (x > 0) {
        *upper = tail(&l, true);
        *lower = 1 - *upper;
    } else {
        *lower = tail(&l, false);
        *upper = 1 - *lower;
    }
}
