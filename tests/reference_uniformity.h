#ifndef USPH_TESTS_REFERENCE_UNIFORMITY_H
#define USPH_TESTS_REFERENCE_UNIFORMITY_H

#include "tests/reference.h"

/** F(s) = P(<x, y> <= s) on S^(d-1), by the finite sum in d. */
long double usph_reference_share(size_t d, long double s);

/** Its derivative. */
long double usph_reference_density(size_t d, long double s);

/** Angle of points i, j. */
long double usph_reference_angle(usph_shape shape, const double *x, size_t i, size_t j);

usph_reference_room usph_reference_uniformity;
usph_reference_room usph_reference_discrepancy;

#endif
