#include <math.h>
#include <string.h>

#include <mpfr.h>

#include "metrics/bounds/certify.h"
#include "metrics/bounds/propose.h"
#include "tests/runner.h"

enum {
    BITS = 192, /* roundings of 1e-57, against which MARGIN is ample */
    MAX_DEPTH = 44,
};

static const double MARGIN = 1e-40;

/* The kernel 1/r^2 = 1/(2 - 2t), as the library gets it. */
static usph_ceiling_value inverse_square(const void *ctx, double phi)
{
    const double s = 2 * sin(0.5 * phi);
    const double h = 1 / (s * s);
    (void)ctx;
    return (usph_ceiling_value){ .h = h, .slope = 2 * h * h, .error = 1e-14 * h };
}

static const usph_ceiling CEILING = {
    .at = inverse_square,
    .falling = true,
    .to = 3.14159265358979323846,
};

/* What a proof needs: the polynomial, f'(1) rounded up, and the excess it claims. */
typedef struct claim {
    const usph_polynomial *p;
    mpfr_t bend;
    double excess;
    size_t cells;
} claim;

/* f at t, by the recurrence. */
static void polynomial(mpfr_t out, const usph_polynomial *p, const mpfr_t t)
{
    mpfr_t before, now, next;
    mpfr_inits2(BITS, before, now, next, (mpfr_ptr)0);
    mpfr_set_ui(before, 1, MPFR_RNDN);
    mpfr_set(now, t, MPFR_RNDN);
    mpfr_set_d(out, p->f[0], MPFR_RNDN);
    for (unsigned long k = 1; k <= p->degree; k++) {
        mpfr_mul_d(next, now, p->f[k], MPFR_RNDN);
        mpfr_add(out, out, next, MPFR_RNDN);
        mpfr_mul(next, t, now, MPFR_RNDN);
        mpfr_mul_ui(next, next, 2 * k + p->d - 2, MPFR_RNDN);
        mpfr_mul_ui(before, before, k, MPFR_RNDN);
        mpfr_sub(next, next, before, MPFR_RNDN);
        mpfr_div_ui(next, next, k + p->d - 2, MPFR_RNDN);
        mpfr_set(before, now, MPFR_RNDN);
        mpfr_set(now, next, MPFR_RNDN);
    }
    mpfr_clears(before, now, next, (mpfr_ptr)0);
}

/* f at the end x less the tangent at t0 of 1/(2 - 2t). */
static void above_tangent(mpfr_t out, const claim *c, double x, const mpfr_t t0,
                          const mpfr_t h)
{
    mpfr_t t, line;
    mpfr_inits2(BITS, t, line, (mpfr_ptr)0);
    mpfr_set_d(t, x, MPFR_RNDN);
    mpfr_cos(t, t, MPFR_RNDN);
    polynomial(out, c->p, t);
    mpfr_sub(out, out, h, MPFR_RNDN);
    mpfr_sub(line, t, t0, MPFR_RNDN);
    mpfr_mul(line, line, h, MPFR_RNDN);
    mpfr_mul(line, line, h, MPFR_RNDN);
    mpfr_mul_ui(line, line, 2, MPFR_RNDN);
    mpfr_sub(out, out, line, MPFR_RNDN);
    mpfr_clears(t, line, (mpfr_ptr)0);
}

/* Upper bound of f - h on [a, b], rounded up. */
static double cell_bound(const claim *c, double a, double b)
{
    mpfr_t t0, h, u, v, bend;
    mpfr_inits2(BITS, t0, h, u, v, bend, (mpfr_ptr)0);
    mpfr_set_d(t0, 0.5 * (a + b), MPFR_RNDN);
    mpfr_cos(t0, t0, MPFR_RNDN);
    mpfr_ui_sub(h, 1, t0, MPFR_RNDN);
    mpfr_mul_ui(h, h, 2, MPFR_RNDN);
    mpfr_ui_div(h, 1, h, MPFR_RNDN);
    above_tangent(u, c, a, t0, h);
    above_tangent(v, c, b, t0, h);
    mpfr_max(u, u, v, MPFR_RNDU);
    mpfr_sqr(bend, h, MPFR_RNDU);
    mpfr_mul_ui(bend, bend, 2, MPFR_RNDU);
    mpfr_add(bend, bend, c->bend, MPFR_RNDU);
    mpfr_set_d(v, b, MPFR_RNDU);
    mpfr_sub_d(v, v, a, MPFR_RNDU);
    mpfr_sqr(v, v, MPFR_RNDU);
    mpfr_mul(bend, bend, v, MPFR_RNDU);
    mpfr_div_ui(bend, bend, 8, MPFR_RNDU);
    mpfr_add(u, u, bend, MPFR_RNDU);
    mpfr_add_d(u, u, MARGIN, MPFR_RNDU);
    const double bound = mpfr_get_d(u, MPFR_RNDU);
    mpfr_clears(t0, h, u, v, bend, (mpfr_ptr)0);
    return bound;
}

static bool holds(claim *c, double a, double b, int depth)
{
    c->cells++;
    if (cell_bound(c, a, b) <= c->excess)
        return true;
    if (depth == MAX_DEPTH)
        return false;
    const double middle = 0.5 * (a + b);
    return holds(c, a, middle, depth + 1) && holds(c, middle, b, depth + 1);
}

/* Everything again: from the angle where h is above f's maximum, up to beyond pi. */
static bool check(const usph_polynomial *p, double excess)
{
    claim c = { .p = p, .excess = excess };
    mpfr_t term;
    double one = p->f[0];
    mpfr_inits2(BITS, c.bend, term, (mpfr_ptr)0);
    mpfr_set_ui(c.bend, 0, MPFR_RNDU);
    for (unsigned long k = 1; k <= p->degree; k++) {
        mpfr_set_d(term, p->f[k], MPFR_RNDU);
        mpfr_mul_ui(term, term, k * (k + p->d - 2), MPFR_RNDU);
        mpfr_div_ui(term, term, p->d - 1, MPFR_RNDU);
        mpfr_add(c.bend, c.bend, term, MPFR_RNDU);
        one += p->f[k];
    }
    /* r^2 = 4 sin^2(phi/2) <= phi^2: up to phi = 1/sqrt(2 f(1)) 1/r^2 is twice f(1) */
    const double from = 1 / sqrt(2 * one);
    const double to = nextafter(CEILING.to, 4);
    bool all = true;
    for (int i = 0; i < 64 && all; i++)
        all = holds(&c, from + i * (to - from) / 64, from + (i + 1) * (to - from) / 64,
                    0);
    mpfr_clears(c.bend, term, (mpfr_ptr)0);
    return all;
}

/* The mean that the certificate gives, rounded down. */
static double mean_down(const usph_polynomial *p, double excess, unsigned long n)
{
    mpfr_t one, mean;
    mpfr_inits2(BITS, one, mean, (mpfr_ptr)0);
    mpfr_set_d(one, p->f[0], MPFR_RNDU);
    for (size_t k = 1; k <= p->degree; k++)
        mpfr_add_d(one, one, p->f[k], MPFR_RNDU);
    mpfr_set_d(mean, p->f[0], MPFR_RNDD);
    mpfr_mul_ui(mean, mean, n, MPFR_RNDD);
    mpfr_sub(mean, mean, one, MPFR_RNDD);
    mpfr_div_ui(mean, mean, n - 1, MPFR_RNDD);
    mpfr_sub_d(mean, mean, excess, MPFR_RNDD);
    const double value = mpfr_get_d(mean, MPFR_RNDD);
    mpfr_clears(one, mean, (mpfr_ptr)0);
    return value;
}

static const struct {
    size_t d;
    unsigned long n;
    size_t degree;
} CASES[] = {
    { 3, 4, 12 },  { 3, 5, 12 },   { 3, 6, 12 },   { 3, 7, 16 },   { 3, 8, 16 },
    { 3, 9, 16 },  { 3, 10, 16 },  { 3, 11, 16 },  { 3, 12, 20 },  { 3, 13, 20 },
    { 3, 20, 20 }, { 3, 24, 20 },  { 3, 32, 24 },  { 4, 9, 16 },   { 4, 10, 16 },
    { 4, 24, 16 }, { 4, 120, 20 }, { 5, 16, 16 },  { 5, 20, 16 },  { 6, 27, 16 },
    { 7, 56, 16 }, { 8, 16, 16 },  { 8, 240, 16 }, { 10, 40, 16 }, { 16, 64, 16 },
};

START_TEST(test_certificate_again)
{
    const double n = (double)CASES[_i].n;
    const usph_program program = { .n = n, .ceiling = &CEILING };
    usph_polynomial p = { .d = CASES[_i].d, .degree = CASES[_i].degree };
    usph_certificate proof;
    ck_assert(usph_propose(&program, &p));
    for (size_t k = 1; k <= p.degree; k++)
        p.f[k] = fmax(0, p.f[k]);
    ck_assert(usph_certify(&p, &CEILING, 1e-10, &proof));
    ck_assert_msg(check(&p, proof.excess), "n=%g d=%zu: excess %.17g", n, p.d,
                  proof.excess);
    ck_assert_double_le(usph_certified_mean(&proof, &p, n),
                        mean_down(&p, proof.excess, CASES[_i].n));
    /* and a claim of less than the truth does not pass */
    p.f[0] += 1e-6;
    ck_assert(!check(&p, proof.excess));
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("certificates");
    TCase *tc = tcase_create("certificates");
    tcase_add_loop_test(tc, test_certificate_again, 0, sizeof CASES / sizeof *CASES);
    suite_add_tcase(suite, tc);
    return suite;
}
