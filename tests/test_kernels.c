#include <math.h>
#include <stdlib.h>

#include "core/blas.h"
#include "metrics/kernel.h"
#include "tests/quadrature.h"
#include "tests/reference.h"
#include "tests/runner.h"
#include "tests/variants.h"

enum {
    GRID = 400,
};

static usph_spec variants[USPH_MAX_VARIANTS];
static size_t variant_count;

static const char *name_of(int i)
{
    static char text[USPH_MAX_SPEC];
    usph_spec_print(&variants[i], text, sizeof text);
    return text;
}

enum {
    DIM = 6, /* for kernels that depend on it */
};

/* Squared distances from nearly coincident to antipodal. */
static double grid(size_t p)
{
    return 4 * pow((double)(p + 1) / GRID, 4);
}

START_TEST(test_value_is_the_reference)
{
    for (size_t p = 0; p < GRID; p++)
        usph_assert_close(
            usph_kernel_at(&variants[_i], DIM, grid(p)),
            (double)usph_reference_kernel(&variants[_i], DIM, grid(p), 4 - grid(p)),
            1e-13, "%s at r2 = %g", name_of(_i), grid(p));
}
END_TEST

/* The derivative of the long-double reference, by a fourth-order difference. */
START_TEST(test_derivative_is_the_difference)
{
    const usph_kernel *kernel = usph_kernel_of(variants[_i].entry);
    /* at r2 = 4 an angle has no derivative by r2 */
    const size_t count = (kernel->flags & USPH_KERNEL_ANGLE) != 0 ? GRID - 1 : GRID;
    for (size_t p = 0; p < count; p++) {
        const double r2 = grid(p);
        const long double h = 1e-4L * r2;
        long double f[5];
        double k = 0;
        double dk = 0;
        for (int s = 0; s < 5; s++)
            f[s] = usph_reference_kernel(&variants[_i], DIM, r2 + (s - 2) * h,
                                         4 - (r2 + (s - 2) * h));
        const double want = (double)((f[0] - 8 * f[1] + 8 * f[3] - f[4]) / (12 * h));
        const double q2 = 4 - r2;
        kernel->eval(&(usph_kernel_pairs){ variants[_i].values, DIM, 1, &r2, &q2 },
                     &(usph_kernel_values){ .k = &k, .dk = &dk });
        /* the second part is the rounding of the difference */
        const double noise = (double)(4e-19L * fabsl(f[2]) / h);
        ck_assert_msg(fabs(dk - want) <= 1e-8 * fabs(want) + noise,
                      "%s at r2 = %g: %.17g, difference %.17g", name_of(_i), r2, dk,
                      want);
    }
}
END_TEST

START_TEST(test_value_without_derivative_is_the_same)
{
    const usph_kernel *kernel = usph_kernel_of(variants[_i].entry);
    double r2[GRID];
    double with[GRID];
    double without[GRID];
    double dk[GRID];
    for (size_t p = 0; p < GRID; p++)
        r2[p] = grid(p);
    double q2[GRID];
    for (size_t p = 0; p < GRID; p++)
        q2[p] = 4 - r2[p];
    const usph_kernel_pairs at = { variants[_i].values, DIM, GRID, r2, q2 };
    kernel->eval(&at, &(usph_kernel_values){ .k = with, .dk = dk });
    kernel->eval(&at, &(usph_kernel_values){ .k = without });
    ck_assert_mem_eq(with, without, sizeof with);
}
END_TEST

typedef struct kernel_in {
    const usph_spec *kernel;
    size_t d;
} kernel_in;

static double kernel_of_r2(double r2, const void *ctx)
{
    const kernel_in *in = ctx;
    return (double)usph_reference_kernel(in->kernel, in->d, r2, 4 - (long double)r2);
}

START_TEST(test_mean_is_the_integral)
{
    for (size_t d = 2; d <= 130; d += d < 10 ? 1 : 40) {
        const double mean = usph_kernel_mean(&variants[_i], d);
        if (isinf(mean))
            continue;
        const double want =
            usph_test_sphere_mean(kernel_of_r2, &(kernel_in){ &variants[_i], d }, d);
        /* near the divergent exponent quadrature itself loses digits */
        ck_assert_msg(fabs(mean - want) < 1e-9 * fabs(want) + 1e-12,
                      "%s, d = %zu: %.17g, quadrature %.17g", name_of(_i), d, mean,
                      want);
    }
}
END_TEST

/* Closed values: W_1 = 1 and W_-1 = 4/3 on S^2, W_2 = (d-2)/(2(d-3)), and so on. */
static const struct {
    const char *kernel;
    size_t d;
    double want;
} MEANS[] = {
    /* the last: 2 sqrt(4t) terms, each by a product more, lose sqrt(4t) eps */
    { "riesz:s=1", 3, 1 },
    { "riesz:s=-1", 3, -4.0 / 3 },
    { "riesz:s=2", 4, 1 },
    { "riesz:s=2", 8, 0.6 },
    { "riesz:s=4", 8, 0.5 },
    { "riesz:s=2", 100000, 99998.0 / (2 * 99997.0) },
    { "log", 3, -0.19314718055994530942 },
    { "log", 4, -0.25 },
    { "riesz:s=2", 3, INFINITY },
    { "riesz:s=1", 2, INFINITY },
    { "gauss:t=2", 3, 0.12495806717151219 }, /* (1 - exp(-8))/8 */
    { "gauss:t=1000000", 3, 2.5e-7 },
};

START_TEST(test_mean_closed_values)
{
    usph_spec spec;
    usph_error err = { "" };
    usph_assert_ok(usph_spec_parse(&usph_kernels, MEANS[_i].kernel, &spec, &err), err);
    const double mean = usph_kernel_mean(&spec, MEANS[_i].d);
    if (isinf(MEANS[_i].want))
        ck_assert(isinf(mean) && mean > 0);
    else
        ck_assert_msg(fabs(mean / MEANS[_i].want - 1) <
                          2e-14 + 2.2e-16 * 2 * sqrt(fabs(spec.values[0])),
                      "%s, d = %zu: %.17g", MEANS[_i].kernel, MEANS[_i].d, mean);
}
END_TEST

START_TEST(test_flags_hold)
{
    const usph_spec *spec = &variants[_i];
    const unsigned flags = usph_kernel_of(spec->entry)->flags;
    if (flags & USPH_KERNEL_MONOTONE) {
        for (int p = 1; p < 78; p++) {
            const double r2 = 0.05 * p;
            const double a = usph_kernel_at(spec, DIM, r2 - 0.04);
            const double b = usph_kernel_at(spec, DIM, r2);
            const double c = usph_kernel_at(spec, DIM, r2 + 0.04);
            ck_assert_msg(a >= b && b >= c && a - b >= b - c, "%s at %g", name_of(_i),
                          r2);
        }
    }
    if (flags & USPH_KERNEL_POSDEF) {
        const usph_shape shape = { 40, 6 };
        double *x = usph_test_points(shape, usph_test_seed());
        double gram[40 * 40];
        size_t pivot = 0;
        for (size_t i = 0; i < 40; i++) {
            for (size_t j = 0; j < 40; j++) {
                double r2 = 0;
                for (size_t k = 0; k < 6; k++)
                    r2 += pow(x[6 * i + k] - x[6 * j + k], 2);
                gram[40 * i + j] = usph_kernel_at(spec, DIM, r2) + (i == j) * 1e-12;
            }
        }
        ck_assert_int_eq(usph_cholesky(40, gram, &pivot), USPH_OK);
        free(x);
    }
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("kernels");
    TCase *tc = tcase_create("kernels");
    variant_count = usph_registry_variants(&usph_kernels, variants, USPH_MAX_VARIANTS);
    const int count = (int)variant_count;
    tcase_add_loop_test(tc, test_value_is_the_reference, 0, count);
    tcase_add_loop_test(tc, test_derivative_is_the_difference, 0, count);
    tcase_add_loop_test(tc, test_value_without_derivative_is_the_same, 0, count);
    tcase_add_loop_test(tc, test_mean_is_the_integral, 0, count);
    tcase_add_loop_test(tc, test_mean_closed_values, 0, sizeof MEANS / sizeof *MEANS);
    tcase_add_loop_test(tc, test_flags_hold, 0, count);
    suite_add_tcase(suite, tc);
    return suite;
}
