#include "core/cpu.h"

#include <string.h>

static const char *const LEVEL_NAMES[USPH_LEVELS] = { "base", "avx2", "avx512" };

/* Set once by a program, before any evaluation: the one global of the libraries. */
static usph_level limit = USPH_LEVEL_AVX512;

const char *usph_level_name(usph_level level)
{
    return LEVEL_NAMES[level];
}

usph_level usph_cpu_best(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        return USPH_LEVEL_BASE;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return USPH_LEVEL_AVX512;
    return USPH_LEVEL_AVX2;
#else
    return USPH_LEVEL_BASE;
#endif
}

usph_level usph_cpu_level(void)
{
    const usph_level best = usph_cpu_best();
    return best < limit ? best : limit;
}

usph_status usph_cpu_limit(const char *name, usph_error *err)
{
    usph_level wanted = USPH_LEVEL_AVX512;
    if (name != NULL && *name != '\0') {
        wanted = USPH_LEVEL_BASE;
        while (wanted < USPH_LEVELS && strcmp(name, LEVEL_NAMES[wanted]) != 0)
            wanted++;
        if (wanted == USPH_LEVELS)
            return usph_fail(err, USPH_ERR_NAME,
                             "no instruction set '%s': base, avx2 or avx512", name);
    }
    limit = wanted;
    return USPH_OK;
}

const char *usph_cpu_features(void)
{
#if defined(__x86_64__)
    static const char *const FEATURES[USPH_LEVELS] = {
        "sse2",
        "sse2 avx2 fma",
        "sse2 avx2 fma avx512f avx512dq avx512vl",
    };
    return FEATURES[usph_cpu_best()];
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
