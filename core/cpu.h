#ifndef USPH_CORE_CPU_H
#define USPH_CORE_CPU_H

#include "core/status.h"

/** Instruction sets that the inner loops are built for, each a superset of the last. */
typedef enum usph_level {
    USPH_LEVEL_BASE,   /* what every machine of the architecture has */
    USPH_LEVEL_AVX2,   /* AVX2 and FMA */
    USPH_LEVEL_AVX512, /* AVX-512 F, DQ and VL */
    USPH_LEVELS,
} usph_level;

/** "base", "avx2", "avx512". */
const char *usph_level_name(usph_level level);

/** Best level that this machine has. */
usph_level usph_cpu_best(void);

/** Level in use: the best one, unless usph_cpu_limit asked for less. */
usph_level usph_cpu_level(void);

/**
 * Use no higher level than the one named; for tests and comparisons. Results differ
 * between levels by roundings. To be called by programs, before any evaluation.
 *
 * @param name  of a level; NULL or empty: the best
 *
 * Errors: USPH_ERR_NAME.
 */
usph_status usph_cpu_limit(const char *name, usph_error *err) USPH_MUST_CHECK;

/** Vector instruction sets of this machine that matter here, e.g. "sse2 avx2 fma". */
const char *usph_cpu_features(void);

/** Version of the library, e.g. "0.1.0". */
const char *usph_version(void);

/** Compiler that built the library, e.g. "gcc 12.2.0". */
const char *usph_compiler(void);

#endif
