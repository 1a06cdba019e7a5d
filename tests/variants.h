#ifndef USPH_TESTS_VARIANTS_H
#define USPH_TESTS_VARIANTS_H

#include "core/rng.h"
#include "metrics/metric.h"

enum {
    USPH_MAX_VARIANTS = 2048,
};

/**
 * Specs to test an entry with: its defaults, and each parameter at other accepted
 * values (a quarter, three times, the negative of the default; 1 for flags; every
 * word).
 *
 * @return number of specs written to out, at most max
 */
size_t usph_variants(const usph_entry *entry, usph_spec *out, size_t max);

/** Variants of all entries of a registry. */
size_t usph_registry_variants(const usph_registry *reg, usph_spec *out, size_t max);

/**
 * Variants of all metrics: the energy with every variant of every kernel, the others
 * that take one with a few that stand for all.
 */
size_t usph_metric_variants(usph_metric_spec *out, size_t max);

/** Shapes that contract tests use: few and many points, small and odd dimensions. */
extern const usph_shape usph_test_shapes[];
extern const size_t usph_test_shape_count;

/** n x d uniform points from a seed; the caller frees. */
double *usph_test_points(usph_shape shape, uint64_t seed);

#endif
