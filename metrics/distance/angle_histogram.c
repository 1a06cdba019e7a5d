#include <math.h>

#include "core/special.h"
#include "metrics/metric.h"
#include "metrics/pairs/pairs.h"

enum {
    MAX_BINS = 64,
};

static const char *const BIN_NAMES[USPH_MAX_EXTRA] = {
    "bin_1", "bin_2", "bin_3", "bin_4", "bin_5", "bin_6", "bin_7", "bin_8",
};

static size_t bins_of(const usph_metric_spec *m)
{
    return (size_t)m->metric.values[0];
}

/* Upper ends of the bins as squared distances, then counts. */
static size_t angle_histogram_state(const usph_metric_spec *m, usph_shape shape)
{
    (void)shape;
    return 2 * bins_of(m) + 1;
}

/* Bins of equal probability for two independent uniform points. */
static void angle_histogram_begin(const usph_metric_spec *m, usph_shape shape,
                                  double *state)
{
    const size_t bins = bins_of(m);
    for (size_t b = 0; b < bins; b++) {
        const double share = ((double)b + 1) / (double)bins;
        const double r = 2 * sin(0.5 * usph_cap_angle(shape.d, share));
        state[b] = b + 1 < bins ? r * r : HUGE_VAL;
    }
}

static void angle_histogram_visit(const usph_metric_spec *m, usph_shape shape,
                                  const usph_pairs_run *run, double *state)
{
    const size_t bins = bins_of(m);
    double *counts = state + bins;
    (void)shape;
    for (size_t p = 0; p < run->count; p++) {
        size_t lo = 0;
        size_t hi = bins - 1;
        while (lo < hi) {
            const size_t mid = (lo + hi) / 2;
            if (run->r2[p] <= state[mid])
                hi = mid;
            else
                lo = mid + 1;
        }
        counts[lo] += 1;
        counts[bins] += run->r2[p] == 0; /* coincident ones, behind the counts */
    }
}

static usph_status angle_histogram_end(const usph_metric_spec *m, usph_shape shape,
                                       const double *x, usph_workspace *ws,
                                       const double *state, usph_measure *out)
{
    const size_t bins = bins_of(m);
    const double *counts = state + bins;
    const double pairs = usph_shape_pairs(shape);
    const double equal = 1 / (double)bins;
    double sum = 0;
    (void)x;
    (void)ws;
    for (size_t b = 0; b < bins; b++) {
        const double apart = counts[b] / pairs - equal;
        sum += apart * apart / equal;
        if (b < USPH_MAX_EXTRA)
            out->extra[out->extras++] = (usph_extra){ BIN_NAMES[b], counts[b] / pairs };
    }
    out->value = sum;
    out->coincident = (size_t)counts[bins];
    return USPH_OK;
}

/* Inner products are pairwise independent, so counts have binomial variance exactly. */
static double angle_histogram_expected(const usph_metric_spec *m, usph_shape shape)
{
    return ((double)bins_of(m) - 1) / usph_shape_pairs(shape);
}

static usph_bound angle_histogram_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return (usph_bound){ .value = 0 };
}

/**
 * How the histogram of pair angles differs from its law for uniform points.
 *
 * Definition: sum over bins of (share - 1/bins)^2 / (1/bins), the bins of equal
 *             probability for the angle of two independent uniform points.
 * Shapes: n >= 2. Cost: O(n^2 d). The extras are the shares of the first eight bins,
 * from small angles to large ones. Not smooth.
 * Source: CaiFanJiang2013.
 */
const usph_metric usph_metric_angle_histogram = {
    .entry = {
        .name = "angle_histogram",
        .title = "histogram of angles",
        .formula = "chi-square distance of the shares of pair angles in bins of equal "
                   "probability from equal shares",
        .source = "CaiFanJiang2013",
        .params = { { .name = "bins",
                      .type = USPH_INT,
                      .def = 8,
                      .lo = 2,
                      .hi = MAX_BINS,
                      .doc = "number of bins" } },
    },
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 if angles are distributed as between random points; optimized sets lack "
               "small angles (bin_1), collapsed ones have too many",
    .degenerate = "coincident points fall into the first bin; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .pass = &(const usph_metric_pass){ .state = angle_histogram_state,
                                       .begin = angle_histogram_begin,
                                       .visit = angle_histogram_visit,
                                       .end = angle_histogram_end },
    .expected = angle_histogram_expected,
    .bound = angle_histogram_bound,
};
