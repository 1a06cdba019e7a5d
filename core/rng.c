#include "core/rng.h"

#include <math.h>

#include <Random123/philox.h>

void usph_rng_init(usph_rng *rng, uint64_t seed, uint64_t index, usph_purpose purpose)
{
    *rng = (usph_rng){
        .key = { seed, index },
        .purpose = (uint64_t)purpose,
        .used = 4,
    };
}

static void next_block(usph_rng *rng)
{
    const philox4x64_ctr_t counter = { .v = { rng->count, 0, 0, rng->purpose } };
    const philox4x64_key_t key = { .v = { rng->key[0], rng->key[1] } };
    const philox4x64_ctr_t block = philox4x64(counter, key);
    for (unsigned k = 0; k < 4; k++)
        rng->block[k] = block.v[k];
    rng->count++;
    rng->used = 0;
}

uint64_t usph_rng_u64(usph_rng *rng)
{
    if (rng->used == 4)
        next_block(rng);
    return rng->block[rng->used++];
}

double usph_rng_uniform(usph_rng *rng)
{
    return (double)(usph_rng_u64(rng) >> 11) * 0x1p-53;
}

uint64_t usph_rng_below(usph_rng *rng, uint64_t bound)
{
    /* the first 2^64 mod bound words would make small results too frequent */
    const uint64_t skip = (0 - bound) % bound;
    uint64_t word = usph_rng_u64(rng);
    while (word < skip)
        word = usph_rng_u64(rng);
    return word % bound;
}

void usph_rng_normal(usph_rng *rng, size_t count, double *out)
{
    static const double TWO_PI = 6.283185307179586477;
    for (size_t i = 0; i < count; i += 2) {
        /* 1 - u is in (0, 1], so the logarithm is finite */
        const double radius = sqrt(-2 * log(1 - usph_rng_uniform(rng)));
        const double angle = TWO_PI * usph_rng_uniform(rng);
        out[i] = radius * cos(angle);
        if (i + 1 < count)
            out[i + 1] = radius * sin(angle);
    }
}
