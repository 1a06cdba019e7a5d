#include "tests/quadrature.h"

#include <math.h>

double usph_test_integrate(double (*f)(double x, double from_a, double to_b,
                                       const void *ctx),
                           const void *ctx, double a, double b)
{
    enum {
        LEVELS = 13
    };
    static const double HALF_PI = 1.5707963267948966192;
    const double width = b - a;
    double step = 8; /* beyond the last node: level 0 is the middle alone */
    double sum = HALF_PI * 0.5 * f(a + 0.5 * width, 0.5 * width, 0.5 * width, ctx);
    double result = width * sum;
    for (int level = 1; level <= LEVELS; level++) {
        step *= 0.5;
        /* only the nodes that the coarser level did not have */
        for (int i = 1; step * i < 6.2; i += 2) {
            const double u = HALF_PI * sinh(step * i);
            const double small =
                1 / (1 + exp(2 * u)); /* share of the width at an end */
            const double weight = HALF_PI * cosh(step * i) * 2 * small * (1 - small);
            const double near = width * small;
            const double far = width - near;
            if (near == 0)
                break;
            sum += weight * (f(a + near, near, far, ctx) + f(b - near, far, near, ctx));
        }
        const double finer = width * step * sum;
        if (level > 7 && fabs(finer - result) <= 1e-15 * fabs(finer))
            return finer;
        result = finer;
    }
    return result;
}

typedef struct sphere_mean {
    double (*f)(double r2, const void *ctx);
    const void *ctx;
    double d;
    double log_c; /* log of c_d = G(d/2) / (sqrt(pi) G((d-1)/2)) */
} sphere_mean;

/* Density of t = <x, y> is c_d (1 - t^2)^((d-3)/2); r2 = 2 (1 - t). */
static double weighted(double t, double from_a, double to_b, const void *ctx)
{
    const sphere_mean *sm = ctx;
    const double value = sm->f(2 * to_b, sm->ctx);
    (void)t;
    if (isinf(value)) /* overflow next to an integrable singularity, weight far below */
        return 0;
    return value * exp(sm->log_c + 0.5 * (sm->d - 3) * log(from_a * to_b));
}

double usph_test_sphere_mean(double (*f)(double r2, const void *ctx), const void *ctx,
                             size_t d)
{
    const double h = 0.5 * (double)d;
    const double log_c =
        lgamma(h) - lgamma(h - 0.5) - 0.5 * log(3.14159265358979323846);
    const sphere_mean sm = { f, ctx, (double)d, log_c };
    return usph_test_integrate(weighted, &sm, -1, 1);
}
