#include "metrics/slices.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/uniformity/cap_share.h"

void usph_slice_direction(uint64_t seed, size_t k, size_t d, double *v)
{
    usph_rng rng;
    usph_rng_init(&rng, seed, k, USPH_FOR_METRIC);
    usph_sphere_uniform((usph_shape){ 1, d }, &rng, v);
}

void usph_slice_plane(uint64_t seed, size_t k, size_t d, double *p, double *q)
{
    usph_rng rng;
    const usph_shape one = { 1, d };
    usph_rng_init(&rng, seed, k, USPH_FOR_METRIC);
    usph_sphere_uniform(one, &rng, p);
    usph_sphere_uniform(one, &rng, q);
    usph_sphere_tangent(one, p, q);
    usph_sphere_normalize(one, q);
    usph_sphere_tangent(one, p, q); /* again: what the first left is now a rounding */
    usph_sphere_normalize(one, q);
}

/* Merge two sorted stretches, keys and their numbers. */
static void merge(size_t left, size_t right, const double *keys, const double *order,
                  double *to, double *to_order)
{
    size_t a = 0;
    size_t b = left;
    for (size_t k = 0; k < left + right; k++) {
        const bool first = b == left + right || (a < left && keys[a] <= keys[b]);
        const size_t from = first ? a++ : b++;
        to[k] = keys[from];
        if (order != NULL)
            to_order[k] = order[from];
    }
}

void usph_slice_sort(size_t n, double *keys, double *order, double *spare)
{
    double *from = keys;
    double *to = spare;
    double *from_order = order;
    double *to_order = order != NULL ? spare + n : NULL;
    for (size_t i = 0; i < n && order != NULL; i++)
        order[i] = (double)i;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t i = 0; i < n; i += 2 * width) {
            const size_t left = n - i < width ? n - i : width;
            const size_t rest = n - i - left;
            merge(left, rest < width ? rest : width, from + i,
                  order != NULL ? from_order + i : NULL, to + i,
                  order != NULL ? to_order + i : NULL);
        }
        double *swap = from;
        from = to;
        to = swap;
        swap = from_order;
        from_order = to_order;
        to_order = swap;
    }
    if (from == keys)
        return;
    memcpy(keys, from, n * sizeof *keys);
    if (order != NULL)
        memcpy(order, from_order, n * sizeof *order);
}

void usph_slice_shares(size_t n, size_t d, const double *x, const double *v,
                       double *shares)
{
    const usph_cap_law law = usph_cap_law_of(d);
    for (size_t i = 0; i < n; i++) {
        const double t = fmax(-1, fmin(1, usph_dot(d, x + i * d, v)));
        const double below = usph_cap_share(law, fabs(t), (1 - t) * (1 + t));
        shares[i] = t < 0 ? below : 1 - below;
    }
}

double usph_slice_ks(size_t n, const double *u)
{
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, (double)(i + 1) / (double)n - u[i]);
        most = fmax(most, u[i] - (double)i / (double)n);
    }
    return most;
}
