#include "tests/simd_level.h"

#include <string.h>

#include "core/simd_math.h"

/* The functions by their loops: one vector from memory, or the remainder padded. */
static usph_v load(const double *x, size_t left)
{
    if (left >= USPH_LANES)
        return usph_v_load(x);
    double part[USPH_LANES];
    for (size_t k = 0; k < USPH_LANES; k++)
        part[k] = k < left ? x[k] : 1;
    return usph_v_load(part);
}

static void store(double *y, size_t left, usph_v a)
{
    double part[USPH_LANES];
    if (left >= USPH_LANES) {
        usph_v_store(y, a);
        return;
    }
    usph_v_store(part, a);
    memcpy(y, part, left * sizeof *y);
}

static void level_rcp(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_rcp(load(x + i, n - i)));
}

static void level_rsqrt(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_rsqrt(load(x + i, n - i)));
}

static void level_rcp_mid(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_rcp_mid(load(x + i, n - i)));
}

static void level_rsqrt_mid(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_rsqrt_mid(load(x + i, n - i)));
}

static void level_exp(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_exp(load(x + i, n - i)));
}

static void level_exp_mid(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_exp_mid(load(x + i, n - i)));
}

static void level_log(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_log(load(x + i, n - i)));
}

static void level_asin(size_t n, const double *x, double *y)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(y + i, n - i, usph_v_asin(load(x + i, n - i)));
}

static void level_pow(size_t n, const double *x, double a, double *z)
{
    for (size_t i = 0; i < n; i += USPH_LANES)
        store(z + i, n - i, usph_v_pow(load(x + i, n - i), a));
}

static void level_atan2(size_t n, const double *y, const double *x, double *z)
{
    for (size_t i = 0; i < n; i += USPH_LANES) {
        const usph_v yv = load(y + i, n - i);
        store(z + i, n - i, usph_v_atan2_pos(yv, load(x + i, n - i)));
    }
}

#define QUOTED(name)   #name
#define NAME_OF(level) QUOTED(level)

const usph_simd_functions USPH_LEVEL_NAME(usph_test_simd) = {
    .name = NAME_OF(USPH_LEVEL),
    .lanes = USPH_LANES,
    .unary = {
        [USPH_SIMD_RCP] = level_rcp,
        [USPH_SIMD_RSQRT] = level_rsqrt,
        [USPH_SIMD_RCP_MID] = level_rcp_mid,
        [USPH_SIMD_RSQRT_MID] = level_rsqrt_mid,
        [USPH_SIMD_EXP] = level_exp,
        [USPH_SIMD_EXP_MID] = level_exp_mid,
        [USPH_SIMD_LOG] = level_log,
        [USPH_SIMD_ASIN] = level_asin,
    },
    .pow = level_pow,
    .atan2 = level_atan2,
};
