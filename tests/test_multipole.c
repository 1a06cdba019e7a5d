#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "core/rng.h"
#include "metrics/pairs/multipole.h"
#include "tests/runner.h"

/* Where points lie. */
typedef enum layout {
    SPIRAL, /* jittered, spread evenly */
    RANDOM,
    CAPS,    /* in ten caps of radius 1e-3 */
    EQUATOR, /* on a great circle in the edges of cells */
    CIRCLE,  /* on another */
    ANTIPODES,
    TWINS, /* a tenth of the points exists twice */
    LAYOUTS,
} layout;

static const char *const LAYOUT_NAMES[LAYOUTS] = { "spiral",  "random", "caps",
                                                   "equator", "circle", "antipodes",
                                                   "twins" };

/* The first ones are also tested with many points. */
static const usph_multipole_kernel KERNELS[] = {
    { USPH_MULTIPOLE_RIESZ, 1 },       { USPH_MULTIPOLE_RIESZ, 0.5 },
    { USPH_MULTIPOLE_RIESZ, -1 },      { USPH_MULTIPOLE_LOG, 0 },
    { USPH_MULTIPOLE_GAUSS, 2 },       { USPH_MULTIPOLE_GAUSS, 30000 },
    { USPH_MULTIPOLE_RIESZ, 2 },       { USPH_MULTIPOLE_RIESZ, 1.9 },
    { USPH_MULTIPOLE_RIESZ, -1.9 },    { USPH_MULTIPOLE_GAUSS, 0.01 },
    { USPH_MULTIPOLE_GAUSS, 30 },      { USPH_MULTIPOLE_GAUSS, 1000 },
    { USPH_MULTIPOLE_GAUSS, 1000000 },
};

enum {
    KERNEL_COUNT = sizeof KERNELS / sizeof *KERNELS,
    WITH_MANY = 5,
    TARGETS = 200,
    MANY = 20000,
    FEW = 1500,
};

/* Sums by the definition: of all pairs, and the gradient at some points. */
typedef struct direct {
    long double sum, size; /* of K and |K| */
    double least;
    size_t coincident;
    double grad[TARGETS][3];
} direct;

static const usph_multipole_loops *loops_of(usph_level level)
{
#if defined(__x86_64__)
    if (level == USPH_LEVEL_AVX512)
        return &usph_multipole_loops_avx512;
    if (level == USPH_LEVEL_AVX2)
        return &usph_multipole_loops_avx2;
#endif
    (void)level;
    return &usph_multipole_loops_base;
}

static void unit(double *x)
{
    const double norm = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    for (size_t k = 0; k < 3; k++)
        x[k] /= norm;
}

static void point_spiral(usph_rng *rng, size_t n, size_t i, double *x)
{
    const double z = 1 - (2 * (double)i + 1) / (double)n;
    const double angle = 2.399963229728653 * (double)i; /* of the golden ratio */
    double jitter[3];
    usph_rng_normal(rng, 3, jitter);
    x[0] = sqrt(1 - z * z) * cos(angle);
    x[1] = sqrt(1 - z * z) * sin(angle);
    x[2] = z;
    for (size_t k = 0; k < 3; k++)
        x[k] += 0.3 / sqrt((double)n) * jitter[k];
}

static void point_any(layout where, usph_rng *rng, size_t n, size_t i, double *x)
{
    const double angle = 6.283185307179586 * usph_rng_uniform(rng);
    double *at = x + 3 * i;
    usph_rng_normal(rng, 3, at);
    if (where == SPIRAL) {
        point_spiral(rng, n, i, at);
    } else if (where == CAPS && i >= 10) {
        unit(at);
        for (size_t k = 0; k < 3; k++)
            at[k] = x[3 * (i % 10) + k] + 1e-3 * at[k];
    } else if (where == EQUATOR || where == CIRCLE) {
        at[0] = (where == CIRCLE ? 0.6 : 1) * cos(angle);
        at[1] = sin(angle);
        at[2] = (where == CIRCLE ? 0.8 : 0) * cos(angle);
    }
    unit(at);
    for (size_t k = 0; k < 3 && i % 2 == 1; k++) {
        if (where == ANTIPODES)
            at[k] = -at[(ptrdiff_t)k - 3];
        if (where == TWINS && i % 10 == 1)
            at[k] = at[(ptrdiff_t)k - 3];
    }
}

static double *points_new(layout where, size_t n)
{
    usph_rng rng;
    double *x = malloc(3 * n * sizeof *x);
    ck_assert_ptr_nonnull(x);
    usph_rng_init(&rng, usph_test_seed(), n, USPH_FOR_POINTS);
    for (size_t i = 0; i < n; i++)
        point_any(where, &rng, n, i, x);
    return x;
}

static double kernel_value(usph_multipole_kernel kernel, double r2)
{
    const double s = kernel.parameter;
    if (kernel.kind == USPH_MULTIPOLE_LOG)
        return -0.5 * log(r2);
    if (kernel.kind == USPH_MULTIPOLE_GAUSS)
        return s * r2 > 745 ? 0 : exp(-s * r2);
    return s == 1     ? 1 / sqrt(r2)
           : s == 0.5 ? 1 / sqrt(sqrt(r2))
           : s == 2   ? 1 / r2
           : s == -1  ? -sqrt(r2)
                      : copysign(pow(r2, -0.5 * s), s);
}

/* dK/dr2 from K. */
static double kernel_slope(usph_multipole_kernel kernel, double r2, double k)
{
    if (kernel.kind == USPH_MULTIPOLE_LOG)
        return -0.5 / r2;
    if (kernel.kind == USPH_MULTIPOLE_GAUSS)
        return -kernel.parameter * k;
    return -0.5 * kernel.parameter * k / r2;
}

static double squared(const double *x, const double *y, double diff[3])
{
    for (size_t k = 0; k < 3; k++)
        diff[k] = x[k] - y[k];
    return diff[0] * diff[0] + diff[1] * diff[1] + diff[2] * diff[2];
}

static void direct_target(usph_multipole_kernel kernel, size_t n, const double *x,
                          size_t i, double *grad)
{
    long double sum[3] = { 0 };
    for (size_t j = 0; j < n; j++) {
        double diff[3];
        const double r2 = squared(x + 3 * i, x + 3 * j, diff);
        if (r2 == 0)
            continue;
        const double slope = kernel_slope(kernel, r2, kernel_value(kernel, r2));
        for (size_t k = 0; k < 3; k++)
            sum[k] += 2 * (long double)slope * (long double)diff[k];
    }
    for (size_t k = 0; k < 3; k++)
        grad[k] = (double)sum[k];
}

static size_t target(size_t n, size_t t)
{
    return t * n / TARGETS;
}

/* Sum of a row of K, and of |K|; the rows are added in long double. */
static void direct_row(usph_multipole_kernel kernel, const double *x, size_t i,
                       direct *out)
{
    double r2[MANY];
    double sum = 0;
    double size = 0;
    for (size_t j = 0; j < i; j++) {
        double diff[3];
        r2[j] = squared(x + 3 * i, x + 3 * j, diff);
    }
    for (size_t j = 0; j < i; j++) {
        const double k = r2[j] == 0 ? 0 : kernel_value(kernel, r2[j]);
        out->least = r2[j] < out->least ? r2[j] : out->least;
        out->coincident += r2[j] == 0;
        sum += k;
        size += fabs(k);
    }
    out->sum += (long double)sum;
    out->size += (long double)size;
}

/* A row of 20000 terms is off by 1e-14 or so, and the rows differ in sign. */
static void direct_fill(usph_multipole_kernel kernel, size_t n, const double *x,
                        direct *out)
{
    out->sum = out->size = 0;
    out->least = 8;
    out->coincident = 0;
    for (size_t i = 0; i < n; i++)
        direct_row(kernel, x, i, out);
    for (size_t t = 0; t < TARGETS; t++)
        direct_target(kernel, n, x, target(n, t), out->grad[t]);
}

/* Errors over the size of the whole; all of a Gaussian may be below the least double.
 */
static double relative(double error, double size)
{
    return error == 0 ? 0 : error / size;
}

static double grad_error(const direct *want, size_t n, const double *grad)
{
    double error = 0;
    double size = 0;
    for (size_t t = 0; t < TARGETS; t++) {
        double diff[3];
        error += squared(grad + 3 * target(n, t), want->grad[t], diff);
        for (size_t k = 0; k < 3; k++)
            size += want->grad[t][k] * want->grad[t][k];
    }
    return sqrt(relative(error, size));
}

/* One evaluation, with the scratch that is stated. */
static void evaluate(usph_level level, usph_multipole_kernel kernel,
                     const usph_multipole_setting *setting, size_t n, const double *x,
                     usph_multipole_result *out, double *grad)
{
    usph_workspace ws = { 0 };
    ck_assert(usph_workspace_reserve(
                  &ws, usph_multipole_scratch(kernel, setting, n, grad != NULL)) ==
              USPH_OK);
    usph_multipole_sum(loops_of(level), kernel, setting, n, x, &ws, out, grad);
    ck_assert_uint_eq(ws.used, 0);
    usph_workspace_free(&ws);
}

static void check_sum(const direct *want, const usph_multipole_setting *setting,
                      const usph_multipole_result *got, const char *what)
{
    const double error =
        relative((double)fabsl((long double)got->sum - want->sum), (double)want->size);
    ck_assert_msg(error <= setting->value, "%s: value off by %g of %g", what, error,
                  setting->value);
    ck_assert_uint_eq(got->coincident, want->coincident);
    ck_assert_msg(fabs(got->least - want->least) <= 1e-14 * want->least, "%s: least %g",
                  what, got->least);
}

static void check_level(usph_level level, usph_multipole_kernel kernel,
                        const usph_multipole_setting *setting, size_t n,
                        const double *x, const direct *want, const char *name)
{
    usph_multipole_result got;
    char what[128];
    double *grad = malloc(3 * n * sizeof *grad);
    ck_assert_ptr_nonnull(grad);
    snprintf(what, sizeof what, "%s, kind %d, parameter %g, order %zu, %s, n = %zu",
             usph_level_name(level), (int)kernel.kind, kernel.parameter, setting->order,
             name, n);
    evaluate(level, kernel, setting, n, x, &got, grad);
    check_sum(want, setting, &got, what);
    const double error = grad_error(want, n, grad);
    ck_assert_msg(error <= setting->gradient, "%s: gradient off by %g of %g", what,
                  error, setting->gradient);
    free(grad);
    if (n > FEW || setting->value > 1e-12)
        return;
    evaluate(level, kernel, setting, n, x, &got, NULL);
    check_sum(want, setting, &got, what);
}

START_TEST(test_every_kernel_at_every_level)
{
    static direct want;
    const usph_multipole_setting setting = usph_multipole_accuracy(1e-8);
    double *x = points_new(_i % 2 == 0 ? SPIRAL : RANDOM, MANY);
    ck_assert(setting.value <= 1e-12 && setting.gradient <= 1e-8);
    direct_fill(KERNELS[_i], MANY, x, &want);
    for (usph_level level = 0; level <= usph_cpu_best(); level++)
        check_level(level, KERNELS[_i], &setting, MANY, x, &want,
                    LAYOUT_NAMES[_i % 2 == 0 ? SPIRAL : RANDOM]);
    free(x);
}
END_TEST

START_TEST(test_every_setting_holds_what_it_says)
{
    static const double WANTED[] = { 1e-3, 1e-5, 1e-8 };
    static direct want;
    double *x = points_new((layout)_i, FEW);
    for (size_t k = 0; k < KERNEL_COUNT; k++) {
        direct_fill(KERNELS[k], FEW, x, &want);
        for (size_t w = 0; w < sizeof WANTED / sizeof *WANTED; w++) {
            const usph_multipole_setting setting = usph_multipole_accuracy(WANTED[w]);
            ck_assert(setting.gradient <= WANTED[w]);
            check_level(usph_cpu_best(), KERNELS[k], &setting, FEW, x, &want,
                        LAYOUT_NAMES[_i]);
        }
    }
    free(x);
}
END_TEST

START_TEST(test_same_input_same_bits)
{
    const usph_multipole_setting setting = usph_multipole_accuracy(1e-5);
    double *x = points_new(RANDOM, FEW);
    const size_t size = 3 * (size_t)FEW;
    double *grad = malloc(2 * size * sizeof *grad);
    usph_multipole_result got[2];
    ck_assert_ptr_nonnull(grad);
    for (size_t k = 0; k < 2; k++)
        evaluate(usph_cpu_best(), KERNELS[_i], &setting, FEW, x, &got[k],
                 grad + k * size);
    ck_assert(got[0].sum == got[1].sum && got[0].least == got[1].least);
    for (size_t k = 0; k < size; k++)
        ck_assert(grad[k] == grad[size + k]);
    free(grad);
    free(x);
}
END_TEST

/* 0, 1 and 3 pairs, of which one is too close for the loops. */
START_TEST(test_few_points)
{
    static const double X[9] = { 1, 0, 0, 1, 3e-19, 0, 0, 0, -1 };
    const usph_multipole_kernel kernel = { USPH_MULTIPOLE_RIESZ, 1 };
    const usph_multipole_setting setting = usph_multipole_accuracy(1e-8);
    for (usph_level level = 0; level <= usph_cpu_best(); level++) {
        usph_multipole_result got;
        double grad[9];
        evaluate(level, kernel, &setting, 1, X, &got, grad);
        ck_assert(got.sum == 0 && got.least == 8 && got.coincident == 0);
        ck_assert(grad[0] == 0 && grad[1] == 0 && grad[2] == 0);
        evaluate(level, kernel, &setting, 3, X, &got, grad);
        ck_assert(fabs(got.sum * 3e-19 - 1) < 1e-14 && got.coincident == 0);
        ck_assert(fabs(got.least / 9e-38 - 1) < 1e-14);
        ck_assert(fabs(grad[4] * 9e-38 + 1) < 1e-14 && grad[1] == -grad[4]);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("multipole");
    TCase *cases = tcase_create("sums");
    tcase_add_loop_test(cases, test_every_kernel_at_every_level, 0, WITH_MANY);
    tcase_add_loop_test(cases, test_every_setting_holds_what_it_says, 0, LAYOUTS);
    tcase_add_loop_test(cases, test_same_input_same_bits, 0, KERNEL_COUNT);
    tcase_add_test(cases, test_few_points);
    suite_add_tcase(suite, cases);
    return suite;
}
