#ifndef USPH_METRICS_KERNEL_H
#define USPH_METRICS_KERNEL_H

#include <stdbool.h>

#include "core/cpu.h"
#include "core/entry.h"

enum {
    /* K, as a function of r2, is up to a constant completely monotone: (-1)^k K^(k) >=
       0 for k >= 1. Then it is convex and decreasing, the simplex bounds it for every
       n, and the universally optimal sets minimize it (CohnKumar2007). */
    USPH_KERNEL_MONOTONE = 1 << 0,
    /* sum c_i c_j K >= 0 for all real c: a Gram matrix of K has no negative eigenvalue
     */
    USPH_KERNEL_POSDEF = 1 << 1,
    /* a function of the angle: wants q2, since near antipodes 4 - r2 has no digits */
    USPH_KERNEL_ANGLE = 1 << 2,
};

/** Pairs at which a kernel is asked for. */
typedef struct usph_kernel_pairs {
    const double *values; /* the kernel's parameters */
    size_t d;             /* dimension of the space around the sphere */
    size_t m;             /* pairs */
    const double *r2;     /* m squared distances |x - y|^2 */
    const double *q2; /* m squared sums |x + y|^2; not read unless the kernel is one of
                         the angle */
} usph_kernel_pairs;

/** K and its derivatives in r2, along the sphere where r2 + q2 = 4. */
typedef struct usph_kernel_values {
    double *k;  /* m values */
    double *dk; /* dK/dr2; NULL to skip. 0 at q2 = 0, where an angle has no direction */
    double *d2k; /* second derivative; NULL to skip, else dk is given too */
} usph_kernel_values;

struct usph_pairs_loops;

/** A function K of the squared chordal distance r2 = |x - y|^2 in [0, 4], or of the
 * angle. */
typedef struct usph_kernel {
    usph_entry entry;
    unsigned flags;
    /* infinite values where K is singular are right; so are infinite derivatives */
    void (*eval)(const usph_kernel_pairs *at, const usph_kernel_values *out);
    /* E K over independent uniform x, y on S^(d-1); INFINITY where it diverges */
    double (*mean)(const double *values, size_t d);
    /* the inner loops for these parameters and an instruction set; NULL: sums go by
       `eval` in plain C */
    const struct usph_pairs_loops *(*loops)(const double *values, usph_level level);
    /* with loops: squared distance from which on r2 = 2 - 2<x, y> is accurate enough:
       its error is a few roundings of 1, and reaches K times |K'/K|. Above 4: nowhere
     */
    double (*near)(const double *values);
    bool origin; /* sums may take K at r2 - origin: a change of scale only */
} usph_kernel;

extern const usph_registry usph_kernels;

static inline const usph_kernel *usph_kernel_of(const usph_entry *entry)
{
    return (const usph_kernel *)entry; /* entry is the first member */
}

/** K in dimension d at one squared distance. */
double usph_kernel_at(const usph_spec *kernel, size_t d, double r2);

/** Closed-form mean of the kernel over the sphere, INFINITY where it diverges. */
double usph_kernel_mean(const usph_spec *kernel, size_t d);

/** Whether dK/dr2 is finite at r2 = 0, so that coincident points have a gradient. */
bool usph_kernel_smooth_at_zero(const usph_spec *kernel, size_t d);

#endif
