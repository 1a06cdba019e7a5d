#ifndef USPH_BENCH_KNOWN_KNOWN_H
#define USPH_BENCH_KNOWN_KNOWN_H

#include "core/shape.h"
#include "metrics/metric.h"

/** A value of the literature or of our own searches; bench/known/SOURCES has the keys.
 */
typedef struct usph_known {
    const char *quantity; /* metric spec: "energy/riesz:s=1" */
    size_t n, d;
    double value;       /* pair energies: the sum over unordered pairs */
    double precision;   /* absolute, from the digits that were published */
    const char *status; /* "proved", "best_known" (published) or "computed" (by us) */
    const char *source; /* key in SOURCES */
    const char *note;
} usph_known;

/** Number of values compiled in, and the i-th, ordered by quantity, d, n. */
size_t usph_known_count(void);
const usph_known *usph_known_at(size_t i);

/** The best value known for n points in dimension d, or NULL. */
const usph_known *usph_known_find(const usph_metric_spec *m, usph_shape shape);

/** The same as a value of the metric: the mean for pair energies. */
double usph_known_value(const usph_known *known, const usph_metric_spec *m);

#endif
