#include "metrics/pairs/multipole_level.h"

#include <math.h>

#include "core/simd_math.h"

#define UNROLL _Pragma("GCC unroll 8")

enum {
    ROWS = 4, /* vectors of pairs at once */
    ROW = USPH_MULTIPOLE_ROW,
    ORDERS = USPH_MULTIPOLE_MAX_ORDER,
};

/* K, and w unless it is NULL, of some vectors of pairs; of the logarithm r2 itself. */
USPH_INLINE void pair_values(usph_multipole_body body, const usph_v *r2, usph_v *k,
                             usph_v *w)
{
    if (body.form == USPH_FORM_INVERSE)
        usph_v_rsqrt_rows(ROWS, r2, k);
    if (body.form == USPH_FORM_DISTANCE)
        usph_v_rsqrt_rows(ROWS, r2, w);
    UNROLL
    for (size_t i = 0; i < ROWS; i++) {
        switch (body.form) {
        case USPH_FORM_INVERSE: w[i] = k[i] * k[i] * k[i]; break;
        case USPH_FORM_INVERSE_SQUARE:
            k[i] = usph_v_rcp_mid(r2[i]);
            w[i] = k[i] * k[i];
            break;
        case USPH_FORM_DISTANCE: k[i] = r2[i] * w[i]; break;
        case USPH_FORM_POWER:
            k[i] = usph_v_exp_mid(usph_v_log(r2[i]) * usph_v_set(body.a));
            w[i] = k[i] * usph_v_rcp_mid(r2[i]);
            break;
        case USPH_FORM_LOG:
            k[i] = r2[i];
            w[i] = usph_v_rcp_mid(r2[i]);
            break;
        case USPH_FORM_GAUSS:
            k[i] = usph_v_exp(r2[i] * usph_v_set(body.a));
            w[i] = k[i];
            break;
        }
    }
}

/* A block of rows on its way along the columns. */
typedef struct near_block {
    usph_v x[ROWS][3];
    usph_v pull[ROWS][3];
    usph_v sum; /* of K, or the mantissa of the product of r2 */
    usph_vi exponents;
    usph_v least;
    size_t i, i_end, j_end;
    bool triangle;
} near_block;

/* Sums of logarithms go by products: their exponents are moved out at every step. */
USPH_INLINE void near_add(bool product, near_block *b, const usph_v *k)
{
    UNROLL
    for (size_t row = 0; row < ROWS; row++)
        b->sum = product ? b->sum * k[row] : b->sum + k[row];
    if (!product)
        return;
    const usph_vi bits = (usph_vi)b->sum;
    b->exponents += (bits >> 52) - usph_vi_set(1023);
    b->sum =
        (usph_v)((bits & usph_vi_set(0x000fffffffffffff)) | (usph_vi)usph_v_set(1));
}

USPH_INLINE double near_total(bool product, const near_block *b)
{
    static const double LOG_2 = 0.69314718055994530942;
    if (!product)
        return usph_v_sum(b->sum);
    double exponents = 0;
    for (size_t lane = 0; lane < USPH_LANES; lane++)
        exponents += (double)b->exponents[lane];
    return exponents * LOG_2 + usph_v_sum(usph_v_log(b->sum));
}

USPH_INLINE usph_vi near_mask(const near_block *b, size_t row, size_t j)
{
    const usph_vi at = usph_vi_iota() + usph_vi_set((int64_t)j);
    const int64_t after = b->triangle ? (int64_t)(b->i + row) : -1;
    const usph_vi valid = usph_vi_set(b->i + row < b->i_end ? -1 : 0);
    return (at > usph_vi_set(after)) & (at < usph_vi_set((int64_t)b->j_end)) & valid;
}

USPH_INLINE void near_pull(const usph_multipole_points *p, near_block *b, size_t j,
                           usph_v diff[ROWS][3], const usph_v *w)
{
    UNROLL
    for (size_t k = 0; k < 3; k++) {
        usph_v pull = usph_v_load(p->grad[k] + j);
        UNROLL
        for (size_t row = 0; row < ROWS; row++) {
            b->pull[row][k] = usph_v_fma(w[row], diff[row][k], b->pull[row][k]);
            pull = usph_v_fnma(w[row], diff[row][k], pull);
        }
        usph_v_store(p->grad[k] + j, pull);
    }
}

USPH_INLINE void near_step(usph_multipole_body body, const usph_multipole_points *p,
                           bool grad, bool masked, near_block *b, size_t j)
{
    const bool product = body.form == USPH_FORM_LOG;
    usph_v diff[ROWS][3];
    usph_v r2[ROWS];
    usph_v k[ROWS];
    usph_v w[ROWS];
    UNROLL
    for (size_t row = 0; row < ROWS; row++) {
        r2[row] = usph_v_set(0);
        UNROLL
        for (size_t c = 0; c < 3; c++) {
            diff[row][c] = b->x[row][c] - usph_v_load(p->x[c] + j);
            r2[row] = usph_v_fma(diff[row][c], diff[row][c], r2[row]);
        }
        if (masked)
            r2[row] = usph_v_select(near_mask(b, row, j), r2[row], usph_v_set(8));
        b->least = usph_v_min(b->least, r2[row]);
        r2[row] = usph_v_max(r2[row], usph_v_set(USPH_MULTIPOLE_TINY));
    }
    pair_values(body, r2, k, w);
    if (masked) {
        UNROLL
        for (size_t row = 0; row < ROWS; row++) {
            const usph_vi mask = near_mask(b, row, j);
            k[row] = usph_v_select(mask, k[row], usph_v_set(product ? 1 : 0));
            w[row] = usph_v_keep(mask, w[row]);
        }
    }
    near_add(product, b, k);
    if (grad)
        near_pull(p, b, j, diff, w);
}

USPH_INLINE void near_start(const usph_multipole_points *p, bool product, near_block *b)
{
    b->sum = usph_v_set(product ? 1 : 0);
    b->exponents = usph_vi_set(0);
    UNROLL
    for (size_t row = 0; row < ROWS; row++) {
        UNROLL
        for (size_t c = 0; c < 3; c++) {
            b->x[row][c] = usph_v_set(p->x[c][b->i + row]);
            b->pull[row][c] = usph_v_set(0);
        }
    }
}

USPH_INLINE void near_any(usph_multipole_body body, const usph_multipole_points *p,
                          const usph_multipole_box *s, const usph_multipole_box *t,
                          bool grad, usph_multipole_part *out)
{
    const bool product = body.form == USPH_FORM_LOG;
    near_block b = {
        .least = usph_v_set(8),
        .i_end = s->first + s->count,
        .j_end = t->first + t->count,
        .triangle = s->first == t->first,
    };
    out->sum = 0;
    for (b.i = s->first; b.i < b.i_end; b.i += ROWS) {
        size_t j = b.triangle ? b.i : t->first;
        const size_t mixed = b.triangle ? b.i + ROWS : t->first; /* j <= i among them */
        near_start(p, product, &b);
        for (; j < mixed && j < b.j_end; j += USPH_LANES)
            near_step(body, p, grad, true, &b, j);
        if (b.i + ROWS <= b.i_end)
            for (; j + USPH_LANES <= b.j_end; j += USPH_LANES)
                near_step(body, p, grad, false, &b, j);
        for (; j < b.j_end; j += USPH_LANES)
            near_step(body, p, grad, true, &b, j);
        out->sum += near_total(product, &b);
        for (size_t row = 0; grad && row < ROWS && b.i + row < b.i_end; row++)
            for (size_t c = 0; c < 3; c++)
                p->grad[c][b.i + row] += usph_v_sum(b.pull[row][c]);
    }
    out->least = usph_v_least(b.least);
}

USPH_INLINE void near_form(usph_multipole_form form, usph_multipole_body body,
                           const usph_multipole_points *p, const usph_multipole_box *s,
                           const usph_multipole_box *t, bool grad,
                           usph_multipole_part *out)
{
    const usph_multipole_body fixed = { .form = form, .a = body.a };
    if (grad)
        near_any(fixed, p, s, t, true, out);
    else
        near_any(fixed, p, s, t, false, out);
}

static void level_near(usph_multipole_body body, const usph_multipole_points *p,
                       const usph_multipole_box *s, const usph_multipole_box *t,
                       bool grad, usph_multipole_part *out)
{
    switch (body.form) {
    case USPH_FORM_INVERSE:
        near_form(USPH_FORM_INVERSE, body, p, s, t, grad, out);
        break;
    case USPH_FORM_INVERSE_SQUARE:
        near_form(USPH_FORM_INVERSE_SQUARE, body, p, s, t, grad, out);
        break;
    case USPH_FORM_DISTANCE:
        near_form(USPH_FORM_DISTANCE, body, p, s, t, grad, out);
        break;
    case USPH_FORM_POWER: near_form(USPH_FORM_POWER, body, p, s, t, grad, out); break;
    case USPH_FORM_LOG: near_form(USPH_FORM_LOG, body, p, s, t, grad, out); break;
    case USPH_FORM_GAUSS: near_form(USPH_FORM_GAUSS, body, p, s, t, grad, out); break;
    }
}

/* Some nodes of a grid on their way along the other grid. */
typedef struct far_block {
    usph_v x[ROWS][3];
    usph_v q[ROWS];
    usph_v phi[ROWS];
    usph_v psi[ROWS];
} far_block;

USPH_INLINE void far_step(usph_multipole_body body, bool grad, far_block *a,
                          usph_multipole_nodes *b, size_t j)
{
    const bool two = grad && body.form == USPH_FORM_GAUSS;
    const usph_v q = usph_v_load(b->q + j);
    usph_v r2[ROWS];
    usph_v k[ROWS];
    usph_v w[ROWS];
    UNROLL
    for (size_t row = 0; row < ROWS; row++) {
        r2[row] = usph_v_set(0);
        UNROLL
        for (size_t c = 0; c < 3; c++) {
            const usph_v diff = a->x[row][c] - usph_v_load(b->x[c] + j);
            r2[row] = usph_v_fma(diff, diff, r2[row]);
        }
    }
    pair_values(body, r2, k, w);
    usph_v phi = usph_v_load(b->phi + j);
    usph_v psi = usph_v_load(b->psi + j);
    UNROLL
    for (size_t row = 0; row < ROWS; row++) {
        if (body.form == USPH_FORM_LOG)
            k[row] = usph_v_log(r2[row]);
        a->phi[row] = usph_v_fma(k[row], q, a->phi[row]);
        phi = usph_v_fma(k[row], a->q[row], phi);
        if (two) {
            const usph_v k2 = r2[row] * k[row];
            a->psi[row] = usph_v_fma(k2, q, a->psi[row]);
            psi = usph_v_fma(k2, a->q[row], psi);
        }
    }
    if (grad)
        usph_v_store(b->phi + j, phi);
    if (two)
        usph_v_store(b->psi + j, psi);
}

USPH_INLINE double far_any(usph_multipole_body body, usph_multipole_nodes *a,
                           usph_multipole_nodes *b, bool grad)
{
    double sum = 0;
    for (size_t j = 0; j < b->count; j += USPH_LANES) {
        usph_v_store(b->phi + j, usph_v_set(0));
        usph_v_store(b->psi + j, usph_v_set(0));
    }
    for (size_t i = 0; i < a->count; i += ROWS) {
        far_block block;
        UNROLL
        for (size_t row = 0; row < ROWS; row++) {
            UNROLL
            for (size_t c = 0; c < 3; c++)
                block.x[row][c] = usph_v_set(a->x[c][i + row]);
            block.q[row] = usph_v_set(a->q[i + row]);
            block.phi[row] = usph_v_set(0);
            block.psi[row] = usph_v_set(0);
        }
        for (size_t j = 0; j < b->count; j += USPH_LANES)
            far_step(body, grad, &block, b, j);
        for (size_t row = 0; row < ROWS; row++) {
            a->phi[i + row] = usph_v_sum(block.phi[row]);
            a->psi[i + row] = usph_v_sum(block.psi[row]);
            sum += a->q[i + row] * a->phi[i + row];
        }
    }
    return sum;
}

USPH_INLINE double far_form(usph_multipole_form form, usph_multipole_body body,
                            usph_multipole_nodes *a, usph_multipole_nodes *b, bool grad)
{
    const usph_multipole_body fixed = { .form = form, .a = body.a };
    return grad ? far_any(fixed, a, b, true) : far_any(fixed, a, b, false);
}

static double level_far(usph_multipole_body body, usph_multipole_nodes *a,
                        usph_multipole_nodes *b, bool grad)
{
    switch (body.form) {
    case USPH_FORM_INVERSE: return far_form(USPH_FORM_INVERSE, body, a, b, grad);
    case USPH_FORM_INVERSE_SQUARE:
        return far_form(USPH_FORM_INVERSE_SQUARE, body, a, b, grad);
    case USPH_FORM_DISTANCE: return far_form(USPH_FORM_DISTANCE, body, a, b, grad);
    case USPH_FORM_POWER: return far_form(USPH_FORM_POWER, body, a, b, grad);
    case USPH_FORM_LOG: return far_form(USPH_FORM_LOG, body, a, b, grad);
    case USPH_FORM_GAUSS: return far_form(USPH_FORM_GAUSS, body, a, b, grad);
    }
    return 0;
}

static void level_place(const usph_multipole_box *box, const double *grid,
                        usph_multipole_nodes *out)
{
    double *const main = out->x[box->axis];
    double *const first = out->x[(box->axis + 1) % 3];
    double *const second = out->x[(box->axis + 2) % 3];
    for (size_t j = 0; j < out->count; j += USPH_LANES) {
        const usph_v u = usph_v_fma(usph_v_load(grid + j), usph_v_set(box->half[0]),
                                    usph_v_set(box->mid[0]));
        const usph_v v = usph_v_fma(usph_v_load(grid + USPH_MULTIPOLE_MATRIX + j),
                                    usph_v_set(box->half[1]), usph_v_set(box->mid[1]));
        const usph_v norm2 = usph_v_fma(u, u, usph_v_fma(v, v, usph_v_set(1)));
        const usph_v r = usph_v_rsqrt_mid(norm2) * usph_v_set(box->sign);
        usph_v_store(main + j, r);
        usph_v_store(first + j, u * r);
        usph_v_store(second + j, v * r);
    }
}

/* z = x y in rows of ROW doubles, or z += x y; rows and columns up to multiples of 4.
 */
USPH_INLINE void multiply(size_t p, const double *x, const double *y, bool add,
                          double *z)
{
    for (size_t j = 0; j < p; j += USPH_LANES) {
        for (size_t i = 0; i < p; i += ROWS) {
            usph_v sum[ROWS];
            UNROLL
            for (size_t row = 0; row < ROWS; row++)
                sum[row] = add ? usph_v_load(z + (i + row) * ROW + j) : usph_v_set(0);
            for (size_t k = 0; k < p; k++) {
                const usph_v yk = usph_v_load(y + k * ROW + j);
                UNROLL
                for (size_t row = 0; row < ROWS; row++)
                    sum[row] =
                        usph_v_fma(usph_v_set(x[(i + row) * ROW + k]), yk, sum[row]);
            }
            UNROLL
            for (size_t row = 0; row < ROWS; row++)
                usph_v_store(z + (i + row) * ROW + j, sum[row]);
        }
    }
}

static void level_sandwich(size_t p, const double *l, const double *x, const double *r,
                           double *y)
{
    double xr[USPH_MULTIPOLE_MATRIX];
    multiply(p, x, r, false, xr);
    multiply(p, l, xr, true, y);
}

/* Coordinate c of some points from j on, scaled to [-1, 1]; 0 beyond the end. */
USPH_INLINE usph_v scaled(const usph_multipole_points *points,
                          const usph_multipole_box *box, size_t c, size_t j,
                          usph_vi mask)
{
    const usph_v at = usph_v_load(points->uv[c] + j) - usph_v_set(box->mid[c]);
    return usph_v_keep(mask, at * usph_v_set(1 / box->half[c]));
}

USPH_INLINE usph_vi inside(const usph_multipole_box *box, size_t j)
{
    const int64_t end = (int64_t)(box->first + box->count);
    return usph_vi_iota() + usph_vi_set((int64_t)j) < usph_vi_set(end);
}

/* T_k(x) for k < p, and their derivatives k U_(k-1)(x) unless dt is NULL. */
USPH_INLINE void chebyshev(size_t p, usph_v x, usph_v *t, usph_v *dt)
{
    usph_v u = usph_v_set(1);
    usph_v before = usph_v_set(0);
    t[0] = usph_v_set(1);
    t[1] = x;
    for (size_t k = 2; k < p; k++)
        t[k] = 2 * x * t[k - 1] - t[k - 2];
    if (dt == NULL)
        return;
    dt[0] = usph_v_set(0);
    for (size_t k = 1; k < p; k++) {
        const usph_v next = 2 * x * u - before;
        dt[k] = u * usph_v_set((double)k);
        before = u;
        u = next;
    }
}

static void level_moments(const usph_multipole_points *points,
                          const usph_multipole_box *box, size_t p, double *m)
{
    usph_v sum[USPH_MULTIPOLE_MATRIX];
    usph_v tu[ORDERS];
    usph_v tv[ORDERS];
    for (size_t k = 0; k < p * p; k++)
        sum[k] = usph_v_set(0);
    for (size_t j = box->first; j < box->first + box->count; j += USPH_LANES) {
        const usph_vi mask = inside(box, j);
        chebyshev(p, scaled(points, box, 0, j, mask), tu, NULL);
        chebyshev(p, scaled(points, box, 1, j, mask), tv, NULL);
        for (size_t k = 0; k < p; k++) {
            const usph_v t = usph_v_keep(mask, tu[k]);
            for (size_t l = 0; l < p; l++)
                sum[k * p + l] = usph_v_fma(t, tv[l], sum[k * p + l]);
        }
    }
    for (size_t k = 0; k < p; k++)
        for (size_t l = 0; l < p; l++)
            m[k * ROW + l] = usph_v_sum(sum[k * p + l]);
}

/* A function by its coefficients, and its derivatives in the scaled coordinates. */
typedef struct series {
    usph_v f, fu, fv;
} series;

/* The arrays of `chebyshev` for both coordinates. */
typedef struct basis {
    usph_v u[ORDERS], du[ORDERS], v[ORDERS], dv[ORDERS];
} basis;

USPH_INLINE series series_at(size_t p, const double *c, const basis *b)
{
    series s = { usph_v_set(0), usph_v_set(0), usph_v_set(0) };
    for (size_t k = 0; k < p; k++) {
        usph_v f = usph_v_set(0);
        usph_v fv = usph_v_set(0);
        for (size_t l = 0; l < p; l++) {
            const usph_v ckl = usph_v_set(c[k * ROW + l]);
            f = usph_v_fma(ckl, b->v[l], f);
            fv = usph_v_fma(ckl, b->dv[l], fv);
        }
        s.f = usph_v_fma(b->u[k], f, s.f);
        s.fu = usph_v_fma(b->du[k], f, s.fu);
        s.fv = usph_v_fma(b->u[k], fv, s.fv);
    }
    return s;
}

/*
 * On the cone over a face, f as a function of x[k + 1]/x[k] and x[k + 2]/x[k] is
 * constant along rays, so its gradient in space is tangential on the sphere.
 */
static void level_evaluate(const usph_multipole_points *points,
                           const usph_multipole_box *box, size_t p, const double *c,
                           const double *c2, const double *factors)
{
    const size_t axis[3] = { box->axis, (box->axis + 1) % 3, (box->axis + 2) % 3 };
    const usph_v scale = usph_v_set(factors[USPH_FACTOR_SCALE]);
    for (size_t j = box->first; j < box->first + box->count; j += USPH_LANES) {
        const usph_vi mask = inside(box, j);
        const usph_v u = usph_v_load(points->uv[0] + j);
        const usph_v v = usph_v_load(points->uv[1] + j);
        const usph_v main = usph_v_load(points->x[axis[0]] + j);
        basis b;
        chebyshev(p, scaled(points, box, 0, j, mask), b.u, b.du);
        chebyshev(p, scaled(points, box, 1, j, mask), b.v, b.dv);
        const series s = series_at(p, c, &b);
        const usph_v slope = usph_v_select(mask, scale / main, usph_v_set(0));
        const usph_v fu = s.fu * usph_v_set(1 / box->half[0]) * slope;
        const usph_v fv = s.fv * usph_v_set(1 / box->half[1]) * slope;
        const usph_v w = c2 == NULL ? s.f : series_at(p, c2, &b).f;
        const usph_v radial =
            usph_v_keep(mask, usph_v_fma(usph_v_set(factors[USPH_FACTOR_MULTIPLE]), w,
                                         usph_v_set(factors[USPH_FACTOR_CONSTANT])));
        const usph_v tangent[3] = { -(u * fu + v * fv), fu, fv };
        for (size_t k = 0; k < 3; k++) {
            const usph_v x = usph_v_load(points->x[axis[k]] + j);
            double *grad = points->grad[axis[k]] + j;
            const usph_v add = usph_v_fma(radial * usph_v_set(0.5), x, tangent[k]);
            usph_v_store(grad, usph_v_load(grad) + usph_v_keep(mask, add));
        }
    }
}

const usph_multipole_loops USPH_LEVEL_NAME(usph_multipole_loops) = {
    .near = level_near,
    .far = level_far,
    .place = level_place,
    .sandwich = level_sandwich,
    .moments = level_moments,
    .evaluate = level_evaluate,
};
