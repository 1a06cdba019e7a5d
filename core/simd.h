#ifndef USPH_CORE_SIMD_H
#define USPH_CORE_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/**
 * Vectors of doubles for the inner loops, of the width that a source file is compiled
 * for: 8 lanes with AVX-512, 4 with AVX2 and FMA, 2 otherwise (SSE2, NEON, or plain
 * scalars where the compiler has nothing better). Ordinary arithmetic is written with
 * the operators of C on the compiler's vector types; what these lack stands here.
 *
 * A file that is built for several instruction sets names its public symbols with
 * USPH_LEVEL_NAME(name), so that every build has its own.
 */
#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define USPH_LANES 8
#elif defined(__AVX2__) && defined(__FMA__)
#define USPH_LANES 4
#else
#define USPH_LANES 2
#endif

typedef double usph_v __attribute__((vector_size(8 * USPH_LANES)));
typedef int64_t usph_vi __attribute__((vector_size(8 * USPH_LANES)));

#ifndef USPH_LEVEL
#define USPH_LEVEL       base
#define USPH_LEVEL_FIRST /* for what such a file has once */
#endif
#define USPH_LEVEL_PASTE(name, level)  name##_##level
#define USPH_LEVEL_EXPAND(name, level) USPH_LEVEL_PASTE(name, level)
#define USPH_LEVEL_NAME(name)          USPH_LEVEL_EXPAND(name, USPH_LEVEL)

/* Vectors that a function on several of them takes at once, at most. */
#define USPH_MAX_ROWS 8

#define USPH_INLINE   static inline __attribute__((always_inline))
#define USPH_NOINLINE __attribute__((noinline))

/** The same number in all lanes. */
USPH_INLINE usph_v usph_v_set(double a)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_set1_pd(a);
#elif USPH_LANES == 4
    return (usph_v)_mm256_set1_pd(a);
#else
    return (usph_v){ a, a };
#endif
}

USPH_INLINE usph_vi usph_vi_set(int64_t a)
{
    return a - (usph_vi){ 0 };
}

/** From and to memory, of any alignment. */
USPH_INLINE usph_v usph_v_load(const double *p)
{
    usph_v a;
    memcpy(&a, p, sizeof a);
    return a;
}

USPH_INLINE void usph_v_store(double *p, usph_v a)
{
    memcpy(p, &a, sizeof a);
}

/** 0, 1, 2, ... */
USPH_INLINE usph_vi usph_vi_iota(void)
{
#if USPH_LANES == 8
    return (usph_vi){ 0, 1, 2, 3, 4, 5, 6, 7 };
#elif USPH_LANES == 4
    return (usph_vi){ 0, 1, 2, 3 };
#else
    return (usph_vi){ 0, 1 };
#endif
}

/** a b + c: one rounding where the machine has FMA, two elsewhere. */
USPH_INLINE usph_v usph_v_fma(usph_v a, usph_v b, usph_v c)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif USPH_LANES == 4
    return (usph_v)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    return a * b + c;
#endif
}

/** c - a b. */
USPH_INLINE usph_v usph_v_fnma(usph_v a, usph_v b, usph_v c)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_fnmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif USPH_LANES == 4
    return (usph_v)_mm256_fnmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#else
    return c - a * b;
#endif
}

/** Lanes of a where the mask is set (all bits of the lane), of b elsewhere. */
USPH_INLINE usph_v usph_v_select(usph_vi mask, usph_v a, usph_v b)
{
    return (usph_v)((mask & (usph_vi)a) | (~mask & (usph_vi)b));
}

/** Lanes of a where the mask is set, 0 elsewhere. */
USPH_INLINE usph_v usph_v_keep(usph_vi mask, usph_v a)
{
    return (usph_v)(mask & (usph_vi)a);
}

/** Whether any lane of a mask is set. */
USPH_INLINE int usph_v_any(usph_vi mask)
{
#if USPH_LANES == 8
    return _mm512_movepi64_mask((__m512i)mask) != 0;
#elif USPH_LANES == 4
    return _mm256_movemask_pd((__m256d)mask) != 0;
#elif defined(__SSE2__)
    return _mm_movemask_pd((__m128d)mask) != 0;
#else
    return (mask[0] | mask[1]) != 0;
#endif
}

USPH_INLINE usph_v usph_v_min(usph_v a, usph_v b)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_min_pd((__m512d)a, (__m512d)b);
#elif USPH_LANES == 4
    return (usph_v)_mm256_min_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
    return (usph_v)_mm_min_pd((__m128d)a, (__m128d)b);
#else
    return usph_v_select(a < b, a, b);
#endif
}

USPH_INLINE usph_v usph_v_max(usph_v a, usph_v b)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_max_pd((__m512d)a, (__m512d)b);
#elif USPH_LANES == 4
    return (usph_v)_mm256_max_pd((__m256d)a, (__m256d)b);
#elif defined(__SSE2__)
    return (usph_v)_mm_max_pd((__m128d)a, (__m128d)b);
#else
    return usph_v_select(a > b, a, b);
#endif
}

USPH_INLINE usph_v usph_v_sqrt(usph_v a)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_sqrt_pd((__m512d)a);
#elif USPH_LANES == 4
    return (usph_v)_mm256_sqrt_pd((__m256d)a);
#elif defined(__SSE2__)
    return (usph_v)_mm_sqrt_pd((__m128d)a);
#else
    return (usph_v){ __builtin_sqrt(a[0]), __builtin_sqrt(a[1]) };
#endif
}

/** Sum of the lanes, in a fixed order. */
USPH_INLINE double usph_v_sum(usph_v a)
{
#if USPH_LANES == 8
    const __m256d half = _mm256_add_pd(_mm512_castpd512_pd256((__m512d)a),
                                       _mm512_extractf64x4_pd((__m512d)a, 1));
    const __m128d two =
        _mm_add_pd(_mm256_castpd256_pd128(half), _mm256_extractf128_pd(half, 1));
    return two[0] + two[1];
#elif USPH_LANES == 4
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128((__m256d)a),
                                   _mm256_extractf128_pd((__m256d)a, 1));
    return two[0] + two[1];
#else
    return a[0] + a[1];
#endif
}

/** Smallest lane. */
USPH_INLINE double usph_v_least(usph_v a)
{
    double least = a[0];
    for (int k = 1; k < USPH_LANES; k++)
        least = a[k] < least ? a[k] : least;
    return least;
}

/**
 * 1/sqrt(x) and 1/x for 1e-36 <= x <= 1e36 within 1.5 units in the last place; outside
 * these ends nothing is promised. A seed of 12 or more bits and one step of high order:
 * with e = 1 - x y^2, 1/sqrt(x) = y (1 + e/2 + 3/8 e^2 + 5/16 e^3 + ...).
 */
#if USPH_LANES >= 4
USPH_INLINE usph_v usph_v_rsqrt_seed(usph_v x)
{
#if USPH_LANES == 8
    return (usph_v)_mm512_rsqrt14_pd((__m512d)x);
#else
    return (usph_v)_mm256_cvtps_pd(_mm_rsqrt_ps(_mm256_cvtpd_ps((__m256d)x)));
#endif
}

USPH_INLINE usph_v usph_v_rsqrt_mid(usph_v x)
{
    const usph_v y = usph_v_rsqrt_seed(x);
    const usph_v e = usph_v_fnma(x * y, y, usph_v_set(1));
#if USPH_LANES == 8 /* a seed of 14 bits: the next term is below 6e-17 */
    usph_v p = usph_v_set(5.0 / 16);
#else
    usph_v p = usph_v_fma(e, usph_v_set(35.0 / 128), usph_v_set(5.0 / 16));
#endif
    p = usph_v_fma(e, p, usph_v_set(3.0 / 8));
    p = usph_v_fma(e, p, usph_v_set(0.5));
    return usph_v_fma(y * e, p, y);
}

#else
USPH_INLINE usph_v usph_v_rsqrt_mid(usph_v x)
{
    return 1 / usph_v_sqrt(x);
}
#endif

/** usph_v_rsqrt_mid of several vectors, in the order that keeps most units busy. */
USPH_INLINE void usph_v_rsqrt_rows(size_t rows, const usph_v *x, usph_v *out)
{
#if USPH_LANES == 8
    /* step by step, so that the chains of operations overlap */
    usph_v e[USPH_MAX_ROWS];
    usph_v p[USPH_MAX_ROWS];
    for (size_t i = 0; i < rows; i++)
        out[i] = usph_v_rsqrt_seed(x[i]);
    for (size_t i = 0; i < rows; i++)
        e[i] = x[i] * out[i];
    for (size_t i = 0; i < rows; i++)
        e[i] = usph_v_fnma(e[i], out[i], usph_v_set(1));
    for (size_t i = 0; i < rows; i++)
        p[i] = usph_v_fma(e[i], usph_v_set(5.0 / 16), usph_v_set(3.0 / 8));
    for (size_t i = 0; i < rows; i++)
        p[i] = usph_v_fma(e[i], p[i], usph_v_set(0.5));
    for (size_t i = 0; i < rows; i++)
        e[i] = e[i] * out[i];
    for (size_t i = 0; i < rows; i++)
        out[i] = usph_v_fma(e[i], p[i], out[i]);
#else
    /* two of three through the divider, which works beside the multipliers */
    for (size_t i = 0; i < rows; i++)
        out[i] = i < 2 ? 1 / usph_v_sqrt(x[i]) : usph_v_rsqrt_mid(x[i]);
#endif
}

USPH_INLINE usph_v usph_v_rcp_mid(usph_v x)
{
#if USPH_LANES == 8
    const usph_v y = (usph_v)_mm512_rcp14_pd((__m512d)x);
    const usph_v e = usph_v_fnma(x, y, usph_v_set(1));
    const usph_v e2 = e * e; /* 1/x = y (1 + e + e^2 + e^3 + ...) */
    return usph_v_fma(y, usph_v_fma(e, e2, e + e2), y);
#else
    return 1 / x; /* the divider works beside the other units */
#endif
}

#endif
