#ifndef USPH_POINTS_ROTATIONS_H
#define USPH_POINTS_ROTATIONS_H

#include <stddef.h>

enum {
    USPH_MAX_ROTATIONS = 60, /* order of the largest group, the icosahedral one */
    USPH_MAX_POLES = 3,      /* orbits of fixed points of a group */
};

/** The finite rotation groups of R^3. */
typedef enum usph_rotation_kind {
    USPH_CYCLIC,      /* turns by 2 pi/k about z */
    USPH_DIHEDRAL,    /* and half turns about k axes across */
    USPH_TETRAHEDRAL, /* orders 12, 24, 60; k means nothing to these */
    USPH_OCTAHEDRAL,
    USPH_ICOSAHEDRAL,
} usph_rotation_kind;

/** A finite group of rotations and the points that some of its turns leave fixed. */
typedef struct usph_rotations {
    double turn[USPH_MAX_ROTATIONS][9]; /* row-major; the first is the identity */
    size_t order;
    double pole[USPH_MAX_POLES][3]; /* one point of every orbit of fixed points */
    size_t orbit[USPH_MAX_POLES];   /* sizes of these orbits */
    size_t poles;
} usph_rotations;

/** Make a group; k counts for cyclic and dihedral ones, 2 <= k <= 30. */
void usph_rotations_init(usph_rotations *group, usph_rotation_kind kind, size_t k);

/**
 * The images of a point, each once.
 *
 * @param out  as many x 3 as there are
 * @return     their number, which divides the order
 */
size_t usph_rotations_orbit(const usph_rotations *group, const double *point,
                            double *out);

#endif
