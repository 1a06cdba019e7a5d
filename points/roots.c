#include "points/roots.h"

#include <math.h>
#include <string.h>

size_t usph_roots_d(size_t d, double *x)
{
    const double h = sqrt(0.5);
    size_t rows = 0;
    for (size_t i = 0; i < d; i++) {
        for (size_t j = i + 1; j < d; j++) {
            for (unsigned signs = 0; signs < 4; signs++) {
                double *row = x + rows++ * d;
                memset(row, 0, d * sizeof *row);
                row[i] = signs & 1 ? -h : h;
                row[j] = signs & 2 ? -h : h;
            }
        }
    }
    return rows;
}
