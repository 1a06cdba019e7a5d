#include "metrics/pairs/product_level.h"

usph_product_loop *usph_product_loops(usph_level level)
{
    switch (level) { /* with AVX2, BLAS is faster: measured, docs/performance.md */
#if defined(__x86_64__)
    case USPH_LEVEL_AVX512: return usph_product_avx512;
#endif
    default: return NULL;
    }
}
