#ifndef USPH_CORE_SIMD_MATH_H
#define USPH_CORE_SIMD_MATH_H

#include <float.h>
#include <math.h>

#include "core/simd.h"

/**
 * Elementary functions of vectors. Errors stand as units in the last place of the exact
 * result: at most 1.5 at every width, and at each function the largest that was met in
 * 10^7 random arguments, rounded up; tests/test_simd.c measures them. Where the machine
 * lacks FMA, usph_v_fma rounds twice, so exact products are formed from halves there.
 * Polynomials are minimax, found by Remez's exchange in 300 bits with the
 * weight that makes the error of log relative, that of the others uniform, and rounded
 * to double afterwards.
 *
 * Arithmetic of the infinities and NaN is relied on: no file that includes this may be
 * built with -ffast-math.
 */
typedef uint64_t usph_vu __attribute__((vector_size(8 * USPH_LANES)));

/* A condition that only unusual arguments meet, out of the way of the others. */
#define USPH_V_RARE(condition) __builtin_expect((condition), 0)

/** |x|. */
USPH_INLINE usph_v usph_v_abs(usph_v x)
{
    return (usph_v)((usph_vi)x & usph_vi_set(INT64_MAX));
}

/*
 * c[0] + c[1] x + ... + c[count - 1] x^(count - 1); count is a constant at every call.
 * Long ones as an even and an odd part by x^2, since one chain of operations is longer
 * than what the machine has in flight.
 */
USPH_INLINE usph_v usph_v_poly(usph_v x, const double *c, int count)
{
    const int step = count >= 8 ? 2 : 1;
    const usph_v z = step == 2 ? x * x : x;
    usph_v p = usph_v_set(c[count - 1]);
    usph_v q = usph_v_set(c[count - 2]);
#pragma GCC unroll 16
    for (int i = count - 1 - step; i >= 0; i -= step)
        p = usph_v_fma(p, z, usph_v_set(c[i]));
    if (step == 1)
        return p;
#pragma GCC unroll 16
    for (int i = count - 4; i >= 0; i -= 2)
        q = usph_v_fma(q, z, usph_v_set(c[i]));
    return count % 2 ? usph_v_fma(x, q, p) : usph_v_fma(x, p, q);
}

/* The upper 26 bits of x: products of two such are exact, and so is x minus it. */
USPH_INLINE usph_v usph_v_upper(usph_v x)
{
    return (usph_v)((usph_vi)x & usph_vi_set(-(INT64_C(1) << 27)));
}

/* a b - p, where p is a b rounded or close to it: exact but for underflow. */
USPH_INLINE usph_v usph_v_product_rest(usph_v a, usph_v b, usph_v p)
{
#if USPH_LANES >= 4
    return usph_v_fma(a, b, -p);
#else
    const usph_v ah = usph_v_upper(a);
    const usph_v al = a - ah;
    const usph_v bh = usph_v_upper(b);
    const usph_v bl = b - bh;
    return (((ah * bh - p) + ah * bl) + al * bh) + al * bl;
#endif
}

/*
 * Whether usph_v_rcp_mid suits all lanes. With AVX-512 its seed takes all numbers but
 * zeros, infinities and subnormals (the classes 0x3e); otherwise core/simd.h has the
 * ends, those of float.
 */
USPH_INLINE int usph_v_rcp_usual(usph_v x)
{
#if USPH_LANES == 8
    return _mm512_fpclass_pd_mask((__m512d)x, 0x3e) == 0;
#elif USPH_LANES == 4
    const usph_v size = usph_v_abs(x);
    return !usph_v_any(~((size >= usph_v_set(1e-36)) & (size <= usph_v_set(1e36))));
#else
    (void)x;
    return 1;
#endif
}

/* The same for usph_v_rsqrt_mid: with AVX-512 all but zeros and infinity (0x0e). */
USPH_INLINE int usph_v_rsqrt_usual(usph_v x)
{
#if USPH_LANES == 8
    return _mm512_fpclass_pd_mask((__m512d)x, 0x0e) == 0;
#elif USPH_LANES == 4
    return !usph_v_any(~((x >= usph_v_set(1e-36)) & (x <= usph_v_set(1e36))));
#else
    (void)x;
    return 1;
#endif
}

/** 1/x, any x: infinite at 0 with the sign of the zero, 0 at infinity. Error 0.6. */
USPH_INLINE usph_v usph_v_rcp(usph_v x)
{
    if (USPH_V_RARE(!usph_v_rcp_usual(x)))
        return 1 / x;
    return usph_v_rcp_mid(x);
}

/**
 * 1/sqrt(x), any x: infinite at 0 with its sign, 0 at infinity, NaN below 0. Error 1.5,
 * of a rounded root and a division; 1.4 in the usual case where there is a seed.
 */
USPH_INLINE usph_v usph_v_rsqrt(usph_v x)
{
    if (USPH_V_RARE(!usph_v_rsqrt_usual(x)))
        return 1 / usph_v_sqrt(x);
    return usph_v_rsqrt_mid(x);
}

/*
 * ln 2 in two parts, the upper a multiple of 2^-42, so that its product with an integer
 * below 2^11 is exact. Logarithms of the table below have their upper part on the same
 * grid, so that the sum of the two is exact also.
 */
#define USPH_LN2_UPPER 0x1.62e42fefa3800p-1
#define USPH_LN2_LOWER 0x1.ef35793c76730p-45
#define USPH_LOG2_E    0x1.71547652b82fep+0

#if USPH_LANES == 8
/* An entry of a table of 16 that fills two registers, by the low 4 bits of index. */
USPH_INLINE usph_v usph_v_pick(const double *table, usph_vi index)
{
    const __m512d lower = _mm512_loadu_pd(table);
    const __m512d upper = _mm512_loadu_pd(table + 8);
    return (usph_v)_mm512_permutex2var_pd(lower, (__m512i)index, upper);
}

/* 2^(j/16), j = 0..15, rounded. */
static const double USPH_EXP_TABLE[16] = {
    0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0,
    0x1.2387a6e756238p+0, 0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0,
    0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0, 0x1.6a09e667f3bcdp+0,
    0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
    0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0,
    0x1.ea4afa2a490dap+0,
};

/* The errors of these relative to them, from 200 bits: to be added to r. */
static const double USPH_EXP_TABLE_REST[16] = {
    0.0,
    0x1.79aa65d837b6dp-54,
    -0x1.01b15eaa59348p-55,
    0x1.68efde3a8a894p-54,
    0x1.34d754db0abb6p-55,
    0x1.59f48a72a4c6dp-55,
    0x1.690cebb7aafb0p-56,
    0x1.063e1e21c5409p-54,
    -0x1.3b3efbf5e2228p-54,
    -0x1.b32dcb94da51dp-56,
    0x1.db72fc1f0eab4p-55,
    0x1.1affc2b91ce27p-56,
    0x1.c1a7792cb3387p-55,
    0x1.36eae30af0cb3p-56,
    0x1.4a385a63d07a7p-56,
    -0x1.ff7128fd391f0p-55,
};

/* (exp(r) - 1 - r)/r^2 for |r| <= ln(2)/32, error of exp 2^-56; 1/2 is kept. */
static const double USPH_EXP_POLY[5] = {
    0.5,
    0x1.555555548f9a3p-3,
    0x1.55555554be673p-5,
    0x1.11123aa8eccadp-7,
    0x1.6c18266b7507ep-10,
};

/*
 * exp(x + low), |low| at most 2^-20 or so and |x| < 2^40: with x = n ln 2 + r, n a
 * multiple of 1/16, the table has 2^(n mod 1), and the instruction for scaling
 * multiplies by 2 to the power of the floor of n, rounding once where it leaves the
 * normal range. Adding 3 2^47 rounds to multiples of 1/16 and shows 16 n mod 16 in the
 * lowest bits. The error is half a unit from the end and, unless fine, half a unit from
 * the table.
 */
USPH_INLINE usph_v usph_v_exp_sum(usph_v x, usph_v low, int fine)
{
    const usph_v shift = usph_v_set(0x3p47);
    const usph_v t = usph_v_fma(x, usph_v_set(USPH_LOG2_E), shift);
    const usph_v n = t - shift;
    const usph_v rest = usph_v_fnma(n, usph_v_set(USPH_LN2_UPPER), x);
    const usph_v late = fine ? usph_v_pick(USPH_EXP_TABLE_REST, (usph_vi)t) + low : low;
    const usph_v r = usph_v_fnma(n, usph_v_set(USPH_LN2_LOWER), rest) + late;
    const usph_v q = usph_v_poly(r, USPH_EXP_POLY, 5);
    const usph_v power = usph_v_pick(USPH_EXP_TABLE, (usph_vi)t);
    const usph_v y = usph_v_fma(power, usph_v_fma(r * r, q, r), power);
    return (usph_v)_mm512_scalef_pd((__m512d)y, (__m512d)n);
}
#else
/* (exp(r) - 1 - r)/r^2 for |r| <= ln(2)/2, error of exp 2^-57; 1/2 is kept. */
static const double USPH_EXP_POLY[10] = {
    0.5,
    0x1.5555555555501p-3,
    0x1.5555555553207p-5,
    0x1.111111112885bp-7,
    0x1.6c16c17cc33aep-10,
    0x1.a01a011c2b92ep-13,
    0x1.a019ab2d0af65p-16,
    0x1.71df553150fcfp-19,
    0x1.289f8b0d2c3cfp-22,
    0x1.ad202db680737p-26,
};

/* Adding it rounds to integers and shows them in the lowest bits. */
#define USPH_V_SHIFT 0x3p51

/* 2^n for integers -1022 <= n <= 1023. */
USPH_INLINE usph_v usph_v_power_of_two(usph_v n)
{
    const usph_vu bits = (usph_vu)(n + usph_v_set(USPH_V_SHIFT + 1023));
    return (usph_v)(bits << 52);
}

/* y 2^n, for y near 1 and any n, in two steps, of which only the last can round. */
USPH_INLINE usph_v usph_v_scale_wide(usph_v y, usph_v n)
{
    const usph_v shift = usph_v_set(USPH_V_SHIFT);
    const usph_v clipped =
        usph_v_min(usph_v_set(1100), usph_v_max(usph_v_set(-1100), n));
    const usph_v half = (clipped * usph_v_set(0.5) + shift) - shift;
    return y * usph_v_power_of_two(half) * usph_v_power_of_two(clipped - half);
}

/*
 * exp(x + low), |low| at most 2^-20 or so: with x = n ln 2 + r. The reduction is exact
 * but for the lower part of ln 2, which is added late, as are all small terms. Unless
 * wide, the result must be normal.
 */
USPH_INLINE usph_v usph_v_exp_sum(usph_v x, usph_v low, int wide)
{
    const usph_v shift = usph_v_set(USPH_V_SHIFT);
    const usph_v t = usph_v_fma(x, usph_v_set(USPH_LOG2_E), shift);
    const usph_v n = t - shift;
    const usph_v rest = usph_v_fnma(n, usph_v_set(USPH_LN2_UPPER), x);
    const usph_v late = usph_v_fnma(n, usph_v_set(USPH_LN2_LOWER), low);
    const usph_v r = rest + late;
    const usph_v q = usph_v_poly(r, USPH_EXP_POLY, 10);
    const usph_v y = 1 + (rest + usph_v_fma(r * r, q, late));
    if (wide)
        return usph_v_scale_wide(y, n);
    return (usph_v)((usph_vu)y + ((usph_vu)t << 52));
}
#endif

/**
 * exp(x) for -700 <= x <= 700; outside, and at NaN, nothing is promised. Error 1.0, and
 * 1.2 with AVX-512.
 */
USPH_INLINE usph_v usph_v_exp_mid(usph_v x)
{
    return usph_v_exp_sum(x, usph_v_set(-0.0), 0);
}

/**
 * exp(x), any x. Error 1.0, and 1.2 with AVX-512; subnormal results are rounded once
 * more, to their spacing.
 */
USPH_INLINE usph_v usph_v_exp(usph_v x)
{
    /* Beyond 800 the result is 0 or infinite; the second operand of min passes NaN. */
#if USPH_LANES == 8
    x = usph_v_min(usph_v_set(800), usph_v_max(usph_v_set(-800), x));
    return usph_v_exp_sum(x, usph_v_set(-0.0), 0);
#else
    if (USPH_V_RARE(usph_v_any(~(usph_v_abs(x) <= usph_v_set(700))))) {
        x = usph_v_min(usph_v_set(800), usph_v_max(usph_v_set(-800), x));
        return usph_v_exp_sum(x, usph_v_set(-0.0), 1);
    }
    return usph_v_exp_sum(x, usph_v_set(-0.0), 0);
#endif
}

/*
 * Logarithms: x = 2^k m with 23.5/32 <= m < 23.5/16. The interval of m, of 16, is j,
 * the nearest of m's first four bits after the point; C[j] is close to 1/m, so that
 * r = C[j] m - 1 is small, |r| < 0.0342, and
 *
 *     log x = k ln 2 - log C[j] + log(1 + r).
 *
 * C[j] are the multiples of a power of two, so few bits long that r is exact, that give
 * the least |r| in interval j; around m = 1 C is 1 and its logarithm 0, hence no
 * cancellation there. UPPER is -log C[j] rounded to a multiple of 2^-42, LOWER the
 * rest, from 200 bits.
 */
#define USPH_LOG_TABLE(ROW)                                      \
    ROW(1.0, 0.0, 0.0)                                           \
    ROW(15.0 / 16, 0x1.08598b59e4000p-4, -0x1.7e5dd7009902cp-46) \
    ROW(57.0 / 64, 0x1.da72763844000p-4, 0x1.a89401fa71733p-46)  \
    ROW(27.0 / 32, 0x1.5bf406b544000p-3, -0x1.27023eb68981cp-46) \
    ROW(51.0 / 64, 0x1.d1037f2656000p-3, -0x1.84a7e75b6f6e4p-47) \
    ROW(49.0 / 64, 0x1.1178e8227e000p-2, 0x1.1ef78ce2d07f2p-44)  \
    ROW(23.0 / 32, 0x1.522ae0738a000p-2, 0x1.ebe708164c759p-45)  \
    ROW(11.0 / 16, 0x1.7fafa3bd81000p-2, 0x1.46fb79bf6d4cbp-44)  \
    ROW(43.0 / 32, -0x1.2e8e2bae12000p-2, 0x1.67b1e99b72bd8p-45) \
    ROW(41.0 / 32, -0x1.fb9186d5e4000p-3, 0x1.d572aab993c87p-47) \
    ROW(39.0 / 32, -0x1.9525a9cf46000p-3, 0x1.297137d9f158fp-44) \
    ROW(19.0 / 16, -0x1.5ff3070a7a000p-3, 0x1.8586f183bebf2p-44) \
    ROW(37.0 / 32, -0x1.29552f8200000p-3, 0x1.5b967f4471dfcp-44) \
    ROW(35.0 / 32, -0x1.6f0d28ae58000p-4, 0x1.4b4641b664613p-44) \
    ROW(17.0 / 16, -0x1.f0a30c0118000p-5, 0x1.d599e83368e91p-45) \
    ROW(33.0 / 32, -0x1.f829b0e780000p-6, -0x1.980267c7e09e4p-45)

/* (log(1 + r) - r + r^2/2)/r^3, error of log relative to r 2^-61. */
static const double USPH_LOG_POLY[8] = {
    0x1.55555555554e0p-2,  -0x1.fffffffffd7f6p-3, 0x1.9999999bd2c65p-3,
    -0x1.5555558be0c23p-3, 0x1.24922f260ea35p-3,  -0x1.fffd2e70b4c34p-4,
    0x1.c809afdb197bdp-4,  -0x1.9fab7ed6a72d3p-4,
};

/* The same for pow: 2^-65, of which most is the rounding of 1/3. */
static const double USPH_LOG_FINE_POLY[9] = {
    0x1.5555555555556p-2,  -0x1.ffffffffffe77p-3, 0x1.99999999938fbp-3,
    -0x1.5555555831c98p-3, 0x1.249249783206ap-3,  -0x1.ffffc6e1ddf10p-4,
    0x1.c718fcd803182p-4,  -0x1.9a8427705c4f8p-4, 0x1.7ad3d5900da62p-4,
};

/* What is left of x for its logarithm: log x = upper + lower + log(1 + r). */
typedef struct {
    usph_v upper; /* k ln 2 - log C[j], multiple of 2^-42; 0, or larger than |r| */
    usph_v lower; /* their lower parts */
    usph_v r;     /* exact */
} usph_v_log_parts;

#if USPH_LANES == 8
#define USPH_LOG_C(c, upper, lower)     c,
#define USPH_LOG_UPPER(c, upper, lower) upper,
#define USPH_LOG_LOWER(c, upper, lower) lower,
static const double USPH_LOG_CS[16] = { USPH_LOG_TABLE(USPH_LOG_C) };
static const double USPH_LOG_UPPERS[16] = { USPH_LOG_TABLE(USPH_LOG_UPPER) };
static const double USPH_LOG_LOWERS[16] = { USPH_LOG_TABLE(USPH_LOG_LOWER) };
#undef USPH_LOG_C
#undef USPH_LOG_UPPER
#undef USPH_LOG_LOWER
#undef USPH_LOG_TABLE

/* Whether a lane is 0, infinite, NaN or negative. */
USPH_INLINE int usph_v_log_special(usph_v x)
{
    return _mm512_fpclass_pd_mask((__m512d)x, 0xdf) != 0;
}

/* Without optimization these intrinsics are macros of GCC that convert a mask's sign.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
/* k and m by the instructions for them, which take subnormal numbers like all others.
 */
USPH_INLINE usph_v_log_parts usph_v_log_split(usph_v x, int special)
{
    (void)special;
    const __m512d k = _mm512_getexp_pd((__m512d)x);
    const __m512d m =
        _mm512_getmant_pd((__m512d)x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan);
    const __mmask8 over = _mm512_cmp_pd_mask(m, _mm512_set1_pd(23.5 / 16), _CMP_GE_OQ);
    const __m512d half = _mm512_mask_mul_pd(m, over, m, _mm512_set1_pd(0.5));
    const usph_v power = (usph_v)_mm512_mask_add_pd(k, over, k, _mm512_set1_pd(1));
    const usph_vu place = ((usph_vu)m + (UINT64_C(1) << 47)) >> 48;
    const usph_v c = usph_v_pick(USPH_LOG_CS, (usph_vi)place);
    const usph_v upper = usph_v_pick(USPH_LOG_UPPERS, (usph_vi)place);
    const usph_v lower = usph_v_pick(USPH_LOG_LOWERS, (usph_vi)place);
    return (usph_v_log_parts){
        .upper = usph_v_fma(power, usph_v_set(USPH_LN2_UPPER), upper),
        .lower = usph_v_fma(power, usph_v_set(USPH_LN2_LOWER), lower),
        .r = usph_v_fma(c, (usph_v)half, usph_v_set(-1)),
    };
}
#pragma GCC diagnostic pop
#else
/* Rows, padded to a vector, of C[j], UPPER, LOWER. */
#define USPH_LOG_ROW(c, upper, lower) { c, upper, lower, 0 },
static const double USPH_LOG_ROWS[16][4] = { USPH_LOG_TABLE(USPH_LOG_ROW) };
#undef USPH_LOG_ROW
#undef USPH_LOG_TABLE

/* The rows of the lanes, transposed: row[0] is C[j] of all lanes, and so on. */
USPH_INLINE void usph_v_log_rows(usph_vi place, usph_v row[3])
{
#if USPH_LANES == 4
    const __m256d a = _mm256_loadu_pd(USPH_LOG_ROWS[place[0]]);
    const __m256d b = _mm256_loadu_pd(USPH_LOG_ROWS[place[1]]);
    const __m256d c = _mm256_loadu_pd(USPH_LOG_ROWS[place[2]]);
    const __m256d d = _mm256_loadu_pd(USPH_LOG_ROWS[place[3]]);
    const __m256d even_ab = _mm256_unpacklo_pd(a, b);
    const __m256d even_cd = _mm256_unpacklo_pd(c, d);
    const __m256d odd_ab = _mm256_unpackhi_pd(a, b);
    const __m256d odd_cd = _mm256_unpackhi_pd(c, d);
    row[0] = (usph_v)_mm256_permute2f128_pd(even_ab, even_cd, 0x20);
    row[1] = (usph_v)_mm256_permute2f128_pd(odd_ab, odd_cd, 0x20);
    row[2] = (usph_v)_mm256_permute2f128_pd(even_ab, even_cd, 0x31);
#else
    const double *a = USPH_LOG_ROWS[place[0]];
    const double *b = USPH_LOG_ROWS[place[1]];
    for (int k = 0; k < 3; k++)
        row[k] = (usph_v){ a[k], b[k] };
#endif
}

/* c m - 1, exact: without FMA from the halves of m, since c has at most 7 bits. */
USPH_INLINE usph_v usph_v_log_rest(usph_v c, usph_v m)
{
#if USPH_LANES == 4
    return usph_v_fma(c, m, usph_v_set(-1));
#else
    const usph_v upper = usph_v_upper(m);
    return (c * upper - 1) + c * (m - upper);
#endif
}

/* Whether a lane is not a positive normal number. */
USPH_INLINE int usph_v_log_special(usph_v x)
{
    return usph_v_any(~((x >= usph_v_set(DBL_MIN)) & (x <= usph_v_set(DBL_MAX))));
}

/*
 * k and m from the bits: subtracting those of 23.5/32 puts the borders of k where m
 * has its own. k + 1023 is made a double by the exponent of 2^52 above it.
 */
USPH_INLINE usph_v_log_parts usph_v_log_split(usph_v x, int special)
{
    usph_v bias = usph_v_set(0x1p52 + 1023);
    if (USPH_V_RARE(special)) {
        const usph_vi tiny = x < usph_v_set(DBL_MIN);
        x = usph_v_select(tiny, x * usph_v_set(0x1p54), x);
        bias += usph_v_keep(tiny, usph_v_set(54));
    }
    const usph_vu one = (usph_vu)usph_v_set(1);
    const usph_vu above = (usph_vu)x - (usph_vu)usph_v_set(23.5 / 32);
    const usph_vu exponent = (above + one) >> 52;
    const usph_v k = (usph_v)(exponent | (usph_vu)usph_v_set(0x1p52)) - bias;
    const usph_vu fraction = (UINT64_C(1) << 52) - 1 - (usph_vu){ 0 };
    const usph_v m = (usph_v)((above & fraction) + (usph_vu)usph_v_set(23.5 / 32));
    const usph_vu place = (((usph_vu)m + (UINT64_C(1) << 47)) >> 48) & 15;
    usph_v row[3];
    usph_v_log_rows((usph_vi)place, row);
    return (usph_v_log_parts){
        .upper = usph_v_fma(k, usph_v_set(USPH_LN2_UPPER), row[1]),
        .lower = usph_v_fma(k, usph_v_set(USPH_LN2_LOWER), row[2]),
        .r = usph_v_log_rest(row[0], m),
    };
}
#endif

/** log(x), any x: -inf at 0 of either sign, NaN below. Error 0.6, also around 1. */
USPH_INLINE usph_v usph_v_log(usph_v x)
{
    const int special = usph_v_log_special(x);
    const usph_v_log_parts part = usph_v_log_split(x, special);
    const usph_v r = part.r;
    const usph_v tail =
        usph_v_fma(r, usph_v_poly(r, USPH_LOG_POLY, 8), usph_v_set(-0.5));
    const usph_v sum = part.upper + r;
    const usph_v rest = r - (sum - part.upper);
    const usph_v y = sum + (usph_v_fma(r * r, tail, part.lower) + rest);
    if (USPH_V_RARE(special)) {
        const usph_v inf = usph_v_set(HUGE_VAL);
        const usph_v bad = usph_v_select(x < usph_v_set(0), usph_v_set((double)NAN), x);
        const usph_v edge = usph_v_select(x == usph_v_set(0), -inf, bad);
        return usph_v_select((x > usph_v_set(0)) & (x < inf), y, edge);
    }
    return y;
}

/*
 * log x = *upper + *lower with an error of about 2^-65 of log x: r and the square of r
 * are exact, and the cube is so small that its rounding does not show.
 */
USPH_INLINE void usph_v_log_sum(usph_v_log_parts part, usph_v *upper, usph_v *lower)
{
    const usph_v r = part.r;
    /* r^2/2 = square + small, where the first is exact. */
    const usph_v rh = usph_v_upper(r);
    const usph_v square = rh * rh * usph_v_set(0.5);
    const usph_v small = (r - rh) * (r + rh) * usph_v_set(0.5);
    const usph_v cube = r * r * r;
    const usph_v s1 = part.upper + r;
    const usph_v e1 = r - (s1 - part.upper);
    const usph_v s2 = s1 - square;
    const usph_v e2 = (s1 - s2) - square;
    const usph_v q = usph_v_poly(r, USPH_LOG_FINE_POLY, 9);
    const usph_v late = usph_v_fma(cube, q, part.lower - small) + (e1 + e2);
    *upper = s2 + late;
    *lower = late - (*upper - s2);
}

/* pow(x, a) at the arguments that have no logarithm, y elsewhere. */
USPH_INLINE usph_v usph_v_pow_edges(usph_v x, double a, usph_v y)
{
    const double at_zero = a > 0 ? 0 : a < 0 ? HUGE_VAL : 1;
    const double at_inf = a > 0 ? HUGE_VAL : a < 0 ? 0 : 1;
    y = usph_v_select(x == usph_v_set(0), usph_v_set(at_zero), y);
    y = usph_v_select(x == usph_v_set(HUGE_VAL), usph_v_set(at_inf), y);
    return usph_v_select(x >= usph_v_set(0), y, usph_v_set((double)NAN));
}

/**
 * x^a for x >= 0 and one finite a, |a| <= 5e5: 1 for a = 0, 0 or infinite at the ends,
 * NaN for x < 0 or NaN whatever a is. exp(a log x) with the logarithm and the product
 * in two parts each, since a log x reaches 745 and its absolute error counts.
 * Error 1.0.
 */
USPH_INLINE usph_v usph_v_pow(usph_v x, double a)
{
    const int special = usph_v_log_special(x);
    const usph_v av = usph_v_set(a);
    usph_v upper;
    usph_v lower;
    usph_v_log_sum(usph_v_log_split(x, special), &upper, &lower);
    const usph_v product = av * upper;
    const usph_v low = usph_v_fma(av, lower, usph_v_product_rest(av, upper, product));
    usph_v y;
#if USPH_LANES == 8
    y = usph_v_exp_sum(product, low, 1);
#else
    if (USPH_V_RARE(usph_v_any(~(usph_v_abs(product) <= usph_v_set(700)))))
        y = usph_v_exp_sum(product, low, 1);
    else
        y = usph_v_exp_sum(product, low, 0);
#endif
    if (USPH_V_RARE(special))
        return usph_v_pow_edges(x, a, y);
    return y;
}

/* pi/2 in two parts. */
#define USPH_PI_2_UPPER 0x1.921fb54442d18p+0
#define USPH_PI_2_LOWER 0x1.1a62633145c07p-54

/* (asin(s)/s - 1)/s^2 as a polynomial in s^2 <= 1/4, error of asin 2^-58. */
static const double USPH_ASIN_POLY[13] = {
    0x1.5555555555578p-3, 0x1.333333332dfa5p-4, 0x1.6db6db72248f7p-5,
    0x1.f1c71a8e3ea67p-6, 0x1.6e8bdf9a5827bp-6, 0x1.1c49e3806f318p-6,
    0x1.ca20bd155bef6p-7, 0x1.757bfb3d91f29p-7, 0x1.61714c59dd578p-7,
    0x1.e2e46fe8f2035p-9, 0x1.6487bcac10ccap-6, -0x1.5945b977a827cp-6,
    0x1.0babf537f5cc6p-5,
};

/**
 * asin(x) on [-1, 1], NaN outside: a polynomial up to 1/2, beyond that by
 * asin x = pi/2 - 2 asin(sqrt((1 - x)/2)), whose radicand is exact. Error 1.2.
 */
USPH_INLINE usph_v usph_v_asin(usph_v x)
{
    const usph_v size = usph_v_abs(x);
    const usph_vi outer = size > usph_v_set(0.5);
    const usph_v mirrored = (1 - size) * usph_v_set(0.5);
    const usph_v t = usph_v_select(outer, mirrored, x * x);
    const usph_v s = usph_v_select(outer, usph_v_sqrt(mirrored), size);
    const usph_v tail = s * t * usph_v_poly(t, USPH_ASIN_POLY, 13);
    const usph_v twice = 2 * s;
    const usph_v gap = USPH_PI_2_UPPER - twice;
    const usph_v lost = (USPH_PI_2_UPPER - gap) - twice;
    const usph_v far = gap - ((2 * tail - USPH_PI_2_LOWER) - lost);
    const usph_v y = usph_v_select(outer, far, s + tail);
    const usph_vi sign = (usph_vi)x & usph_vi_set(INT64_MIN);
    return (usph_v)((usph_vi)y | sign);
}

/* (atan(z)/z - 1)/z^2 as a polynomial in z^2 <= 1/4, error of atan 2^-57. */
static const double USPH_ATAN_POLY[13] = {
    -0x1.5555555555552p-2, 0x1.9999999999064p-3,  -0x1.249249245192fp-3,
    0x1.c71c71aa7256ep-4,  -0x1.745d138527babp-4, 0x1.3b1360290a07dp-4,
    -0x1.110c6c6f3d168p-4, 0x1.e1829f7862453p-5,  -0x1.ac71d33bdbc37p-5,
    0x1.77fa01c150da9p-5,  -0x1.301a368da2825p-5, 0x1.83a5a55892e98p-6,
    -0x1.123e4e1ad9298p-7,
};

/**
 * The angle of (x, y), atan(y/x) in [0, pi/2], for finite x, y >= 0 not both zero. With
 * z = y/x, (y - x)/(y + x) or -x/y, according to whether y/x is below 1/2, between, or
 * above 2, it is atan(z) plus 0, pi/4 or pi/2. The quotient is corrected by its
 * remainder, since near powers of two its half unit is a whole unit of the angle.
 * Error 0.9.
 */
USPH_INLINE usph_v usph_v_atan2_pos(usph_v y, usph_v x)
{
    const usph_v big = usph_v_max(x, y);
    const usph_vi wild =
        ~((big >= usph_v_set(0x1p-500)) & (big <= usph_v_set(0x1p500)));
    if (USPH_V_RARE(usph_v_any(wild))) {
        const usph_vi tiny = big < usph_v_set(1);
        const usph_v scale =
            usph_v_select(tiny, usph_v_set(0x1p574), usph_v_set(0x1p-500));
        x = usph_v_select(wild, x * scale, x);
        y = usph_v_select(wild, y * scale, y);
    }
    const usph_vi low = y < usph_v_set(0.5) * x;
    const usph_vi high = x < usph_v_set(0.5) * y;
    const usph_vi middle = ~(low | high);
    const usph_v sum = x + y;
    const usph_v top = usph_v_select(low, y, usph_v_select(high, -x, y - x));
    const usph_v den = usph_v_select(low, x, usph_v_select(high, y, sum));
    const usph_v larger = usph_v_max(x, y);
    const usph_v lost = usph_v_keep(middle, usph_v_min(x, y) - (sum - larger));
    const usph_v inverse = 1 / den;
    usph_v z = top * inverse;
    usph_v fix = (-usph_v_product_rest(z, den, top) - z * lost) * inverse;
    /* Of such tops the remainder is inexact, and not needed: the angle is z itself. */
    const usph_vi weak = usph_v_abs(top) < usph_v_set(0x1p-900);
    if (USPH_V_RARE(usph_v_any(weak & (top != usph_v_set(0))))) {
        z = usph_v_select(weak, top / den, z);
        fix = usph_v_keep(~weak, fix);
    }
    const usph_v z2 = z * z;
    const usph_v tail = usph_v_fma(z * z2, usph_v_poly(z2, USPH_ATAN_POLY, 13), fix);
    const usph_v base = usph_v_select(low, usph_v_set(0), usph_v_set(USPH_PI_2_UPPER));
    const usph_v extra = usph_v_select(low, usph_v_set(0), usph_v_set(USPH_PI_2_LOWER));
    const usph_v part = usph_v_select(middle, usph_v_set(0.5), usph_v_set(1));
    return base * part + (z + (tail + extra * part));
}

#endif
