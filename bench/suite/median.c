#include "bench/suite/median.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

double usph_median(double *values, size_t count)
{
    if (count == 0)
        return NAN;
    qsort(values, count, sizeof *values, compare);
    /* two equal infinities have no mean but a median */
    const double low = values[(count - 1) / 2];
    const double high = values[count / 2];
    return low == high ? low : 0.5 * (low + high);
}
