#include "core/cpu.h"

const char *usph_cpu_features(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return "sse2 avx2 fma avx512f avx512dq";
    return avx2 ? "sse2 avx2 fma" : "sse2";
#elif defined(__aarch64__)
    return "neon";
#else
    return "none";
#endif
}

const char *usph_version(void)
{
    return USPH_VERSION;
}

const char *usph_compiler(void)
{
#if defined(__clang__)
    return "clang " __clang_version__;
#else
    return "gcc " __VERSION__;
#endif
}
