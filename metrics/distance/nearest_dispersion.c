#include <math.h>

#include "metrics/distance/nearest.h"

static usph_status nearest_dispersion_eval(const usph_metric_spec *m, usph_shape shape,
                                           const double *x, usph_workspace *ws,
                                           usph_measure *out, double *grad)
{
    const double n = (double)shape.n;
    const size_t mark = usph_workspace_mark(ws);
    usph_neighbour *nearest = NULL;
    double mean = 0;
    double square = 0;
    (void)m;
    (void)grad;
    const usph_status status = usph_nearest_of(shape, x, ws, out, &nearest);
    for (size_t i = 0; i < shape.n && status == USPH_OK; i++)
        mean += usph_nearest_angle(shape, x, i, nearest) / n;
    for (size_t i = 0; i < shape.n && status == USPH_OK; i++) {
        const double apart = usph_nearest_angle(shape, x, i, nearest) - mean;
        square += apart * apart / n;
    }
    /* all points in coincident pairs: as uneven as can be, whatever 0/0 is */
    out->value = mean > 0 ? sqrt(square) / mean : HUGE_VAL;
    out->extra[out->extras++] = (usph_extra){ "mean", mean };
    usph_workspace_release(ws, mark);
    return status;
}

/* Attained for every n, for example by a regular n-gon on a great circle. */
static usph_bound nearest_dispersion_bound(const usph_metric_spec *m, usph_shape shape)
{
    (void)m;
    (void)shape;
    return (usph_bound){ .value = 0 };
}

/**
 * Relative spread of the nearest angles: their standard deviation over their mean.
 *
 * Shapes: n >= 2. Cost: O(n^2 d). All points coincident with another: +inf. Not smooth.
 * Source: WangEtAl2020.
 */
const usph_metric usph_metric_nearest_dispersion = {
    .entry = {
        .name = "nearest_dispersion",
        .title = "dispersion of nearest angles",
        .formula = "standard deviation over mean of min over j of angle(x_i, x_j)",
        .source = "WangEtAl2020",
    },
    .better = USPH_LOWER,
    .unit = "1",
    .cost = "n^2 d",
    .reading = "0 where all points are equally far from their neighbours, which sets far "
               "from uniform can also be: to be read beside the mean",
    .degenerate = "all points coincident with another: +inf; n = 1 is refused",
    .check = usph_metric_needs_pairs,
    .scratch = usph_nearest_scratch,
    .eval = nearest_dispersion_eval,
    .bound = nearest_dispersion_bound,
};
