#ifndef USPH_BENCH_SUITE_MEDIAN_H
#define USPH_BENCH_SUITE_MEDIAN_H

#include <stddef.h>

/** Median of count numbers, which are sorted in place; NAN for none. */
double usph_median(double *values, size_t count);

#endif
