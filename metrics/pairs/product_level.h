#ifndef USPH_METRICS_PAIRS_PRODUCT_LEVEL_H
#define USPH_METRICS_PAIRS_PRODUCT_LEVEL_H

#include "metrics/pairs/product.h"

#if defined(__x86_64__)
usph_product_loop usph_product_avx512; /* the build of product_level.c for it */
#endif

#endif
