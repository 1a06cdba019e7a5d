#ifndef USPH_POINTS_ROOTS_H
#define USPH_POINTS_ROOTS_H

#include <stddef.h>

/**
 * The 2 d (d - 1) unit vectors (+-e_i +- e_j) / sqrt 2: the roots of D_d.
 *
 * @param x  2 d (d - 1) x d
 * @return   number of rows written
 */
size_t usph_roots_d(size_t d, double *x);

#endif
