#include <string.h>

#include "core/sphere.h"
#include "points/generator.h"
#include "points/rotations.h"

enum {
    DRAWS = 64, /* groups tried before one is taken that suits every n */
};

/* How often which group is drawn on S^2: what found most minima of energies. */
static void draw_group(usph_rng *rng, usph_rotations *group)
{
    const double u = usph_rng_uniform(rng);
    if (u < 0.4)
        usph_rotations_init(group, USPH_CYCLIC, 2 + (size_t)usph_rng_below(rng, 6));
    else if (u < 0.8)
        usph_rotations_init(group, USPH_DIHEDRAL, 2 + (size_t)usph_rng_below(rng, 5));
    else if (u < 0.92)
        usph_rotations_init(group, USPH_TETRAHEDRAL, 0);
    else if (u < 0.96)
        usph_rotations_init(group, USPH_OCTAHEDRAL, 0);
    else
        usph_rotations_init(group, USPH_ICOSAHEDRAL, 0);
}

static size_t points_of(const usph_rotations *group, unsigned subset)
{
    size_t count = 0;
    for (size_t p = 0; p < group->poles; p++)
        count += (subset >> p & 1) != 0 ? group->orbit[p] : 0;
    return count;
}

/* Draw which orbits of fixed points to use, so that general orbits make up the rest. */
static bool draw_subset(const usph_rotations *group, size_t n, usph_rng *rng,
                        unsigned *subset)
{
    unsigned fitting[1 << USPH_MAX_POLES];
    size_t count = 0;
    for (unsigned s = 0; s < 1U << group->poles; s++) {
        const size_t special = points_of(group, s);
        if (special <= n && (n - special) % group->order == 0)
            fitting[count++] = s;
    }
    if (count > 0)
        *subset = fitting[usph_rng_below(rng, count)];
    return count > 0;
}

static void fill_sphere(size_t n, usph_rng *rng, double *x)
{
    usph_rotations group;
    unsigned subset = 0;
    bool fits = false;
    for (int t = 0; t < DRAWS && !fits; t++) {
        draw_group(rng, &group);
        fits = draw_subset(&group, n, rng, &subset);
    }
    if (!fits) {
        usph_rotations_init(&group, USPH_CYCLIC, 2);
        (void)draw_subset(&group, n, rng, &subset);
    }
    size_t at = 0;
    for (size_t p = 0; p < group.poles; p++)
        if ((subset >> p & 1) != 0)
            at += usph_rotations_orbit(&group, group.pole[p], x + 3 * at);
    while (at < n) {
        double point[3];
        usph_sphere_uniform((usph_shape){ 1, 3 }, rng, point);
        for (size_t g = 0; g < group.order; g++, at++)
            for (size_t k = 0; k < 3; k++)
                x[3 * at + k] = usph_dot(3, group.turn[g] + 3 * k, point);
    }
}

/*
 * The group of other dimensions: all blocks of `cycle` coordinates are turned about
 * together, and the coordinates from `sign` on may change their signs; sign = d means
 * none do. `cycle` divides `sign` unless that is d, so the two commute.
 */
typedef struct signed_cycles {
    size_t cycle, sign;
} signed_cycles;

/* What leaves a point fixed. */
enum {
    BY_CYCLE = 1, /* coordinates of a block are equal */
    BY_SIGN = 2,  /* coordinates that change their sign are 0 */
};

static signed_cycles draw_cycles(size_t d, usph_rng *rng)
{
    const size_t longest = d < 8 ? d : 8;
    signed_cycles group = { 1 + (size_t)usph_rng_below(rng, longest), d };
    if (group.cycle == 1 || usph_rng_below(rng, 2) == 0)
        group.sign = group.cycle * (size_t)usph_rng_below(rng, d / group.cycle);
    return group;
}

/* Dimension of the space that is left fixed by what `fixed` says. */
static size_t dimension(signed_cycles group, size_t d, unsigned fixed)
{
    const size_t free = (fixed & BY_SIGN) != 0 ? group.sign : d;
    const size_t blocks = free / group.cycle;
    return (fixed & BY_CYCLE) != 0 ? free - blocks * (group.cycle - 1) : free;
}

static size_t orbit_size(signed_cycles group, size_t d, unsigned fixed)
{
    return ((fixed & BY_CYCLE) != 0 ? 1 : group.cycle) *
           ((fixed & BY_SIGN) != 0 || group.sign == d ? 1 : 2);
}

/* A random point of that space. */
static void draw_point(signed_cycles group, size_t d, unsigned fixed, usph_rng *rng,
                       double *point)
{
    usph_sphere_uniform((usph_shape){ 1, d }, rng, point);
    if ((fixed & BY_SIGN) != 0)
        memset(point + group.sign, 0, (d - group.sign) * sizeof *point);
    for (size_t k = 0; k + group.cycle <= d && (fixed & BY_CYCLE) != 0;
         k += group.cycle)
        for (size_t c = 1; c < group.cycle; c++)
            point[k + c] = point[k];
    usph_sphere_normalize((usph_shape){ 1, d }, point);
}

/* Image number g of the first row, for g = 1 .. size - 1, into row g. */
static void fill_orbit(signed_cycles group, size_t d, size_t size, bool turns,
                       double *x)
{
    const size_t cycle = turns ? group.cycle : 1;
    const size_t whole = d / group.cycle * group.cycle;
    for (size_t g = 1; g < size; g++) {
        const size_t shift = g % cycle;
        for (size_t k = 0; k < d; k++) {
            const size_t block = k / group.cycle * group.cycle;
            const size_t from =
                k < whole ? block + (k - block + shift) % group.cycle : k;
            x[g * d + k] = g >= cycle && k >= group.sign ? -x[from] : x[from];
        }
    }
}

/* Orbits of random kinds while they fit; false: some of the n points are left over. */
static bool try_cycles(usph_shape shape, usph_rng *rng, double *x)
{
    const signed_cycles group = draw_cycles(shape.d, rng);
    bool used[4] = { false };
    size_t at = 0;
    for (size_t t = 0; t < DRAWS + 4 * shape.n && at < shape.n; t++) {
        /* general orbits first of all; the others to make up the number */
        unsigned fixed = t % 4 != 0 ? 0 : (unsigned)usph_rng_below(rng, 4);
        if (group.cycle == 1) /* equal coordinates of one: the same kind twice */
            fixed &= BY_SIGN;
        const size_t room = dimension(group, shape.d, fixed);
        const size_t size = orbit_size(group, shape.d, fixed);
        if (size > shape.n - at || room == 0 || (room == 1 && used[fixed]) ||
            (group.sign == shape.d && (fixed & BY_SIGN) != 0))
            continue;
        used[fixed] = true;
        draw_point(group, shape.d, fixed, rng, x + at * shape.d);
        fill_orbit(group, shape.d, size, (fixed & BY_CYCLE) == 0, x + at * shape.d);
        at += size;
    }
    return at == shape.n;
}

static void symmetric_fill(const double *values, usph_shape shape, usph_rng *rng,
                           double *x)
{
    bool done = false;
    if (usph_rng_uniform(rng) < values[0]) {
        if (shape.d == 3)
            fill_sphere(shape.n, rng, x);
        done = shape.d == 3;
        for (int t = 0; t < DRAWS && !done; t++)
            done = try_cycles(shape, rng, x);
    }
    if (!done)
        usph_sphere_uniform(shape, rng, x);
}

/**
 * Orbits of random points under a random finite group.
 *
 * On S^2 the group is cyclic (2 to 7 fold, 40 %), dihedral (2 to 6, 40 %), tetrahedral
 * (12 %), octahedral or icosahedral (4 % each), drawn again until orbits of fixed
 * points and general ones make up n. In other dimensions it turns blocks of coordinates
 * about and changes signs. Points of the same orbit may lie near each other, as random
 * points do. O(n d) for n points and O(1) for the group.
 */
const usph_generator usph_generator_symmetric = {
    .entry = {
        .name = "symmetric",
        .title = "orbits of a random symmetry group",
        .formula = "x = g p, for all g of a finite group and a few points p",
        .source = "Coxeter1973",
        .note = "a start for searches: many optimal sets on S^2 are symmetric",
        .params = { { .name = "share",
                      .type = USPH_REAL,
                      .def = 1,
                      .lo = 0,
                      .hi = 1,
                      .doc = "part of the draws that are symmetric; the others are "
                             "uniform" } },
    },
    .shapes = "any n and d",
    .fill = symmetric_fill,
};
