#ifndef USPH_CORE_RNG_H
#define USPH_CORE_RNG_H

#include <stddef.h>
#include <stdint.h>

/** What a stream of random numbers is for; part of its key, so uses never overlap. */
typedef enum usph_purpose {
    USPH_FOR_POINTS,  /* start configurations */
    USPH_FOR_SOLVER,  /* moves of a random solver */
    USPH_FOR_METRIC,  /* samples inside a metric */
    USPH_FOR_BASELINE /* sets of i.i.d. uniform points that a score is held against */
} usph_purpose;

/**
 * Counter-based generator: Philox 4x64 with 10 rounds (Random123). A value, never a
 * global: the same (seed, index, purpose) gives the same numbers in any thread and
 * order. Source: Salmon2011.
 */
typedef struct usph_rng {
    uint64_t key[2];   /* seed; index */
    uint64_t count;    /* blocks drawn so far */
    uint64_t purpose;  /* high word of the counter */
    uint64_t block[4]; /* current block */
    unsigned used;     /* words of it already given out */
} usph_rng;

/** Start the stream of (seed, index, purpose); index is the number of a start. */
void usph_rng_init(usph_rng *rng, uint64_t seed, uint64_t index, usph_purpose purpose);

/** 64 uniform bits. */
uint64_t usph_rng_u64(usph_rng *rng);

/** Uniform on [0, 1), 53 bits. */
double usph_rng_uniform(usph_rng *rng);

/** Uniform whole number in [0, bound), bound >= 1, without bias. */
uint64_t usph_rng_below(usph_rng *rng, uint64_t bound);

/** count independent standard normal numbers (Box-Muller). */
void usph_rng_normal(usph_rng *rng, size_t count, double *out);

#endif
