#ifndef USPH_METRICS_KERNEL_H
#define USPH_METRICS_KERNEL_H

#include <stdbool.h>

#include "core/entry.h"

enum {
    /* K, as a function of r2, is up to a constant completely monotone: (-1)^k K^(k) >=
       0 for k >= 1. Then it is convex and decreasing, the simplex bounds it for every
       n, and the universally optimal sets minimize it (CohnKumar2007). */
    USPH_KERNEL_MONOTONE = 1 << 0,
    /* sum c_i c_j K >= 0 for all real c: a Gram matrix of K has no negative eigenvalue
     */
    USPH_KERNEL_POSDEF = 1 << 1,
};

/** A function K of the squared chordal distance r2 = |x - y|^2 in [0, 4]. */
typedef struct usph_kernel {
    usph_entry entry;
    unsigned flags;
    /* k[p] = K(r2[p]) and dk[p] = dK/dr2 for p < m; dk may be NULL. Infinite values
       where K is singular are right; so is an infinite derivative */
    void (*eval)(const double *values, size_t m, const double *r2, double *k,
                 double *dk);
    /* E K over independent uniform x, y on S^(d-1); INFINITY where it diverges */
    double (*mean)(const double *values, size_t d);
} usph_kernel;

extern const usph_registry usph_kernels;

static inline const usph_kernel *usph_kernel_of(const usph_entry *entry)
{
    return (const usph_kernel *)entry; /* entry is the first member */
}

/** K at one squared distance. */
double usph_kernel_at(const usph_spec *kernel, double r2);

/** Closed-form mean of the kernel over the sphere, INFINITY where it diverges. */
double usph_kernel_mean(const usph_spec *kernel, size_t d);

/** Whether dK/dr2 is finite at r2 = 0, so that coincident points have a gradient. */
bool usph_kernel_smooth_at_zero(const usph_spec *kernel);

#endif
