#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rng.h"
#include "tests/runner.h"
#include "tests/simd_level.h"

/* Random arguments of each function at each level. */
#define COUNT ((size_t)240000)

/* What core/simd_math.h promises, in units in the last place. */
#define ALLOWED 1.5L

#define SIZE(array) (sizeof(array) / sizeof *(array))

/* The level of this machine with the given number, or NULL: it has fewer. */
static const usph_simd_functions *level_at(size_t number)
{
    const usph_simd_functions *levels[3] = { &usph_test_simd_base };
    size_t count = 1;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        levels[count++] = &usph_test_simd_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        levels[count++] = &usph_test_simd_avx512;
#endif
    return number < count ? levels[number] : NULL;
}

/* |got - want| in units of the last place of want, subnormal spacing at the least. */
static long double units(double got, long double want)
{
    if (isnan(want) || isnan(got))
        return isnan(want) && isnan(got) ? 0 : HUGE_VALL;
    const double rounded = (double)want;
    if (isinf(rounded) || isinf(got)) {
        /* Next to the largest number, the double beyond it is counted as one unit. */
        const long double beyond = ldexpl(1, DBL_MAX_EXP);
        const long double a = fminl(fmaxl((long double)got, -beyond), beyond);
        const long double b = fminl(fmaxl(want, -beyond), beyond);
        return fabsl(a - b) / ldexpl(1, DBL_MAX_EXP - DBL_MANT_DIG);
    }
    int e = DBL_MIN_EXP;
    if (want != 0)
        frexpl(want, &e);
    if (e < DBL_MIN_EXP)
        e = DBL_MIN_EXP;
    return fabsl((long double)got - want) / ldexpl(1, e - DBL_MANT_DIG);
}

/* Compare, print the largest error if asked to, fail with the argument at fault. */
static void check(const char *function, const char *level, size_t n, const double *x,
                  const double *y, const double *got, const long double *want)
{
    long double worst = 0;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const long double u = units(got[i], want[i]);
        if (u > worst) {
            worst = u;
            at = i;
        }
    }
    if (getenv("USPH_TEST_VERBOSE") != NULL)
        printf("%-10s %-7s %.3Lf at %a, %a\n", function, level, worst, x[at], y[at]);
    ck_assert_msg(worst <= ALLOWED,
                  "%s(%a, %a) at level %s: got %a, want %La: %.3Lf ulp", function,
                  x[at], y[at], level, got[at], want[at], worst);
}

static double uniform_in(usph_rng *rng, double lo, double hi)
{
    return lo + (hi - lo) * usph_rng_uniform(rng);
}

/* 2^e times a mantissa with all bits random, e uniform in [lo, hi]. */
static double spread(usph_rng *rng, int lo, int hi)
{
    const unsigned count = (unsigned)(hi - lo) + 1;
    const int e = lo + (int)usph_rng_below(rng, count);
    return ldexp(1 + usph_rng_uniform(rng), e);
}

/* Signed, by the lowest bit drawn. */
static double with_sign(usph_rng *rng, double x)
{
    return usph_rng_below(rng, 2) == 0 ? x : -x;
}

static long double want_rcp(long double x)
{
    return 1 / x;
}

static long double want_rsqrt(long double x)
{
    return 1 / sqrtl(x);
}

/* By blocks, so that whole vectors are of the usual kind. */
static double draw_any(usph_rng *rng, size_t i)
{
    return with_sign(rng, i / 64 % 2 ? spread(rng, -1074, 1023) : spread(rng, -2, 2));
}

static double draw_positive(usph_rng *rng, size_t i)
{
    return i / 64 % 2 ? spread(rng, -1074, 1023) : spread(rng, -2, 2);
}

/* The ends that core/simd.h promises. */
static double draw_mid(usph_rng *rng, size_t i)
{
    return i % 2 ? spread(rng, -119, 118) : spread(rng, -2, 2);
}

static double draw_exp(usph_rng *rng, size_t i)
{
    switch (i / 64 % 6) {
    case 0: return uniform_in(rng, -700, 700);
    case 1: return uniform_in(rng, -747, -690); /* the subnormal results */
    case 2: return uniform_in(rng, 700, 711);
    case 3: return with_sign(rng, spread(rng, -60, 1));
    case 4: return uniform_in(rng, -2, 2);
    default: return with_sign(rng, spread(rng, -1074, 1023));
    }
}

static double draw_exp_mid(usph_rng *rng, size_t i)
{
    switch (i % 3) {
    case 0: return uniform_in(rng, -700, 700);
    case 1: return with_sign(rng, spread(rng, -60, 1));
    default: return uniform_in(rng, -2, 2);
    }
}

static double draw_log(usph_rng *rng, size_t i)
{
    switch (i / 64 % 6) {
    case 0: return spread(rng, -1022, 1023);
    case 1: return spread(rng, -1074, -1010);
    case 2: return 1 + with_sign(rng, spread(rng, -52, -1));
    case 3: return uniform_in(rng, 0.9, 1.1);
    case 4: return uniform_in(rng, 0.5, 2);
    default: return spread(rng, -3, 3);
    }
}

static double draw_asin(usph_rng *rng, size_t i)
{
    switch (i % 4) {
    case 0: return uniform_in(rng, -1, 1);
    case 1: return with_sign(rng, 1 - spread(rng, -53, -2));
    case 2: return with_sign(rng, spread(rng, -1074, -1));
    default: return with_sign(rng, 0.5 + with_sign(rng, spread(rng, -53, -3)));
    }
}

static const struct {
    const char *name;
    usph_simd_which which;
    long double (*want)(long double x);
    double (*draw)(usph_rng *rng, size_t i);
} UNARY[] = {
    { "rcp", USPH_SIMD_RCP, want_rcp, draw_any },
    { "rsqrt", USPH_SIMD_RSQRT, want_rsqrt, draw_positive },
    { "rcp_mid", USPH_SIMD_RCP_MID, want_rcp, draw_mid },
    { "rsqrt_mid", USPH_SIMD_RSQRT_MID, want_rsqrt, draw_mid },
    { "exp", USPH_SIMD_EXP, expl, draw_exp },
    { "exp_mid", USPH_SIMD_EXP_MID, expl, draw_exp_mid },
    { "log", USPH_SIMD_LOG, logl, draw_log },
    { "asin", USPH_SIMD_ASIN, asinl, draw_asin },
};

START_TEST(test_unary)
{
    double *x = malloc(2 * COUNT * sizeof *x);
    long double *want = malloc(COUNT * sizeof *want);
    ck_assert(x != NULL && want != NULL);
    double *got = x + COUNT;
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), (uint64_t)_i, USPH_FOR_METRIC);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = UNARY[_i].draw(&rng, i);
        want[i] = UNARY[_i].want((long double)x[i]);
    }
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        level->unary[UNARY[_i].which](COUNT, x, got);
        check(UNARY[_i].name, level->name, COUNT, x, x, got, want);
    }
    free(x);
    free(want);
}
END_TEST

/* Exponents of common kernels, the ends of the range, and tiny ones. */
static const double POWERS[] = {
    -1,    1,     0.5,     -0.5,     2,        -2,   1.5,  -1.5,  3,    -3,
    0.25,  -0.25, 1.0 / 3, -2.0 / 3, 7,        -12,  31.5, -100,  1000, -1000,
    12345, -5e4,  5e5,     -5e5,     0.999999, 1e-3, 1e-9, -1e-9, 0,    1e-300,
};

/* x with a log x spread over the results that are not 0 or infinite, and the rest. */
static double draw_pow(usph_rng *rng, size_t i, double a)
{
    const double most = fabs(a) > 1 ? 745 / fabs(a) : 745;
    switch (i / 64 % 6) {
    case 0: return exp(uniform_in(rng, -most, most) * 708 / 745);
    case 1: return exp(copysign(uniform_in(rng, 707, 748), -a) / fmax(1, fabs(a)));
    case 2: return exp(copysign(uniform_in(rng, 705, 711), a) / fmax(1, fabs(a)));
    case 3: return 1 + with_sign(rng, spread(rng, -52, -1));
    case 4: return uniform_in(rng, 0.5, 2);
    default: return spread(rng, -1074, 1023);
    }
}

START_TEST(test_pow)
{
    const double a = POWERS[_i];
    const size_t count = COUNT / SIZE(POWERS) * 2;
    double *x = malloc(2 * count * sizeof *x);
    long double *want = malloc(count * sizeof *want);
    ck_assert(x != NULL && want != NULL);
    double *got = x + count;
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), (uint64_t)_i, USPH_FOR_METRIC);
    for (size_t i = 0; i < count; i++) {
        x[i] = draw_pow(&rng, i, a);
        want[i] = powl((long double)x[i], (long double)a);
    }
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        char name[40];
        snprintf(name, sizeof name, "pow_%g", a);
        level->pow(count, x, a, got);
        check(name, level->name, count, x, x, got, want);
    }
    free(x);
    free(want);
}
END_TEST

/* Pairs of the quarter plane: all ratios, near the diagonal, at both axes. */
static void draw_atan2(usph_rng *rng, size_t i, double *y, double *x)
{
    *x = spread(rng, -3, 3);
    switch (i / 64 % 6) {
    case 0: *y = spread(rng, -3, 3); break;
    case 1: *y = *x * (1 + with_sign(rng, spread(rng, -52, -3))); break;
    case 2: *y = *x * spread(rng, -60, 60); break;
    case 3: *y = *x * ldexp(1 + spread(rng, -53, -3), (int)(i % 9) - 5); break;
    case 4:
        *x = spread(rng, -1074, 1022);
        *y = spread(rng, -1074, 1022);
        break;
    default: *y = usph_rng_below(rng, 2) ? 0 : spread(rng, -1074, 1022); break;
    }
}

START_TEST(test_atan2)
{
    double *x = malloc(3 * COUNT * sizeof *x);
    long double *want = malloc(COUNT * sizeof *want);
    ck_assert(x != NULL && want != NULL);
    double *y = x + COUNT;
    double *got = y + COUNT;
    usph_rng rng;
    usph_rng_init(&rng, usph_test_seed(), 0, USPH_FOR_METRIC);
    for (size_t i = 0; i < COUNT; i++) {
        draw_atan2(&rng, i, &y[i], &x[i]);
        want[i] = atan2l((long double)y[i], (long double)x[i]);
    }
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        level->atan2(COUNT, y, x, got);
        check("atan2", level->name, COUNT, y, x, got, want);
    }
    free(x);
    free(want);
}
END_TEST

/* Values that are exact: equal, and of the same sign, or both NaN. */
static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

#define INF HUGE_VAL
#define BAD ((double)NAN)

static const struct {
    usph_simd_which which;
    double x;
    double y;
} EXACT[] = {
    { USPH_SIMD_RCP, 0.0, INF },
    { USPH_SIMD_RCP, -0.0, -INF },
    { USPH_SIMD_RCP, INF, 0.0 },
    { USPH_SIMD_RCP, -INF, -0.0 },
    { USPH_SIMD_RCP, BAD, BAD },
    { USPH_SIMD_RCP, 0x1p-1074, INF },
    { USPH_SIMD_RCP, 0x1p-1023, 0x1p1023 },
    { USPH_SIMD_RCP, -0x1p1023, -0x1p-1023 },
    { USPH_SIMD_RCP, 4, 0.25 },
    { USPH_SIMD_RSQRT, 0.0, INF },
    { USPH_SIMD_RSQRT, INF, 0.0 },
    { USPH_SIMD_RSQRT, -1, BAD },
    { USPH_SIMD_RSQRT, -INF, BAD },
    { USPH_SIMD_RSQRT, -0x1p-1074, BAD },
    { USPH_SIMD_RSQRT, BAD, BAD },
    { USPH_SIMD_RSQRT, 0x1p-1074, 0x1p537 },
    { USPH_SIMD_RSQRT, 4, 0.5 },
    { USPH_SIMD_EXP, 0.0, 1 },
    { USPH_SIMD_EXP, -0.0, 1 },
    { USPH_SIMD_EXP, 0x1p-1074, 1 },
    { USPH_SIMD_EXP, 710, INF },
    { USPH_SIMD_EXP, 1e300, INF },
    { USPH_SIMD_EXP, INF, INF },
    { USPH_SIMD_EXP, -745, 0x1p-1074 },
    { USPH_SIMD_EXP, -746, 0 },
    { USPH_SIMD_EXP, -1e300, 0 },
    { USPH_SIMD_EXP, -INF, 0 },
    { USPH_SIMD_EXP, BAD, BAD },
    { USPH_SIMD_EXP_MID, 0.0, 1 },
    { USPH_SIMD_LOG, 1, 0.0 },
    { USPH_SIMD_LOG, 0.0, -INF },
    { USPH_SIMD_LOG, -0.0, -INF },
    { USPH_SIMD_LOG, -0x1p-1074, BAD },
    { USPH_SIMD_LOG, -1, BAD },
    { USPH_SIMD_LOG, -INF, BAD },
    { USPH_SIMD_LOG, INF, INF },
    { USPH_SIMD_LOG, BAD, BAD },
    { USPH_SIMD_ASIN, 0.0, 0.0 },
    { USPH_SIMD_ASIN, -0.0, -0.0 },
    { USPH_SIMD_ASIN, 0x1p-1074, 0x1p-1074 },
    { USPH_SIMD_ASIN, 1, 0x1.921fb54442d18p+0 },
    { USPH_SIMD_ASIN, -1, -0x1.921fb54442d18p+0 },
    { USPH_SIMD_ASIN, 1 + DBL_EPSILON, BAD },
    { USPH_SIMD_ASIN, -2, BAD },
    { USPH_SIMD_ASIN, INF, BAD },
    { USPH_SIMD_ASIN, BAD, BAD },
};

/* Alone among ones in each place of the vector, and in all places. */
START_TEST(test_exact_unary)
{
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        usph_simd_unary *f = level->unary[EXACT[_i].which];
        for (size_t place = 0; place <= level->lanes; place++) {
            double x[8];
            double y[8];
            for (size_t k = 0; k < level->lanes; k++)
                x[k] = k == place || place == level->lanes ? EXACT[_i].x : 1;
            f(level->lanes, x, y);
            const double got = y[place % level->lanes];
            ck_assert_msg(same(got, EXACT[_i].y), "function %d at level %s: f(%a) = %a",
                          (int)EXACT[_i].which, level->name, EXACT[_i].x, got);
            double one;
            f(1, &(double){ 1 }, &one);
            for (size_t k = 0; k < level->lanes && place < level->lanes; k++)
                ck_assert_msg(k == place || same(y[k], one), "%a disturbs %zu",
                              EXACT[_i].x, k);
        }
    }
}
END_TEST

static const struct {
    double x;
    double a;
    double z;
} EXACT_POW[] = {
    { 0, 2, 0 },
    { 0, -2, INF },
    { 0, 0, 1 },
    { -0.0, 3, 0 },
    { -0.0, -3, INF },
    { INF, 2, INF },
    { INF, -0.5, 0 },
    { INF, 0, 1 },
    { 1, 5e5, 1 },
    { 1, -5e5, 1 },
    { 3, 0, 1 },
    { 0x1p-1074, 0, 1 },
    { -1, 2, BAD },
    { -1, 0, BAD },
    { -INF, 2, BAD },
    { BAD, 2, BAD },
    { 2, 5e5, INF },
    { 2, -5e5, 0 },
    { 0.5, 5e5, 0 },
    { 0.5, -5e5, INF },
    { DBL_MAX, 5e5, INF },
    { 0x1p-1074, 5e5, 0 },
    { 2, -1074, 0x1p-1074 },
    { 2, -1076, 0 },
    { 2, 1023, 0x1p1023 },
    { 2, 1024, INF },
    { 0x1p-1074, 1, 0x1p-1074 },
    { 0x1p-1074, -0.5, 0x1p537 },
};

START_TEST(test_exact_pow)
{
    const double a = EXACT_POW[_i].a;
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        for (size_t place = 0; place < level->lanes; place++) {
            double x[8];
            double z[8];
            for (size_t k = 0; k < level->lanes; k++)
                x[k] = k == place ? EXACT_POW[_i].x : 1;
            level->pow(level->lanes, x, a, z);
            for (size_t k = 0; k < level->lanes; k++)
                ck_assert_msg(same(z[k], k == place ? EXACT_POW[_i].z : 1),
                              "level %s: pow(%a, %a) = %a", level->name, x[k], a, z[k]);
        }
    }
}
END_TEST

START_TEST(test_exact_atan2)
{
    const double quarter = 0x1.921fb54442d18p-1;
    static const double SIZES[] = {
        0x1p-1074, DBL_MIN, 0x1p-520, 1, 3, 0x1p600, DBL_MAX
    };
    const usph_simd_functions *level;
    for (size_t l = 0; (level = level_at(l)) != NULL; l++) {
        for (size_t i = 0; i < SIZE(SIZES); i++) {
            double got[3];
            const double s = SIZES[i];
            level->atan2(3, (double[]){ 0, s, s }, (double[]){ s, 0, s }, got);
            ck_assert_msg(same(got[0], 0), "%s: %a, %a", level->name, s, got[0]);
            ck_assert_msg(same(got[1], 2 * quarter), "%s: %a, %a", level->name, s,
                          got[1]);
            ck_assert_msg(same(got[2], quarter), "%s: %a, %a", level->name, s, got[2]);
        }
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("simd");
    TCase *tc = tcase_create("simd");
    tcase_add_loop_test(tc, test_unary, 0, SIZE(UNARY));
    tcase_add_loop_test(tc, test_pow, 0, SIZE(POWERS));
    tcase_add_test(tc, test_atan2);
    tcase_add_loop_test(tc, test_exact_unary, 0, SIZE(EXACT));
    tcase_add_loop_test(tc, test_exact_pow, 0, SIZE(EXACT_POW));
    tcase_add_test(tc, test_exact_atan2);
    suite_add_tcase(suite, tc);
    return suite;
}
