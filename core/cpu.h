#ifndef USPH_CORE_CPU_H
#define USPH_CORE_CPU_H

/** Vector instruction sets of this machine that matter here, e.g. "sse2 avx2 fma". */
const char *usph_cpu_features(void);

/** Version of the library, e.g. "0.1.0". */
const char *usph_version(void);

/** Compiler that built the library, e.g. "gcc 12.2.0". */
const char *usph_compiler(void);

#endif
