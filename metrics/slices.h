#ifndef USPH_METRICS_SLICES_H
#define USPH_METRICS_SLICES_H

#include <stddef.h>
#include <stdint.h>

/**
 * Random directions and planes that projections are taken on, by (seed, number), and
 * what one-dimensional laws are compared with. The same for every metric.
 */

/** Direction number k of a seed: uniform on S^(d-1). */
void usph_slice_direction(uint64_t seed, size_t k, size_t d, double *v);

/** Plane number k of a seed: an orthonormal basis p, q (d >= 2). */
void usph_slice_plane(uint64_t seed, size_t k, size_t d, double *p, double *q);

/**
 * Sort n keys, with the numbers 0 .. n - 1 in `order` beside them; merge sort, stable.
 *
 * @param order   n, overwritten; NULL: keys alone
 * @param spare   n, and as many behind them if order is given
 */
void usph_slice_sort(size_t n, double *keys, double *order, double *spare);

/** F(<v, x>) of each point, F the law of uniform points; v of norm 1. */
void usph_slice_shares(size_t n, size_t d, const double *x, const double *v,
                       double *shares);

/** Kolmogorov-Smirnov distance sup |F_n - u| of n sorted u in [0, 1]. */
double usph_slice_ks(size_t n, const double *u);

#endif
