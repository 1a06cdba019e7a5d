#ifndef USPH_BENCH_TIMING_MACHINE_H
#define USPH_BENCH_TIMING_MACHINE_H

#include "core/shape.h"

/** CPU time of this thread: being descheduled does not count. */
double usph_cpu_seconds(void);

/**
 * Clock of this core just now, in Hz, from a chain of dependent fused multiply-adds (4
 * cycles each on the x86 cores of the last ten years): what the time-stamp counter, of
 * constant rate, does not tell. 0 where there is no such instruction.
 */
double usph_clock_rate(void);

/**
 * What BLAS reaches on this core just now, in flop/s: the better of products of 256
 * rows by 256 rows and of all rows by all rows (of at most 4096), each of length d.
 * 0 without memory for it.
 */
double usph_dgemm_rate(usph_shape shape);

#endif
