#ifndef USPH_METRICS_BOUNDS_NODES_H
#define USPH_METRICS_BOUNDS_NODES_H

#include <stdbool.h>

#include "core/shape.h"

enum {
    USPH_MAX_NODES = 2048, /* of a rule: n up to 4 million on S^2 */
};

/** Where the points of a code live: its variable and the law of it. */
typedef enum usph_space {
    USPH_SPACE_SPHERE,        /* variable <x, y> */
    USPH_SPACE_LINES,         /* lines in R^d, variable 2<x, y>^2 - 1 */
    USPH_SPACE_COMPLEX_LINES, /* lines in C^d, variable 2|<x, y>|^2 - 1 */
} usph_space;

/** Parameters of the Jacobi weight (1 - x)^alpha (1 + x)^beta of a space. */
typedef struct usph_jacobi {
    long double alpha, beta;
} usph_jacobi;

usph_jacobi usph_space_jacobi(usph_space space, size_t d);

/**
 * Levenshtein's quadrature for n points: with mu the law of the variable,
 *
 *     int f dmu = f(1)/n + sum_i weight_i f(node_i)
 *
 * for every polynomial f of degree at most `level`.
 */
typedef struct usph_nodes {
    usph_jacobi jacobi;
    size_t n;
    int level;
    size_t count;
    long double node[USPH_MAX_NODES]; /* in [-1, 1), ascending */
    long double weight[USPH_MAX_NODES];
} usph_nodes;

/**
 * Build the rule. The nodes are eigenvalues of a tridiagonal matrix whose last entry is
 * chosen so that the weight at 1 is 1/n; nothing is searched for.
 *
 * @return  false where there is none: n < 2; n <= d lines; more than USPH_MAX_NODES
 *          nodes; rounding that spoiled it
 *
 * Cost: O(count^2), a tenth of a microsecond each.
 * Source: Levenshtein1992, BoyvalenkovEtAl2016; GolubWelsch1969 for the eigenvalues.
 */
bool usph_nodes_find(usph_space space, size_t d, size_t n, usph_nodes *out);

/** Values P_0 .. P_degree at x of the orthogonal polynomials with P_k(1) = 1. */
void usph_jacobi_values(usph_jacobi w, size_t degree, long double x, long double *p);

/**
 * The first degree k, level < k <= last, whose test function 1/n + sum w_i P_k(node_i)
 * is negative: adding that degree to the linear program improves the bound of every
 * strictly absolutely monotone kernel. 0: none, and no polynomial of degree up to
 * `last` improves it.
 *
 * Source: BoyvalenkovEtAl2016, section 4.
 */
int usph_nodes_improvable_from(const usph_nodes *rule, int last);

#endif
