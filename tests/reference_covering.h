#ifndef USPH_TESTS_REFERENCE_COVERING_H
#define USPH_TESTS_REFERENCE_COVERING_H

#include "tests/reference.h"

/** Metrics of the room covering; see usph_reference_room. */
long double usph_reference_covering(const usph_metric_spec *m, usph_shape shape,
                                    const double *x);

#endif
