#include <math.h>

#include "core/simd_math.h"
#include "core/special.h"
#include "metrics/kernel.h"
#include "metrics/pairs/body.h"

/* k = exp(b - a r2); dk the same over -a */
USPH_INLINE void gauss_pairs(usph_pair_params p, size_t rows, const usph_v *r2,
                             usph_v *k, usph_v *dk)
{
    for (size_t i = 0; i < rows; i++) {
        const usph_v exponent = usph_v_fnma(usph_v_set(p.a), r2[i], usph_v_set(p.b));
        k[i] = dk[i] = usph_v_exp(exponent);
    }
}

static void gauss_scale(usph_pair_params p, double *k, double *dk)
{
    *k = 1;
    *dk = -p.a;
}

#define USPH_PAIR         gauss
#define USPH_PAIR_PRODUCT false
#include "metrics/pairs/instantiate.h"

/* What follows is built once, not for every instruction set. */
#ifdef USPH_LEVEL_FIRST

USPH_LOOPS_DECLARE(gauss);

static const usph_pairs_loops *gauss_loops(const double *values, usph_level level)
{
    static const usph_pairs_loops *const LOOPS[USPH_LEVELS] = USPH_LOOPS(gauss);
    (void)values;
    return LOOPS[level];
}

static void gauss_eval(const usph_kernel_pairs *at, const usph_kernel_values *out)
{
    const double t = at->values[0];
    const size_t m = at->m;
    const double *r2 = at->r2;
    for (size_t p = 0; p < m; p++)
        out->k[p] = exp(-t * r2[p]);
    for (size_t p = 0; p < m && out->dk != NULL; p++)
        out->dk[p] = -t * out->k[p];
    for (size_t p = 0; p < m && out->d2k != NULL; p++)
        out->d2k[p] = t * t * out->k[p];
}

static double gauss_mean(const double *values, size_t d)
{
    return exp(usph_log_mean_gauss(values[0], (double)d));
}

/* An error of r2 reaches K times t, whatever r2 is. */
static double gauss_near(const double *values)
{
    return values[0] <= 500 ? 0.03 : 8;
}

/** Gaussian potential. */
const usph_kernel usph_kernel_gauss = {
    .entry = {
        .name = "gauss",
        .title = "Gaussian",
        .formula = "K(r) = exp(-t r^2)",
        .source = "CohnKumar2007",
        .params = { { .name = "t",
                      .type = USPH_REAL,
                      .def = 2,
                      .lo = 0,
                      .lo_open = true,
                      .hi = 1e6,
                      .always = true,
                      .doc = "inverse squared width",
                      .sharpness = true } },
    },
    .flags = USPH_KERNEL_MONOTONE | USPH_KERNEL_POSDEF,
    .eval = gauss_eval,
    .mean = gauss_mean,
    .loops = gauss_loops,
    .near = gauss_near,
    .origin = true,
};

#endif
