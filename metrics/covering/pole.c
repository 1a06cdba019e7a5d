#include "metrics/covering/pole.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/rng.h"
#include "core/sphere.h"
#include "metrics/covering/hull.h"
#include "metrics/covering/potential.h"
#include "metrics/kernel.h"

enum {
    RANDOM = 64,     /* random candidates */
    STARTS = 32,     /* polished */
    MAX_CELLS = 256, /* waiting: three a level and the first eight */
    CELL_D = 3,
};

/* Relative width at which a cell is settled, and that of a closed enclosure. */
static const double CLOSE = 1e-10;
static const double CLOSED = 1e-9;

/* The best candidates so far, in ascending order of value. */
typedef struct shortlist {
    const usph_potential *u;
    size_t count;
    double value[STARTS];
    double *pole; /* STARTS x d */
} shortlist;

size_t usph_pole_scratch(usph_shape shape)
{
    return usph_workspace_cost(STARTS * shape.d) + usph_workspace_cost(shape.d) +
           usph_potential_scratch(shape.d);
}

static void consider(shortlist *list, const double *v)
{
    const size_t d = list->u->shape.d;
    const double value = usph_potential_at(list->u, v, NULL, NULL);
    if (list->count == (size_t)STARTS && !(value < list->value[list->count - 1]))
        return;
    size_t at = list->count < (size_t)STARTS ? list->count++ : list->count - 1;
    for (; at > 0 && value < list->value[at - 1]; at--) {
        list->value[at] = list->value[at - 1];
        memcpy(list->pole + at * d, list->pole + (at - 1) * d, d * sizeof *v);
    }
    list->value[at] = value;
    memcpy(list->pole + at * d, v, d * sizeof *v);
}

static void consider_facet(void *ctx, const usph_hull_facet *facet)
{
    consider(ctx, facet->normal);
}

static void collect_candidates(shortlist *list, double *v)
{
    const usph_shape shape = list->u->shape;
    usph_rng rng;
    usph_rng_init(&rng, 0, 0, USPH_FOR_METRIC);
    for (size_t s = 0; s < RANDOM; s++) {
        usph_sphere_uniform((usph_shape){ 1, shape.d }, &rng, v);
        consider(list, v);
    }
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t k = 0; k < shape.d; k++)
            v[k] = -list->u->x[i * shape.d + k];
        consider(list, v);
    }
    /* no hull, no facets: the other candidates are enough to begin with */
    if (shape.d == 3 &&
        usph_hull(shape, list->u->x, false, consider_facet, list) != USPH_OK)
        return;
}

/* What differences are relative to; a logarithm may vanish. */
static double scale_of(const usph_spec *kernel, size_t d, double value)
{
    return fmax(fabs(value), 1e-3 * fabs(usph_kernel_at(kernel, d, 4)));
}

static bool is_same(const usph_spec *kernel, size_t d, double a, double b)
{
    return fabs(a - b) <= CLOSE * scale_of(kernel, d, a);
}

static void take_if_lower(const usph_potential *u, double value, const double *v,
                          usph_pole *out, double *pole)
{
    const size_t d = u->shape.d;
    if (is_same(u->kernel, u->shape.d, value, out->value))
        out->witnesses++;
    else if (value < out->value)
        out->witnesses = 1;
    if (value < out->value) {
        out->value = value;
        memcpy(pole, v, d * sizeof *pole);
    }
}

/* A spherical simplex with d corners. */
typedef struct cell {
    double corner[CELL_D][CELL_D];
} cell;

/* The centre of a cell and the radius of the cap around it that holds the cell. */
static double cap_of(const cell *c, size_t d, double *centre)
{
    double most = 0;
    for (size_t k = 0; k < d; k++) {
        centre[k] = 0;
        for (size_t j = 0; j < d; j++)
            centre[k] += c->corner[j][k];
    }
    usph_sphere_normalize((usph_shape){ 1, d }, centre);
    for (size_t j = 0; j < d; j++) {
        double chord2 = 0;
        for (size_t k = 0; k < d; k++)
            chord2 += (c->corner[j][k] - centre[k]) * (c->corner[j][k] - centre[k]);
        most = fmax(most, chord2);
    }
    return 2 * asin(0.5 * sqrt(most)) * (1 + 1e-12) + 1e-15;
}

/* The cell in halves (d = 2) or quarters, cut at the middles of its sides. */
static size_t split(const cell *c, size_t d, cell *parts)
{
    double middle[CELL_D][CELL_D]; /* opposite to corner j; of an arc, all the same */
    for (size_t j = 0; j < d; j++) {
        for (size_t k = 0; k < d; k++)
            middle[j][k] =
                c->corner[(j + 1) % d][k] + c->corner[d == 2 ? j : (j + 2) % d][k];
        usph_sphere_normalize((usph_shape){ 1, d }, middle[j]);
    }
    for (size_t j = 0; j < d; j++)
        for (size_t l = 0; l < d; l++)
            memcpy(parts[j].corner[l], l == j ? c->corner[j] : middle[l],
                   d * sizeof(double));
    if (d == 2)
        return 2;
    memcpy(parts[3].corner, middle, sizeof middle);
    return 4;
}

static size_t orthants(size_t d, cell *cells)
{
    const size_t count = (size_t)1 << d;
    memset(cells, 0, count * sizeof *cells);
    for (size_t s = 0; s < count; s++)
        for (size_t k = 0; k < d; k++)
            cells[s].corner[k][k] = (s >> k & 1) != 0 ? 1 : -1;
    return count;
}

/*
 * Depth first over cells: one whose bound reaches the best value less CLOSE is settled;
 * a centre below the best value is polished. Stops at the stated work, and then the
 * bounds of what is left count.
 */
static void enclose(const usph_potential *u, double work, usph_workspace *ws,
                    usph_pole *out, double *pole)
{
    const size_t d = u->shape.d;
    cell cells[MAX_CELLS];
    size_t count = orthants(d, cells);
    double spent = 0;
    out->lower = out->value;
    while (count > 0) {
        const cell now = cells[--count];
        double centre[CELL_D];
        double value;
        const double radius = cap_of(&now, d, centre);
        const double bound = usph_potential_below(u, centre, radius, &value);
        spent += (double)u->shape.n;
        if (value < out->value && !is_same(u->kernel, u->shape.d, value, out->value)) {
            value = usph_potential_descend(u, ws, centre);
            take_if_lower(u, value, centre, out, pole);
        }
        const bool settled =
            bound >= out->value - CLOSE * scale_of(u->kernel, u->shape.d, out->value);
        if (!settled && spent < work && count + 4 <= MAX_CELLS)
            count += split(&now, d, cells + count);
        else
            out->lower = bound >= -DBL_MAX ? fmin(out->lower, bound) : -DBL_MAX;
    }
}

void usph_pole_find(const usph_spec *kernel, double work, usph_shape shape,
                    const double *x, usph_workspace *ws, usph_pole *out, double *pole)
{
    const size_t d = shape.d;
    const size_t mark = usph_workspace_mark(ws);
    const usph_potential u = { kernel, shape, x };
    double *v = usph_workspace_take(ws, d);
    shortlist list = { .u = &u };
    list.pole = usph_workspace_take(ws, STARTS * d);
    collect_candidates(&list, v);
    *out = (usph_pole){ .value = INFINITY, .lower = -INFINITY };
    for (size_t s = 0; s < list.count; s++) {
        memcpy(v, list.pole + s * d, d * sizeof *v);
        take_if_lower(&u, usph_potential_descend(&u, ws, v), v, out, pole);
    }
    if (d <= CELL_D && work > 0 && isfinite(out->value) &&
        (usph_kernel_of(kernel->entry)->flags & USPH_KERNEL_MONOTONE) != 0)
        enclose(&u, work, ws, out, pole);
    out->closed =
        out->value - out->lower <= CLOSED * scale_of(kernel, shape.d, out->value);
    usph_workspace_release(ws, mark);
}
