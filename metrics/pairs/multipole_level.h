#ifndef USPH_METRICS_PAIRS_MULTIPOLE_LEVEL_H
#define USPH_METRICS_PAIRS_MULTIPOLE_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The inner loops of metrics/pairs/multipole.c as data: one table of functions for each
 * instruction set. What they call K and w are the kernel and 2 dK/dr2 over factors that
 * do not depend on the pair:
 *
 *                  K            its factor    w              its factor
 *     Riesz        r^-s         sign(s)       r^(-s - 2)     -|s|
 *     logarithm    log r2       -1/2          1/r2           -1
 *     Gaussian     exp(-t r2)   1             exp(-t r2)     -2t
 */

enum {
    USPH_MULTIPOLE_MAX_ORDER = 16,
    USPH_MULTIPOLE_ROW = 16,     /* doubles in a row of a matrix of any order */
    USPH_MULTIPOLE_MATRIX = 256, /* doubles in a matrix of the largest order */
    USPH_MULTIPOLE_PAD = 8,      /* doubles behind each array, for whole vectors */
};

/** Squared distances below this are raised to it; the caller mends what that spoils. */
#define USPH_MULTIPOLE_TINY 1e-36

/** Kernels that have loops of their own. */
typedef enum usph_multipole_form {
    USPH_FORM_INVERSE,        /* s = 1 */
    USPH_FORM_INVERSE_SQUARE, /* s = 2 */
    USPH_FORM_DISTANCE,       /* s = -1 */
    USPH_FORM_POWER,          /* r2^a */
    USPH_FORM_LOG,
    USPH_FORM_GAUSS, /* exp(a r2) */
} usph_multipole_form;

typedef struct usph_multipole_body {
    usph_multipole_form form;
    double a; /* parameter of the forms that have one */
} usph_multipole_body;

/** The points, sorted by cells; arrays padded with numbers. */
typedef struct usph_multipole_points {
    double *x[3];    /* coordinates */
    double *grad[3]; /* gradient over the factor of w, added to */
    double
        *uv[2]; /* coordinates on the face of the cube: x[k + 1]/x[k], x[k + 2]/x[k] */
} usph_multipole_points;

/** A rectangle on a face: |u - mid[0]| <= half[0], |v - mid[1]| <= half[1]. */
typedef struct usph_multipole_box {
    size_t first, count; /* the points in it */
    double mid[2], half[2];
    size_t axis; /* k: the coordinate that is largest in size on the face */
    double sign; /* of that coordinate */
} usph_multipole_box;

/** The grid that stands for the points of a box. */
typedef struct usph_multipole_nodes {
    size_t count; /* padded to a multiple of 8 by nodes of charge 0 */
    double x[3][USPH_MULTIPOLE_MATRIX];
    double q[USPH_MULTIPOLE_MATRIX];   /* charges */
    double phi[USPH_MULTIPOLE_MATRIX]; /* sum of K q over the other grid, overwritten */
    double psi[USPH_MULTIPOLE_MATRIX]; /* sum of r2 K q; Gaussian only */
} usph_multipole_nodes;

/** What a rectangle of pairs of points adds up to. */
typedef struct usph_multipole_part {
    double sum;   /* of K; logarithm: of log r2 */
    double least; /* smallest r2 */
} usph_multipole_part;

typedef struct usph_multipole_loops {
    /* Pairs of a point of a and a point of b; with a = b each unordered pair once. */
    void (*near)(usph_multipole_body body, const usph_multipole_points *points,
                 const usph_multipole_box *a, const usph_multipole_box *b, bool grad,
                 usph_multipole_part *out);
    /* sum q_a K q_b, and with grad the potentials of both. */
    double (*far)(usph_multipole_body body, usph_multipole_nodes *a,
                  usph_multipole_nodes *b, bool grad);
    /* Set a grid's coordinates from those of the reference square, u then v. */
    void (*place)(const usph_multipole_box *box, const double *grid,
                  usph_multipole_nodes *out);
    /* y += l x r, all of order p with zeros up to a multiple of 8 in each row. */
    void (*sandwich)(size_t p, const double *l, const double *x, const double *r,
                     double *y);
    /* m[k][l] = sum of T_k(u) T_l(v) over the points of a box, scaled to the square. */
    void (*moments)(const usph_multipole_points *points, const usph_multipole_box *box,
                    size_t p, double *m);
    /*
     * To the gradient of the points add `scale` times the tangential gradient of
     * f = sum c[k][l] T_k(u) T_l(v), and x half times the sum of w r2, which is
     * `constant` plus `multiple` times f, or sum c2[k][l] T_k T_l if c2 is given.
     */
    void (*evaluate)(const usph_multipole_points *points, const usph_multipole_box *box,
                     size_t p, const double *c, const double *c2,
                     const double *factors);
} usph_multipole_loops;

/** Places in `factors` of `evaluate`. */
enum {
    USPH_FACTOR_SCALE,
    USPH_FACTOR_CONSTANT,
    USPH_FACTOR_MULTIPLE,
    USPH_FACTORS,
};

extern const usph_multipole_loops usph_multipole_loops_base;
#if defined(__x86_64__)
extern const usph_multipole_loops usph_multipole_loops_avx2;
extern const usph_multipole_loops usph_multipole_loops_avx512;
#endif

#endif
