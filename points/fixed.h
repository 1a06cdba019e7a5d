#ifndef USPH_POINTS_FIXED_H
#define USPH_POINTS_FIXED_H

#include <stdbool.h>

#include "core/shape.h"

/** Fit of a configuration that exists in one shape only: fills in what is not given. */
static inline bool usph_fit_fixed(usph_shape *shape, size_t n, size_t d)
{
    if ((shape->n != 0 && shape->n != n) || (shape->d != 0 && shape->d != d))
        return false;
    *shape = (usph_shape){ n, d };
    return true;
}

#endif
