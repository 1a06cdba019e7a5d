#ifndef USPH_POINTS_GENERATOR_H
#define USPH_POINTS_GENERATOR_H

#include <stdbool.h>

#include "core/entry.h"
#include "core/rng.h"
#include "core/shape.h"

/** A way to make n points: random, clustered, or one exact configuration. */
typedef struct usph_generator {
    usph_entry entry;
    const char *shapes; /* the shapes it makes, for messages: "n = d + 1" */
    /* fill in an n or d that is 0 if the generator knows it; false: not a shape it
       makes. NULL: every shape */
    bool (*fit)(const double *values, usph_shape *shape);
    /* n x d, rows of norm 1 to rounding; the same rng gives the same bits */
    void (*fill)(const double *values, usph_shape shape, usph_rng *rng, double *x);
} usph_generator;

extern const usph_registry usph_generators;

static inline const usph_generator *usph_generator_of(const usph_entry *entry)
{
    return (const usph_generator *)entry; /* entry is the first member */
}

/**
 * Check a shape against a generator and complete it: an n or d of 0 is "not given".
 *
 * Errors: USPH_ERR_SHAPE, naming the shapes that the generator makes.
 */
usph_status usph_generator_shape(const usph_spec *spec, usph_shape *shape,
                                 usph_error *err) USPH_MUST_CHECK;

/** Fill x (n x d); the shape must have passed usph_generator_shape. */
void usph_generate(const usph_spec *spec, usph_shape shape, usph_rng *rng, double *x);

#endif
