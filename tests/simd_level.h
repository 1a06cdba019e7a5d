#ifndef USPH_TESTS_SIMD_LEVEL_H
#define USPH_TESTS_SIMD_LEVEL_H

#include <stddef.h>

/** y[i] = f(x[i]), i < n. */
typedef void usph_simd_unary(size_t n, const double *x, double *y);

/** The functions of one argument. */
typedef enum {
    USPH_SIMD_RCP,   /* 1/x */
    USPH_SIMD_RSQRT, /* 1/sqrt(x) */
    USPH_SIMD_RCP_MID,
    USPH_SIMD_RSQRT_MID,
    USPH_SIMD_EXP,
    USPH_SIMD_EXP_MID,
    USPH_SIMD_LOG,
    USPH_SIMD_ASIN,
    USPH_SIMD_UNARIES /* their number */
} usph_simd_which;

/** The functions of core/simd_math.h over arrays, as one instruction set has them. */
typedef struct {
    const char *name; /* of the instruction set */
    size_t lanes;     /* doubles in a vector */
    usph_simd_unary *unary[USPH_SIMD_UNARIES];
    void (*pow)(size_t n, const double *x, double a, double *z);          /* x^a */
    void (*atan2)(size_t n, const double *y, const double *x, double *z); /* of y/x */
} usph_simd_functions;

/** tests/simd_level.c, once for each instruction set that the compiler has. */
extern const usph_simd_functions usph_test_simd_base;
extern const usph_simd_functions usph_test_simd_avx2;
extern const usph_simd_functions usph_test_simd_avx512;

#endif
