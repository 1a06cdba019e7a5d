#include "metrics/pairs/multipole.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "metrics/pairs/pairs.h"

enum {
    ROW = USPH_MULTIPOLE_ROW,
    MATRIX = USPH_MULTIPOLE_MATRIX,
    PAD = USPH_MULTIPOLE_PAD,
    ORDER_LEAST = 4,
    ORDER_COUNT = (USPH_MULTIPOLE_MAX_ORDER - ORDER_LEAST) / 2 + 1, /* even orders */
    DEPTH = 22,     /* divisions of a face at most: cells of width 5e-7 */
    DIGIT_BITS = 8, /* of the radix sort */
    ELLIPSES = 12,  /* tried for the error of a Gaussian */
};

/* Positions are known to 1e-16, so below this distance their rounding would show in
   potentials of boxes; differences of points have no such error. */
static const double FAR_LEAST = 1e-6;

/* Least half width of a box, and least ratio of its sides. */
static const double BOX_LEAST = 1e-8;
static const double BOX_ASPECT = 0.25;

/* Gap between boxes over the larger radius. One of two boxes that are interpolated has
   15 points or more, of which two are within 0.57 of its radius, the distance in the
   best packing of 15 points in a disc: so the closest of all pairs is always a near
   one. */
static const double FAR_GAP = 0.6;

/* Error of the gradient of an interpolation of order p over rho^(1 - p), from tests. */
static const double ERROR_FACTOR = 2;
static const double GAUSS_FACTOR = 3000; /* over its largest value on the ellipse */

/* Part of the way to the singularities of the map from a face to the sphere. */
static const double FACE_END = 0.8;

/* Cost of a pair of nodes over that of a pair of points. */
static const double NODE_COST = 0.8;

/* A Gaussian is dropped where it is e^-92 = 1e-40 of the largest. */
static const double GAUSS_END = 92;

/* A node of the tree: a box with points, and its parts. */
typedef struct cell {
    usph_multipole_box box;
    size_t child, children; /* its children are consecutive */
    double center[3];       /* on the sphere */
    double radius;          /* of a ball around the center with all of the box */
    double half;            /* half the longest edge */
    double smooth; /* half axis of the ellipse, over half of the box, up to where
                      the map from the face to the sphere is analytic */
    double far;    /* sources whose potential it holds itself */
} cell;

/* Interpolation of one order p: from values at the nodes to coefficients. */
typedef struct order_table {
    size_t p, nodes;
    double least; /* distance of singularities over half an edge that it stands */
    double *to;   /* [k][a] = (2 - [k = 0])/p T_k(t_a) */
    double *from; /* its transpose */
    double *grid; /* coordinates of the nodes, u then v */
} order_table;

typedef struct run {
    const usph_multipole_loops *loops;
    usph_multipole_body body;
    usph_multipole_setting setting;
    double value_factor, weight_factor; /* of K and w, see multipole_level.h */
    bool grad;
    size_t n;
    usph_multipole_points points;
    uint32_t *rank; /* sorted place to index of the point */
    cell *cells;
    size_t cell_count, cell_limit;
    size_t roots;     /* the first cells, one for each face that has points */
    size_t matrix;    /* doubles of a matrix of a cell */
    double *moments;  /* a matrix for each cell */
    double *local[2]; /* coefficients of phi and psi in each cell */
    order_table orders[ORDER_COUNT];
    size_t order_count;
    usph_multipole_nodes *nodes[2];
    double reach2; /* bound of the smallest squared distance; Gaussian only */
    usph_sum sum;
    double least;
    size_t coincident;
} run;

/* Settings */

usph_multipole_setting usph_multipole_accuracy(double gradient)
{
    static const usph_multipole_setting SETTINGS[] = {
        { .gradient = 1e-3, .value = 1e-5, .tolerance = 3e-4, .order = 8, .leaf = 128 },
        { .gradient = 1e-5,
          .value = 1e-7,
          .tolerance = 3e-6,
          .order = 12,
          .leaf = 192 },
        { .gradient = 1e-8,
          .value = 1e-12,
          .tolerance = 3e-10,
          .order = 16,
          .leaf = 256 },
    };
    const size_t count = sizeof SETTINGS / sizeof *SETTINGS;
    size_t i = 0;
    while (i + 1 < count && SETTINGS[i].gradient > gradient)
        i++;
    return SETTINGS[i];
}

static size_t cell_limit(const usph_multipole_setting *setting, size_t n)
{
    return n * 8 / setting->leaf + 64;
}

/* Rows of a matrix are filled up to a multiple of 4. */
static size_t matrix_size(const usph_multipole_setting *setting)
{
    return (setting->order + 3) / 4 * 4 * ROW;
}

static size_t in_doubles(size_t bytes)
{
    return (bytes + sizeof(double) - 1) / sizeof(double);
}

size_t usph_multipole_scratch(usph_multipole_kernel kernel,
                              const usph_multipole_setting *setting, size_t n,
                              bool grad)
{
    const size_t cells = cell_limit(setting, n);
    const size_t matrices = !grad ? 1 : kernel.kind == USPH_MULTIPOLE_GAUSS ? 3 : 2;
    const size_t arrays = (grad ? 8 : 5) * usph_workspace_cost(n + PAD);
    const size_t sorting = 2 * usph_workspace_cost(n) +
                           usph_workspace_cost(in_doubles(n * sizeof(uint32_t)));
    const size_t expansions =
        matrices * usph_workspace_cost(cells * matrix_size(setting)) +
        2 * usph_workspace_cost(in_doubles(sizeof(usph_multipole_nodes))) +
        (size_t)ORDER_COUNT * 4 * MATRIX;
    return arrays + usph_workspace_cost(in_doubles(n * sizeof(uint32_t))) +
           usph_workspace_cost(in_doubles(cells * sizeof(cell))) +
           (sorting > expansions ? sorting : expansions);
}

/* Points in the order of cells */

/* The face of the cube that a point is on, and where. */
static size_t face_of(const double *x, double uv[2])
{
    size_t k = fabs(x[1]) > fabs(x[0]) ? 1 : 0;
    if (fabs(x[2]) > fabs(x[k]))
        k = 2;
    uv[0] = x[(k + 1) % 3] / x[k];
    uv[1] = x[(k + 2) % 3] / x[k];
    return 2 * k + (x[k] < 0 ? 1 : 0);
}

/* The bits of a whole number below 2^DEPTH, with zeros between. */
static uint64_t spread_bits(double u)
{
    const double cells = (double)(1u << DEPTH);
    const double at = fmin(fmax((u + 1) * 0.5 * cells, 0), cells - 1);
    uint64_t b = (uint64_t)at;
    b = (b | b << 16) & 0x0000ffff0000ffff;
    b = (b | b << 8) & 0x00ff00ff00ff00ff;
    b = (b | b << 4) & 0x0f0f0f0f0f0f0f0f;
    b = (b | b << 2) & 0x3333333333333333;
    return (b | b << 1) & 0x5555555555555555;
}

/* Face, then two bits for each division: cells are runs of keys. */
static uint64_t key_of(const double *x)
{
    double uv[2];
    const uint64_t face = face_of(x, uv);
    return face << 2 * DEPTH | spread_bits(uv[0]) | spread_bits(uv[1]) << 1;
}

static void sort_pass(size_t n, unsigned shift, const uint64_t *key,
                      const uint32_t *rank, uint64_t *key_out, uint32_t *rank_out)
{
    enum {
        DIGITS = 1 << DIGIT_BITS
    };
    size_t place[DIGITS] = { 0 };
    size_t before = 0;
    for (size_t i = 0; i < n; i++)
        place[key[i] >> shift & (DIGITS - 1)]++;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        const size_t count = place[digit];
        place[digit] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t to = place[key[i] >> shift & (DIGITS - 1)]++;
        key_out[to] = key[i];
        rank_out[to] = rank[i];
    }
}

/* Stable, so that equal keys keep their order; leaves the keys in key[0]. */
static void sort_keys(size_t n, uint64_t *key[2], uint32_t *rank[2])
{
    enum {
        PASSES = (2 * DEPTH + 3 + DIGIT_BITS - 1) / DIGIT_BITS
    };
    _Static_assert(PASSES % 2 == 0, "the last pass ends where the first began");
    for (unsigned pass = 0; pass < PASSES; pass++) {
        const unsigned in = pass % 2;
        sort_pass(n, pass * DIGIT_BITS, key[in], rank[in], key[1 - in], rank[1 - in]);
    }
}

static void points_gather(run *r, const double *x)
{
    for (size_t i = 0; i < r->n; i++) {
        const double *at = x + 3 * (size_t)r->rank[i];
        double uv[2];
        face_of(at, uv);
        for (size_t k = 0; k < 3; k++)
            r->points.x[k][i] = at[k];
        for (size_t k = 0; k < 2; k++)
            r->points.uv[k][i] = uv[k];
    }
    for (size_t i = r->n; i < r->n + PAD; i++) {
        for (size_t k = 0; k < 3; k++)
            r->points.x[k][i] = 1;
        for (size_t k = 0; k < 2; k++)
            r->points.uv[k][i] = 0;
    }
    if (r->grad)
        for (size_t k = 0; k < 3; k++)
            memset(r->points.grad[k], 0, (r->n + PAD) * sizeof(double));
}

/* The tree */

static void cell_add(run *r, size_t first, size_t count, uint64_t face)
{
    cell *c = &r->cells[r->cell_count++];
    *c = (cell){
        .box = { .first = first,
                 .count = count,
                 .axis = face / 2,
                 .sign = face % 2 == 0 ? 1 : -1 },
    };
}

/* End of the run of keys that agree with the first down to bit `shift`. */
static size_t run_end(const uint64_t *key, size_t first, size_t end, unsigned shift)
{
    size_t lo = first;
    while (end - lo > 1) {
        const size_t mid = lo + (end - lo) / 2;
        if (key[mid] >> shift == key[first] >> shift)
            lo = mid;
        else
            end = mid;
    }
    return end;
}

static void cells_add_runs(run *r, const uint64_t *key, size_t first, size_t end,
                           unsigned shift)
{
    while (first < end) {
        const size_t next = run_end(key, first, end, shift);
        cell_add(r, first, next - first, key[first] >> 2 * DEPTH);
        first = next;
    }
}

/*
 * Divide a cell where its points first part, so that every division makes at least two
 * cells; points of equal keys stay together.
 */
static void cell_divide(run *r, const uint64_t *key, size_t at)
{
    const size_t first = r->cells[at].box.first;
    const size_t end = first + r->cells[at].box.count;
    const uint64_t differ = key[first] ^ key[end - 1];
    if (end - first <= r->setting.leaf || differ == 0 ||
        r->cell_count + 4 > r->cell_limit)
        return;
    const unsigned top = 63 - (unsigned)__builtin_clzll(differ);
    r->cells[at].child = r->cell_count;
    cells_add_runs(r, key, first, end, top / 2 * 2);
    r->cells[at].children = r->cell_count - r->cells[at].child;
}

/* Cells level by level, so that a limit to their number strikes the smallest. */
static void tree_build(run *r, const double *x, usph_workspace *ws)
{
    const size_t mark = usph_workspace_mark(ws);
    uint64_t *key[2];
    uint32_t *rank[2];
    for (size_t k = 0; k < 2; k++)
        key[k] = (uint64_t *)(void *)usph_workspace_take(ws, r->n);
    rank[0] = r->rank;
    rank[1] = (uint32_t *)(void *)usph_workspace_take(
        ws, in_doubles(r->n * sizeof(uint32_t)));
    for (size_t i = 0; i < r->n; i++) {
        key[0][i] = key_of(x + 3 * i);
        rank[0][i] = (uint32_t)i;
    }
    sort_keys(r->n, key, rank);
    r->cell_count = 0;
    cells_add_runs(r, key[0], 0, r->n, 2 * DEPTH);
    r->roots = r->cell_count;
    for (size_t i = 0; i < r->cell_count; i++)
        cell_divide(r, key[0], i);
    usph_workspace_release(ws, mark);
}

/* Smallest rectangle around the points of a cell, its children's known. */
static void cell_enclose(const run *r, cell *c)
{
    for (size_t k = 0; k < 2; k++) {
        double lo = HUGE_VAL;
        double hi = -HUGE_VAL;
        for (size_t i = 0; i < c->children; i++) {
            const usph_multipole_box *part = &r->cells[c->child + i].box;
            lo = fmin(lo, part->mid[k] - part->half[k]);
            hi = fmax(hi, part->mid[k] + part->half[k]);
        }
        for (size_t i = 0; c->children == 0 && i < c->box.count; i++) {
            lo = fmin(lo, r->points.uv[k][c->box.first + i]);
            hi = fmax(hi, r->points.uv[k][c->box.first + i]);
        }
        c->box.mid[k] = 0.5 * (lo + hi);
        /* not so small that roundings leave points outside */
        c->box.half[k] = fmax(0.5 * (hi - lo), BOX_LEAST);
    }
    /* derivatives across a box are only as accurate as its width allows */
    for (size_t k = 0; k < 2; k++)
        c->box.half[k] = fmax(c->box.half[k], BOX_ASPECT * c->box.half[1 - k]);
}

static double distance(const double *x, const double *y)
{
    const double d0 = x[0] - y[0];
    const double d1 = x[1] - y[1];
    const double d2 = x[2] - y[2];
    return sqrt(d0 * d0 + d1 * d1 + d2 * d2);
}

static void box_point(const usph_multipole_box *box, double a, double b, double *x)
{
    const double u = box->mid[0] + a * box->half[0];
    const double v = box->mid[1] + b * box->half[1];
    const double norm = box->sign / sqrt(1 + u * u + v * v);
    x[box->axis] = norm;
    x[(box->axis + 1) % 3] = u * norm;
    x[(box->axis + 2) % 3] = v * norm;
}

/* Sides are great circles, so the corners are the points farthest from the center. */
static void cell_measure(cell *c)
{
    static const double CORNERS[4][2] = { { -1, -1 }, { 1, -1 }, { 1, 1 }, { -1, 1 } };
    double corner[4][3] = { { 0 } };
    box_point(&c->box, 0, 0, c->center);
    for (size_t i = 0; i < 4; i++) {
        box_point(&c->box, CORNERS[i][0], CORNERS[i][1], corner[i]);
        c->radius = fmax(c->radius, distance(c->center, corner[i]));
    }
    /* it has the norm of (1, u, v), whose zeros are beyond u = +-i */
    c->smooth = hypot(1, 1 / fmax(c->box.half[0], c->box.half[1]));
    for (size_t i = 0; i < 4; i++)
        c->half = fmax(c->half, 0.5 * distance(corner[i], corner[(i + 1) % 4]));
}

static void tree_measure(run *r)
{
    for (size_t i = r->cell_count; i-- > 0;) {
        cell_enclose(r, &r->cells[i]);
        cell_measure(&r->cells[i]);
    }
}

/* Interpolation */

/* T_k at the nodes of order p, the zeros of T_p. */
static double node_polynomial(size_t p, size_t k, size_t a)
{
    static const double PI = 3.14159265358979323846;
    return cos(PI * (double)k * ((double)a + 0.5) / (double)p);
}

/*
 * Interpolation of order p on [-1, 1] of a function that is analytic up to distance
 * (rho + 1/rho)/2 of 0 along the axis errs by about rho^-p, and its derivative, over
 * that of the function, by about rho^(1 - p).
 */
static void order_fill(order_table *t, double tolerance)
{
    const double rho = pow(ERROR_FACTOR / tolerance, 1 / (double)(t->p - 1));
    t->least = 0.5 * (rho + 1 / rho);
    t->nodes = (t->p * t->p + 7) / 8 * 8;
    memset(t->to, 0, MATRIX * sizeof(double));
    memset(t->from, 0, MATRIX * sizeof(double));
    for (size_t k = 0; k < t->p; k++) {
        for (size_t a = 0; a < t->p; a++) {
            const double entry =
                (k == 0 ? 1 : 2) / (double)t->p * node_polynomial(t->p, k, a);
            t->to[k * ROW + a] = entry;
            t->from[a * ROW + k] = entry;
        }
    }
    for (size_t j = 0; j < t->nodes; j++) {
        const size_t at = j < t->p * t->p ? j : 0;
        t->grid[j] = node_polynomial(t->p, 1, at / t->p);
        t->grid[MATRIX + j] = node_polynomial(t->p, 1, at % t->p);
    }
}

/*
 * T_k(scale x + shift) = sum_j a[k][j] T_j(x), by the recurrence of T_k and
 * x T_j = (T_(j+1) + T_|j-1|)/2; and the transpose of a.
 */
static void shift_fill(size_t p, double scale, double shift, double *a, double *at)
{
    memset(a, 0, MATRIX * sizeof(double));
    memset(at, 0, MATRIX * sizeof(double));
    a[0] = 1;
    a[ROW] = shift;
    a[ROW + 1] = scale;
    for (size_t k = 2; k < p; k++) {
        const double *b = a + (k - 1) * ROW;
        double *c = a + k * ROW;
        for (size_t j = 0; j <= k; j++) {
            const double below = j == 0 ? 0 : j == 1 ? b[0] : 0.5 * b[j - 1];
            const double above = j + 1 < k ? 0.5 * b[j + 1] : 0;
            c[j] = 2 * (shift * b[j] + scale * (below + above)) - a[(k - 2) * ROW + j];
        }
    }
    for (size_t k = 0; k < p; k++)
        for (size_t j = 0; j <= k; j++)
            at[j * ROW + k] = a[k * ROW + j];
}

/* The matrices between a cell and its parent, for both coordinates. */
typedef struct shift {
    double a[2][MATRIX], at[2][MATRIX];
} shift;

static void shift_between(size_t p, const cell *parent, const cell *child, shift *s)
{
    for (size_t k = 0; k < 2; k++)
        shift_fill(p, child->box.half[k] / parent->box.half[k],
                   (child->box.mid[k] - parent->box.mid[k]) / parent->box.half[k],
                   s->a[k], s->at[k]);
}

static void upward(run *r)
{
    const size_t p = r->setting.order;
    memset(r->moments, 0, r->cell_count * r->matrix * sizeof(double));
    for (size_t i = r->cell_count; i-- > 0;) {
        const cell *c = &r->cells[i];
        double *m = r->moments + i * r->matrix;
        if (c->children == 0)
            r->loops->moments(&r->points, &c->box, p, m);
        for (size_t k = 0; k < c->children; k++) {
            shift s;
            shift_between(p, c, &r->cells[c->child + k], &s);
            r->loops->sandwich(p, s.a[0], r->moments + (c->child + k) * r->matrix,
                               s.at[1], m);
        }
    }
}

/* Add the coefficients of a potential of a cell to those of its children. */
static void downward_pass(run *r, const cell *c, double *local)
{
    const size_t p = r->setting.order;
    const double *from = local + (size_t)(c - r->cells) * r->matrix;
    for (size_t k = 0; k < c->children; k++) {
        shift s;
        shift_between(p, c, &r->cells[c->child + k], &s);
        r->loops->sandwich(p, s.at[0], from, s.a[1],
                           local + (c->child + k) * r->matrix);
    }
}

static void downward(run *r)
{
    const bool gauss = r->body.form == USPH_FORM_GAUSS;
    const bool logarithm = r->body.form == USPH_FORM_LOG;
    for (size_t i = 0; i < r->cell_count; i++) {
        const cell *c = &r->cells[i];
        const double factors[USPH_FACTORS] = {
            [USPH_FACTOR_SCALE] = r->value_factor / r->weight_factor,
            [USPH_FACTOR_CONSTANT] = logarithm ? c->far : 0,
            [USPH_FACTOR_MULTIPLE] = logarithm ? 0 : 1,
        };
        for (size_t k = 0; k < c->children; k++)
            r->cells[c->child + k].far += c->far;
        downward_pass(r, c, r->local[0]);
        if (gauss)
            downward_pass(r, c, r->local[1]);
        if (c->children == 0)
            r->loops->evaluate(&r->points, &c->box, r->setting.order,
                               r->local[0] + i * r->matrix,
                               gauss ? r->local[1] + i * r->matrix : NULL, factors);
    }
}

/* Pairs of cells */

/* Lay the grid of an order into a cell, with the charges that stand for its points. */
static void nodes_fill(const run *r, const order_table *t, const cell *c,
                       usph_multipole_nodes *out)
{
    double q[MATRIX] = { 0 };
    const double *m = r->moments + (size_t)(c - r->cells) * r->matrix;
    out->count = t->nodes;
    r->loops->place(&c->box, t->grid, out);
    r->loops->sandwich(t->p, t->from, m, t->to, q);
    for (size_t a = 0; a < t->p; a++)
        memcpy(out->q + a * t->p, q + a * ROW, t->p * sizeof(double));
    for (size_t j = t->p * t->p; j < t->nodes; j++)
        out->q[j] = 0;
}

/* Add potentials at the nodes to the coefficients of a cell. */
static void nodes_collect(const run *r, const order_table *t, const cell *c,
                          const double *values, double *local)
{
    double phi[MATRIX] = { 0 };
    for (size_t a = 0; a < t->p; a++)
        memcpy(phi + a * ROW, values + a * t->p, t->p * sizeof(double));
    r->loops->sandwich(t->p, t->to, phi, t->from,
                       local + (size_t)(c - r->cells) * r->matrix);
}

static void far_pair(run *r, const order_table *t, cell *a, cell *b)
{
    cell *const pair[2] = { a, b };
    for (size_t k = 0; k < 2; k++)
        nodes_fill(r, t, pair[k], r->nodes[k]);
    usph_sum_add(&r->sum, r->loops->far(r->body, r->nodes[0], r->nodes[1], r->grad));
    if (!r->grad)
        return;
    for (size_t k = 0; k < 2; k++) {
        nodes_collect(r, t, pair[k], r->nodes[k]->phi, r->local[0]);
        if (r->body.form == USPH_FORM_GAUSS)
            nodes_collect(r, t, pair[k], r->nodes[k]->psi, r->local[1]);
        pair[k]->far += (double)pair[1 - k]->box.count;
    }
}

/* K and w as the loops have them, of one pair. */
static void pair_values(usph_multipole_body body, double r2, double *k, double *w)
{
    if (body.form == USPH_FORM_LOG) {
        *k = log(r2);
        *w = 1 / r2;
    } else if (body.form == USPH_FORM_GAUSS) {
        *k = exp(body.a * r2);
        *w = *k;
    } else {
        *k = pow(r2, body.a);
        *w = *k / r2;
    }
}

/*
 * Pairs closer than the loops can take: they have been given the least distance that
 * these can. Pull such a pair as it should be, and count it if it coincides.
 */
static double mend_pair(run *r, size_t i, size_t j)
{
    const usph_multipole_points *p = &r->points;
    double r2 = 0;
    double k;
    double w;
    double w_given;
    double diff[3];
    for (size_t c = 0; c < 3; c++) {
        diff[c] = p->x[c][i] - p->x[c][j];
        r2 += diff[c] * diff[c];
    }
    if (r2 == 0) {
        r->coincident++;
        return 0;
    }
    pair_values(r->body, USPH_MULTIPOLE_TINY, &k, &w_given);
    pair_values(r->body, r2, &k, &w);
    for (size_t c = 0; c < 3 && r->grad && r2 < USPH_MULTIPOLE_TINY; c++) {
        p->grad[c][i] += (w - w_given) * diff[c];
        p->grad[c][j] -= (w - w_given) * diff[c];
    }
    return k;
}

/* The sum over the pairs of two boxes once more, pair by pair; rare. */
static double near_mend(run *r, const usph_multipole_box *a,
                        const usph_multipole_box *b)
{
    usph_sum sum = { 0 };
    for (size_t i = a->first; i < a->first + a->count; i++) {
        const size_t j0 = a == b ? i + 1 : b->first;
        for (size_t j = j0; j < b->first + b->count; j++)
            usph_sum_add(&sum, mend_pair(r, i, j));
    }
    return usph_sum_value(&sum);
}

static void near_pair(run *r, const cell *a, const cell *b)
{
    usph_multipole_part part;
    r->loops->near(r->body, &r->points, &a->box, &b->box, r->grad, &part);
    if (part.least < USPH_MULTIPOLE_TINY)
        part.sum = near_mend(r, &a->box, &b->box);
    r->least = fmin(r->least, part.least);
    usph_sum_add(&r->sum, part.sum);
}

/*
 * Logarithm of the largest size of exp(-t (z0 + half w)^2) for w on the ellipse with
 * foci -1 and 1 and half axes a and b.
 */
static double gauss_peak(double t, double z0, double half, double a, double b)
{
    const double at = z0 * a / (half * (a * a + b * b)); /* minus the cosine there */
    if (at <= 1)
        return t * b * b * (half * half - z0 * z0 / (a * a + b * b));
    return -t * (z0 - half * a) * (z0 - half * a);
}

/* Place of the smallest order that interpolates a Gaussian around a point at distance
   z0 on a cell, or more than there are. */
static size_t gauss_order(const run *r, const cell *c, double z0)
{
    const double t = -r->body.a;
    /* for t < 1 both the error and the gradient shrink with t: constants are exact */
    const double wanted = log(r->setting.tolerance / GAUSS_FACTOR) - t * r->reach2;
    /* there the squared distance grows, so stay well inside of what is analytic */
    const double end = asinh(FACE_END / fmax(c->box.half[0], c->box.half[1]));
    double best = ORDER_COUNT;
    for (size_t e = 0; e < ELLIPSES; e++) {
        const double log_rho = fmin(0.4 * pow(1.25, (double)e), end);
        const double peak = gauss_peak(t, z0, c->half, cosh(log_rho), sinh(log_rho));
        best = fmin(best, ceil(0.5 * ((peak - wanted) / log_rho + 1 - ORDER_LEAST)));
    }
    return best > 0 ? (size_t)best : 0;
}

/* Place of the smallest order that will do, or order_count. */
static size_t far_order(const run *r, const cell *a, const cell *b, double apart)
{
    const double gap = apart - a->radius - b->radius;
    if (gap < FAR_GAP * fmax(a->radius, b->radius) || apart < FAR_LEAST)
        return r->order_count;
    if (r->body.form == USPH_FORM_GAUSS) {
        const size_t first = gauss_order(r, a, apart - b->radius);
        const size_t second = gauss_order(r, b, apart - a->radius);
        const size_t order = first > second ? first : second;
        return order < r->order_count ? order : r->order_count;
    }
    const double ratio = fmin(fmin((apart - b->radius) / a->half, a->smooth),
                              fmin((apart - a->radius) / b->half, b->smooth));
    size_t order = 0;
    while (order < r->order_count && ratio < r->orders[order].least)
        order++;
    return order;
}

static bool negligible(const run *r, const cell *a, const cell *b, double apart)
{
    const double gap = fmax(apart - a->radius - b->radius, 0);
    return r->body.form == USPH_FORM_GAUSS &&
           -r->body.a * (gap * gap - r->reach2) > GAUSS_END;
}

static void visit_pair(run *r, cell *a, cell *b);

static void visit_self(run *r, cell *c)
{
    if (c->children == 0)
        near_pair(r, c, c);
    for (size_t i = 0; i < c->children; i++) {
        visit_self(r, &r->cells[c->child + i]);
        for (size_t j = i + 1; j < c->children; j++)
            visit_pair(r, &r->cells[c->child + i], &r->cells[c->child + j]);
    }
}

static void visit_pair(run *r, cell *a, cell *b)
{
    const double apart = distance(a->center, b->center);
    if (negligible(r, a, b, apart))
        return;
    const double pairs = (double)a->box.count * (double)b->box.count;
    const size_t order = far_order(r, a, b, apart);
    const bool leaves = a->children == 0 && b->children == 0;
    if (order < r->order_count) {
        const double nodes = (double)(r->orders[order].p * r->orders[order].p);
        if (NODE_COST * nodes * nodes < pairs)
            far_pair(r, &r->orders[order], a, b);
        else
            near_pair(r, a, b);
        return;
    }
    if (leaves) {
        near_pair(r, a, b);
        return;
    }
    cell *const larger =
        b->children == 0 || (a->children > 0 && a->radius >= b->radius) ? a : b;
    cell *const other = larger == a ? b : a;
    for (size_t i = 0; i < larger->children; i++)
        visit_pair(r, &r->cells[larger->child + i], other);
}

static void visit_all(run *r)
{
    for (size_t i = 0; i < r->roots; i++) {
        visit_self(r, &r->cells[i]);
        for (size_t j = i + 1; j < r->roots; j++)
            visit_pair(r, &r->cells[i], &r->cells[j]);
    }
}

/* The whole */

static void body_set(run *r, usph_multipole_kernel kernel)
{
    const double s = kernel.parameter;
    r->value_factor = 1;
    switch (kernel.kind) {
    case USPH_MULTIPOLE_RIESZ:
        assert(s > -2 && s <= 2 && s != 0);
        r->body.form = s == 1    ? USPH_FORM_INVERSE
                       : s == 2  ? USPH_FORM_INVERSE_SQUARE
                       : s == -1 ? USPH_FORM_DISTANCE
                                 : USPH_FORM_POWER;
        r->body.a = -0.5 * s;
        r->value_factor = copysign(1, s);
        r->weight_factor = -fabs(s);
        break;
    case USPH_MULTIPOLE_LOG:
        r->body.form = USPH_FORM_LOG;
        r->value_factor = -0.5;
        r->weight_factor = -1;
        break;
    case USPH_MULTIPOLE_GAUSS:
        r->body.form = USPH_FORM_GAUSS;
        r->body.a = -s;
        r->weight_factor = -2 * s;
        break;
    }
}

static void arrays_take(run *r, usph_workspace *ws)
{
    for (size_t k = 0; k < 3; k++)
        r->points.x[k] = usph_workspace_take(ws, r->n + PAD);
    for (size_t k = 0; k < 2; k++)
        r->points.uv[k] = usph_workspace_take(ws, r->n + PAD);
    for (size_t k = 0; k < 3 && r->grad; k++)
        r->points.grad[k] = usph_workspace_take(ws, r->n + PAD);
    r->rank = (uint32_t *)(void *)usph_workspace_take(
        ws, in_doubles(r->n * sizeof(uint32_t)));
    r->cell_limit = cell_limit(&r->setting, r->n);
    r->cells = (cell *)(void *)usph_workspace_take(
        ws, in_doubles(r->cell_limit * sizeof(cell)));
}

static void expansions_take(run *r, usph_workspace *ws)
{
    const size_t all = r->cell_count * r->matrix;
    const size_t locals = !r->grad ? 0 : r->body.form == USPH_FORM_GAUSS ? 2 : 1;
    r->moments = usph_workspace_take(ws, all);
    for (size_t k = 0; k < locals; k++) {
        r->local[k] = usph_workspace_take(ws, all);
        memset(r->local[k], 0, all * sizeof(double));
    }
    for (size_t k = 0; k < 2; k++)
        r->nodes[k] = (usph_multipole_nodes *)(void *)usph_workspace_take(
            ws, in_doubles(sizeof(usph_multipole_nodes)));
    r->order_count = (r->setting.order - ORDER_LEAST) / 2 + 1;
    for (size_t k = 0; k < r->order_count; k++) {
        order_table *t = &r->orders[k];
        t->p = ORDER_LEAST + 2 * k;
        t->to = usph_workspace_take(ws, MATRIX);
        t->from = usph_workspace_take(ws, MATRIX);
        t->grid = usph_workspace_take(ws, 2 * (size_t)MATRIX);
        order_fill(t, r->setting.tolerance);
    }
}

/* Squared distance of some pair: of neighbours in the order of cells. */
static double reach_bound(const run *r)
{
    double bound = 4;
    for (size_t i = 0; i + 1 < r->n; i++) {
        double r2 = 0;
        for (size_t k = 0; k < 3; k++) {
            const double diff = r->points.x[k][i] - r->points.x[k][i + 1];
            r2 += diff * diff;
        }
        if (r2 > 0)
            bound = fmin(bound, r2);
    }
    return bound;
}

static void grad_scatter(const run *r, double *grad)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < 3; k++)
            grad[3 * (size_t)r->rank[i] + k] = r->weight_factor * r->points.grad[k][i];
}

void usph_multipole_sum(const usph_multipole_loops *loops, usph_multipole_kernel kernel,
                        const usph_multipole_setting *setting, size_t n,
                        const double *x, usph_workspace *ws, usph_multipole_result *out,
                        double *grad)
{
    assert(n >= 1 && n <= UINT32_MAX);
    const size_t mark = usph_workspace_mark(ws);
    run r = {
        .loops = loops,
        .setting = *setting,
        .matrix = matrix_size(setting),
        .grad = grad != NULL,
        .n = n,
        .least = 8,
    };
    body_set(&r, kernel);
    arrays_take(&r, ws);
    tree_build(&r, x, ws);
    points_gather(&r, x);
    tree_measure(&r);
    expansions_take(&r, ws);
    r.reach2 = r.body.form == USPH_FORM_GAUSS ? reach_bound(&r) : 0;
    upward(&r);
    visit_all(&r);
    if (grad != NULL) {
        downward(&r);
        grad_scatter(&r, grad);
    }
    *out = (usph_multipole_result){
        .sum = r.value_factor * usph_sum_value(&r.sum),
        .least = r.least,
        .coincident = r.coincident,
    };
    usph_workspace_release(ws, mark);
}
