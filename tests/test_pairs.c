#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sphere.h"
#include "metrics/kernel.h"
#include "metrics/pairs/pairs.h"
#include "metrics/pairs/tournament.h"
#include "tests/reference.h"
#include "tests/runner.h"
#include "tests/variants.h"

/*
 * The paths of the pair engine against the definition in long double: every kernel,
 * every instruction set of the machine, point sets that are easy and ones that are not.
 */

static usph_spec kernels[USPH_MAX_VARIANTS];
static int kernel_count;

typedef enum point_set {
    RANDOM,
    CLUSTERED, /* pairs at 1e-8 */
    ANTIPODAL, /* each point and its opposite, off by 1e-9 */
    SPREAD,    /* after descent: gradients nearly cancel */
    POINT_SETS,
} point_set;

static const char *const SET_NAMES[POINT_SETS] = { "random", "clustered", "antipodal",
                                                   "spread" };

/* Odd sizes, on both sides of tiles and vectors. */
static const usph_shape SHAPES[] = {
    { 1, 3 },   { 2, 2 },   { 9, 2 },    { 33, 3 },   { 130, 3 },
    { 491, 3 }, { 31, 4 },  { 29, 5 },   { 41, 7 },   { 37, 11 },
    { 35, 16 }, { 34, 17 }, { 131, 33 }, { 260, 65 }, { 23, 300 },
};

static usph_workspace workspace(usph_shape shape, unsigned threads)
{
    usph_workspace ws = { .effort.threads = threads };
    /* the tests take paths that the engine would not choose, too */
    const size_t scratch = usph_pairs_scratch(shape, threads) +
                           usph_pairs_scratch((usph_shape){ shape.n, 17 }, threads);
    ck_assert_int_eq(usph_workspace_reserve(&ws, scratch), USPH_OK);
    return ws;
}

/* A few steps down the energy r^-2, so that the set is spread out. */
static void spread(usph_shape shape, double *x)
{
    const size_t size = usph_shape_size(shape);
    usph_workspace ws = workspace(shape, 1);
    usph_spec kernel;
    usph_pairs_energy energy;
    double *grad = malloc(size * sizeof *grad);
    ck_assert_int_eq(usph_spec_parse(&usph_kernels, "riesz:s=2", &kernel, NULL),
                     USPH_OK);
    const usph_pairs_form form = { .kernel = &kernel };
    for (int step = 0; step < 30; step++) {
        ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &energy, grad),
                         USPH_OK);
        usph_sphere_tangent(shape, x, grad);
        const double norm = sqrt(usph_dot(size, grad, grad));
        for (size_t p = 0; p < size; p++)
            x[p] -= 0.05 * grad[p] / (norm + 1e-300);
        usph_sphere_normalize(shape, x);
    }
    free(grad);
    usph_workspace_free(&ws);
}

static double *points_of(point_set set, usph_shape shape)
{
    const size_t d = shape.d;
    double *x = usph_test_points(shape, usph_test_seed() + set);
    for (size_t i = 0; i + 1 < shape.n; i += 2) {
        double *next = x + (i + 1) * d;
        const double sign = set == CLUSTERED ? 1 : -1;
        for (size_t k = 0; k < d && (set == CLUSTERED || set == ANTIPODAL); k++)
            next[k] = sign * x[i * d + k] + (k == i % d ? 1e-8 : 0);
    }
    usph_sphere_normalize(shape, x);
    if (set == SPREAD)
        spread(shape, x);
    return x;
}

static double largest(size_t size, const double *a, const double *b)
{
    double most = 0;
    for (size_t p = 0; p < size; p++)
        most = fmax(most, fabs(a[p] - (b != NULL ? b[p] : 0)));
    return most;
}

/*
 * What rounding alone does to a sum of values that cancel: a polynomial kernel is off
 * by roundings of its largest value, at coincident points, whatever its value is.
 */
static double rounding(const usph_pairs_form *form, usph_shape shape, double *gradient)
{
    const usph_kernel *kernel = usph_kernel_of(form->kernel->entry);
    const double zero = 0;
    const double four = 4;
    double k = 0;
    double dk = 0;
    kernel->eval(&(usph_kernel_pairs){ form->kernel->values, shape.d, 1, &zero, &four },
                 &(usph_kernel_values){ .k = &k, .dk = &dk });
    const bool cancels = (kernel->flags & USPH_KERNEL_MONOTONE) == 0;
    const double n = (double)shape.n;
    *gradient = cancels && isfinite(dk) ? 1e-14 * n * fabs(dk) : 0;
    return cancels && isfinite(k) ? 2e-15 * n * n * fabs(k) : 0;
}

/* One path against the reference; returns whether it takes the case at all. */
static bool compare(usph_pairs_path path, usph_level level, const usph_pairs_form *form,
                    usph_shape shape, const double *x, const usph_pairs_energy *want,
                    const double *want_grad, const char *what)
{
    const size_t size = usph_shape_size(shape);
    const bool riesz = strcmp(form->kernel->entry->name, "riesz") == 0;
    const double s = riesz ? fabs(form->kernel->values[0]) : 0;
    double *grad = malloc(size * sizeof *grad);
    usph_workspace ws = workspace(shape, 1);
    usph_pairs_energy got;
    usph_pairs_energy alone;
    char spec[USPH_MAX_SPEC];
    usph_spec_print(form->kernel, spec, sizeof spec);
    const usph_status status =
        usph_pairs_energy_by(path, level, form, shape, x, &ws, &got, grad);
    if (status == USPH_ERR_UNSUPPORTED)
        goto end;
    ck_assert_int_eq(status, USPH_OK);
    ck_assert_int_eq(
        usph_pairs_energy_by(path, level, form, shape, x, &ws, &alone, NULL), USPH_OK);
    ck_assert_msg(alone.sum == got.sum, "%s: another value without gradient", spec);
    ck_assert_uint_eq(got.coincident, want->coincident);
    ck_assert_msg(fabs(got.least - want->least) <= 1e-12 * want->least,
                  "%s half=%d n=%zu d=%zu path %d: least %.17g, want %.17g", spec,
                  form->half, shape.n, shape.d, (int)path, got.least, want->least);
    double gradient_noise = 0;
    const double noise = rounding(form, shape, &gradient_noise);
    const double off = fabs(got.sum - want->sum);
    ck_assert_msg(
        off <= 1e-12 * fabs(want->sum) + noise,
        "%s half=%d %s n=%zu d=%zu path %d %s: %.17g, reference %.17g, off %g", spec,
        form->half, what, shape.n, shape.d, (int)path, usph_level_name(level), got.sum,
        want->sum, off / fabs(want->sum));
    const double error = largest(size, grad, want_grad);
    const double norm = largest(size, want_grad, NULL);
    ck_assert_msg(error <= 1e-12 * (1 + s / 2) * norm + gradient_noise,
                  "%s half=%d %s n=%zu d=%zu path %d %s: gradient off by %g", spec,
                  form->half, what, shape.n, shape.d, (int)path, usph_level_name(level),
                  error / norm);
    mark_point();
end:
    free(grad);
    usph_workspace_free(&ws);
    return status == USPH_OK;
}

static void compare_all(const usph_pairs_form *form, usph_shape shape, point_set set)
{
    double *x = points_of(set, shape);
    double *want_grad = calloc(usph_shape_size(shape), sizeof *want_grad);
    usph_workspace ws = workspace(shape, 1);
    usph_pairs_energy want;
    ck_assert_int_eq(usph_pairs_energy_by(USPH_PATH_REFERENCE, USPH_LEVEL_BASE, form,
                                          shape, x, &ws, &want, want_grad),
                     USPH_OK);
    compare(USPH_PATH_WALK, USPH_LEVEL_BASE, form, shape, x, &want, want_grad,
            SET_NAMES[set]);
    for (int level = 0; level <= (int)usph_cpu_best(); level++) {
        const usph_level l = (usph_level)level;
        compare(USPH_PATH_SMALL, l, form, shape, x, &want, want_grad, SET_NAMES[set]);
        ck_assert(compare(USPH_PATH_LARGE, l, form, shape, x, &want, want_grad,
                          SET_NAMES[set]));
    }
    usph_workspace_free(&ws);
    free(want_grad);
    free(x);
}

START_TEST(test_paths_are_the_reference)
{
    for (int half = 0; half < 2; half++) {
        const usph_pairs_form form = { .kernel = &kernels[_i], .half = half != 0 };
        for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++)
            for (int set = 0; set < POINT_SETS; set++)
                compare_all(&form, SHAPES[s], (point_set)set);
    }
}
END_TEST

/* Single-precision products: for exploration, and as far off as is said. */
START_TEST(test_single_precision)
{
    const usph_shape shape = { 300, 40 };
    const size_t size = usph_shape_size(shape);
    double *x = points_of(RANDOM, shape);
    double *grad = malloc(size * sizeof *grad);
    double *want_grad = malloc(size * sizeof *grad);
    usph_workspace ws = workspace(shape, 1);
    usph_pairs_energy got;
    usph_pairs_energy want;
    const usph_pairs_form form = { .kernel = &kernels[_i] };
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &want, want_grad),
                     USPH_OK);
    ck_assert(want.accuracy == 0);
    ws.effort.accuracy = USPH_ACCURACY_SINGLE;
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &got, grad), USPH_OK);
    if (got.accuracy > 0) { /* stiff kernels are not summed by products at all */
        usph_assert_close(got.sum / want.sum, 1, 1e-6, "single");
        ck_assert(got.sum != want.sum);
    }
    ck_assert(largest(size, grad, want_grad) <=
              got.accuracy * largest(size, want_grad, NULL));
    usph_workspace_free(&ws);
    free(grad);
    free(want_grad);
    free(x);
}
END_TEST

/* The reference is right: against the tests' own kernels, one by one. */
START_TEST(test_reference_is_the_definition)
{
    const usph_shape shape = { 17, 5 };
    double *x = points_of(RANDOM, shape);
    usph_workspace ws = workspace(shape, 1);
    const usph_pairs_form form = { .kernel = &kernels[_i] };
    usph_pairs_energy got;
    long double want = 0;
    for (size_t i = 0; i < shape.n; i++) {
        for (size_t j = 0; j < i; j++) {
            long double r2 = 0;
            for (size_t k = 0; k < shape.d; k++)
                r2 += powl((long double)x[i * shape.d + k] - x[j * shape.d + k], 2);
            want += usph_reference_kernel(form.kernel, shape.d, r2, 4 - r2);
        }
    }
    ck_assert_int_eq(usph_pairs_energy_by(USPH_PATH_REFERENCE, USPH_LEVEL_BASE, &form,
                                          shape, x, &ws, &got, NULL),
                     USPH_OK);
    usph_assert_close(got.sum, (double)want, 1e-14, "reference");
    usph_workspace_free(&ws);
    free(x);
}
END_TEST

/* Equal and opposite points: counted, +inf where singular, no gradient there. */
START_TEST(test_coincident_points)
{
    static const usph_shape SIZES[] = { { 40, 3 }, { 40, 64 } };
    for (size_t s = 0; s < 2; s++) {
        const usph_shape shape = SIZES[s];
        double *x = points_of(RANDOM, shape);
        double *grad = malloc(usph_shape_size(shape) * sizeof *grad);
        usph_workspace ws = workspace(shape, 1);
        memcpy(x + 30 * shape.d, x + 7 * shape.d, shape.d * sizeof *x);
        for (size_t k = 0; k < shape.d; k++)
            x[20 * shape.d + k] = -x[9 * shape.d + k];
        for (int half = 0; half < 2; half++) {
            const usph_pairs_form form = { .kernel = &kernels[_i], .half = half != 0 };
            usph_pairs_energy out;
            ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &out, NULL),
                             USPH_OK);
            ck_assert_uint_eq(out.coincident, half != 0 ? 2 : 1);
            ck_assert(out.least == 0);
            const bool singular = isinf(usph_kernel_at(form.kernel, shape.d, 0));
            ck_assert(isinf(out.sum) == singular);
            ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &out, grad),
                             usph_kernel_smooth_at_zero(form.kernel, shape.d)
                                 ? USPH_OK
                                 : USPH_ERR_DOMAIN);
        }
        usph_workspace_free(&ws);
        free(grad);
        free(x);
    }
}
END_TEST

/* Points nearer than the vector loops can take, but not equal. */
START_TEST(test_tiny_distances)
{
    const usph_shape shape = { 3, 2 };
    const double x[6] = { 1, 0, 1, 1e-25, 0, 1 };
    usph_workspace ws = workspace(shape, 1);
    usph_pairs_energy out;
    usph_pairs_energy want;
    const usph_pairs_form form = { .kernel = &kernels[_i] };
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &out, NULL), USPH_OK);
    ck_assert_int_eq(usph_pairs_energy_by(USPH_PATH_REFERENCE, USPH_LEVEL_BASE, &form,
                                          shape, x, &ws, &want, NULL),
                     USPH_OK);
    if (isfinite(want.sum))
        usph_assert_close(out.sum / want.sum, 1, 1e-12, "tiny");
    else
        ck_assert(out.sum == want.sum);
    usph_workspace_free(&ws);
}
END_TEST

/*
 * The Riemannian Hessian P H v - <x, g> v against fourth-order differences of the
 * tangent reference gradient along great circles: all that a function on the sphere
 * has, since kernels of the angle leave open how they go on around it.
 */
static void check_hessian(const usph_pairs_form *form, usph_shape shape,
                          const double *x, const double *v, usph_workspace *ws,
                          usph_workspace *more)
{
    enum {
        MAX_SIZE = 13 * 4
    };
    const size_t size = usph_shape_size(shape);
    const double h = 1e-4;
    double g[5][MAX_SIZE];
    double flat[MAX_SIZE];
    double hv[MAX_SIZE];
    double want[MAX_SIZE];
    ck_assert_int_eq(usph_pairs_hessian(form, shape, x, v, more, hv), USPH_OK);
    for (int step = 0; step < 5; step++) {
        double y[MAX_SIZE];
        usph_pairs_energy out;
        usph_sphere_retract(shape, x, (step - 2) * h, v, y, NULL);
        ck_assert_int_eq(usph_pairs_energy_by(USPH_PATH_REFERENCE, USPH_LEVEL_BASE,
                                              form, shape, y, ws, &out, g[step]),
                         USPH_OK);
        if (step == 2)
            memcpy(flat, g[2], sizeof flat);
        usph_sphere_tangent(shape, y, g[step]);
    }
    for (size_t p = 0; p < size; p++)
        want[p] = (g[0][p] - 8 * g[1][p] + 8 * g[3][p] - g[4][p]) / (12 * h);
    for (size_t i = 0; i < shape.n; i++) {
        const double *row = x + i * shape.d;
        const double along = usph_dot(shape.d, row, flat + i * shape.d);
        for (size_t k = 0; k < shape.d; k++)
            hv[i * shape.d + k] -= along * v[i * shape.d + k];
    }
    usph_sphere_tangent(shape, x, hv);
    usph_sphere_tangent(shape, x, want);
    ck_assert_msg(largest(size, hv, want) <=
                      1e-7 * fmax(largest(size, want, NULL), 1e-3),
                  "Hessian of %s off by %g", form->kernel->entry->name,
                  largest(size, hv, want) / largest(size, want, NULL));
}

START_TEST(test_hessian_is_the_difference)
{
    const usph_shape shape = { 13, 4 };
    double *x = points_of(RANDOM, shape);
    double *v = usph_test_points(shape, usph_test_seed() + 9);
    usph_workspace ws = workspace(shape, 1);
    usph_workspace more = { 0 };
    ck_assert_int_eq(usph_workspace_reserve(&more, usph_pairs_hessian_scratch(shape)),
                     USPH_OK);
    usph_sphere_tangent(shape, x, v);
    for (int half = 0; half < 2; half++) {
        const usph_pairs_form form = { .kernel = &kernels[_i], .half = half != 0 };
        check_hessian(&form, shape, x, v, &ws, &more);
    }
    usph_workspace_free(&ws);
    usph_workspace_free(&more);
    free(x);
    free(v);
}
END_TEST

/* Potential at one target, and its gradient, in long double. */
static void potential_at(const usph_spec *kernel, size_t n, size_t d, const double *x,
                         const double *y, double *u, double *grad)
{
    long double sum = 0;
    memset(grad, 0, d * sizeof *grad);
    for (size_t i = 0; i < n; i++) {
        long double r2 = 0;
        long double q2 = 0;
        double k = 0;
        double dk = 0;
        for (size_t c = 0; c < d; c++)
            r2 += powl((long double)y[c] - x[i * d + c], 2);
        for (size_t c = 0; c < d; c++)
            q2 += powl((long double)y[c] + x[i * d + c], 2);
        const double near = (double)r2;
        const double far = (double)q2;
        const usph_kernel *own = usph_kernel_of(kernel->entry);
        own->eval(&(usph_kernel_pairs){ kernel->values, d, 1, &near, &far },
                  &(usph_kernel_values){ .k = &k, .dk = &dk });
        sum += usph_reference_kernel(kernel, d, r2, q2);
        const bool sums = (own->flags & USPH_KERNEL_ANGLE) != 0 && near > far;
        const double sign = sums ? -1 : 1;
        for (size_t c = 0; c < d; c++)
            grad[c] += 2 * sign * dk * (y[c] - sign * x[i * d + c]);
    }
    *u = (double)sum;
}

START_TEST(test_potential_is_the_sum)
{
    static const size_t DIMS[] = { 2, 3, 16, 17, 70 };
    const size_t n = 203;
    const size_t m = 141;
    for (size_t s = 0; s < sizeof DIMS / sizeof *DIMS; s++) {
        const size_t d = DIMS[s];
        double *x = points_of(RANDOM, (usph_shape){ n, d });
        double *y = usph_test_points((usph_shape){ m, d }, usph_test_seed() + 5);
        double *u = malloc(m * sizeof *u);
        double *grad = malloc(m * d * sizeof *grad);
        double *want = malloc(d * sizeof *want);
        usph_workspace ws = { .effort.threads = 2 };
        memcpy(y + 3 * d, x + 5 * d, d * sizeof *y);
        y[3 * d] += 1e-8;
        usph_sphere_normalize((usph_shape){ m, d }, y);
        ck_assert_int_eq(
            usph_workspace_reserve(&ws, usph_pairs_potential_scratch(n, m, d, 2)),
            USPH_OK);
        ck_assert_int_eq(usph_pairs_potential(&kernels[_i], (usph_shape){ n, d }, x, m,
                                              y, &ws, u, grad),
                         USPH_OK);
        for (size_t j = 0; j < m; j++) {
            double value = 0;
            potential_at(&kernels[_i], n, d, x, y + j * d, &value, want);
            ck_assert_msg(fabs(u[j] - value) <= 1e-12 * fabs(value) + 1e-13,
                          "%s d=%zu target %zu: %.17g, want %.17g",
                          kernels[_i].entry->name, d, j, u[j], value);
            ck_assert_msg(largest(d, grad + j * d, want) <=
                              1e-11 * largest(d, want, NULL) + 1e-13,
                          "%s d=%zu gradient at target %zu", kernels[_i].entry->name, d,
                          j);
        }
        usph_workspace_free(&ws);
        free(x);
        free(y);
        free(u);
        free(grad);
        free(want);
    }
}
END_TEST

START_TEST(test_nearest_are_the_nearest)
{
    static const usph_shape SIZES[] = { { 2, 2 }, { 301, 3 }, { 150, 40 }, { 1, 5 } };
    const usph_shape shape = SIZES[_i];
    const size_t n = shape.n;
    const size_t d = shape.d;
    double *x = points_of(CLUSTERED, shape);
    usph_neighbour *got = malloc(n * sizeof *got);
    usph_pairs_extremes e;
    usph_workspace ws = workspace(shape, 2);
    if (n > 20) /* three equal points: ties go to the lower index */
        for (size_t i = 11; i < 14; i += 2)
            memcpy(x + i * d, x + 4 * d, d * sizeof *x);
    ck_assert_int_eq(usph_pairs_nearest(shape, x, &ws, got, &e), USPH_OK);
    ck_assert_uint_eq(e.coincident, n > 20 ? 3 : 0);
    double least = INFINITY;
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double best = INFINITY;
        for (size_t j = 0; j < n; j++) {
            double r2 = 0;
            for (size_t k = 0; k < d; k++)
                r2 += pow(x[i * d + k] - x[j * d + k], 2);
            if (j == i)
                continue;
            best = fmin(best, r2);
            most = fmax(most, r2);
        }
        least = fmin(least, best);
        if (n > 1)
            ck_assert_msg(fabs(got[i].r2 - best) <= 1e-13 * best + 1e-300 ||
                              (best > 0.02 && fabs(got[i].r2 - best) < 1e-14),
                          "point %zu: %.17g, want %.17g", i, got[i].r2, best);
    }
    if (n > 1) {
        ck_assert(fabs(e.most - most) < 1e-14);
        ck_assert(fabs(e.least - least) <= 1e-13 * least);
        ck_assert(e.i < e.j && e.fi < e.fj);
    } else {
        ck_assert(isinf(e.least) && isinf(got[0].r2));
    }
    if (n > 20) {
        ck_assert_uint_eq(got[4].index, 11);
        ck_assert_uint_eq(got[13].index, 4);
    }
    usph_workspace_free(&ws);
    free(got);
    free(x);
}
END_TEST

typedef struct meetings {
    size_t tiles;
    int met[(size_t)40 * 40];
} meetings;

static void note_meeting(void *ctx, size_t a, size_t b, unsigned thread)
{
    meetings *m = ctx;
    (void)thread;
    ck_assert(a <= b && b < m->tiles);
    m->met[a * m->tiles + b]++;
}

START_TEST(test_every_pair_of_tiles_meets_once)
{
    meetings m = { .tiles = (size_t)_i };
    usph_workspace ws = { .effort.threads = 1 };
    ck_assert_int_eq(usph_workspace_reserve(&ws, usph_tournament_scratch(m.tiles)),
                     USPH_OK);
    usph_tournament(m.tiles, &ws, note_meeting, &m);
    usph_workspace_free(&ws);
    for (size_t a = 0; a < m.tiles; a++)
        for (size_t b = 0; b < m.tiles; b++)
            ck_assert_int_eq(m.met[a * m.tiles + b], a <= b ? 1 : 0);
}
END_TEST

/* O(n d): never an n x n matrix. */
START_TEST(test_scratch_is_small)
{
    const usph_shape shape = { 20000, 64 };
    const size_t most =
        2 * usph_shape_size(shape) + (size_t)3 * 1024 * 1024 / sizeof(double);
    ck_assert_uint_le(usph_pairs_scratch(shape, 1), most);
    /* and grows with n, not n^2 */
    ck_assert_uint_le(usph_pairs_scratch((usph_shape){ 10000000, 3 }, 1),
                      (size_t)40 * 10000000);
}
END_TEST

/* A sum with origin is the sum of the kernel at shifted distances. */
START_TEST(test_origin_shifts_the_exponent)
{
    const usph_shape shape = { 50, 3 };
    double *x = points_of(RANDOM, shape);
    usph_workspace ws = workspace(shape, 1);
    usph_spec gauss;
    usph_pairs_energy plain;
    usph_pairs_energy shifted;
    ck_assert_int_eq(usph_spec_parse(&usph_kernels, "gauss:t=3", &gauss, NULL),
                     USPH_OK);
    usph_pairs_form form = { .kernel = &gauss };
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &plain, NULL),
                     USPH_OK);
    form.origin = 0.5;
    ck_assert_int_eq(usph_pairs_energy_sum(&form, shape, x, &ws, &shifted, NULL),
                     USPH_OK);
    usph_assert_close(shifted.sum / plain.sum, exp(1.5), 1e-14, "shift");
    usph_workspace_free(&ws);
    free(x);
}
END_TEST

START_TEST(test_limit_of_the_instruction_set)
{
    usph_error err = { "" };
    ck_assert_int_eq(usph_cpu_limit("sse9", &err), USPH_ERR_NAME);
    ck_assert_str_eq(err.text, "no instruction set 'sse9': base, avx2 or avx512");
    ck_assert_int_eq(usph_cpu_limit("base", &err), USPH_OK);
    ck_assert_int_eq(usph_cpu_level(), USPH_LEVEL_BASE);
    ck_assert_int_eq(usph_cpu_limit(NULL, &err), USPH_OK);
    ck_assert_int_eq(usph_cpu_level(), usph_cpu_best());
}
END_TEST

Suite *usph_test_suite(void)
{
    Suite *suite = suite_create("pairs");
    TCase *tc = tcase_create("pairs");
    kernel_count =
        (int)usph_registry_variants(&usph_kernels, kernels, USPH_MAX_VARIANTS);
    tcase_add_loop_test(tc, test_reference_is_the_definition, 0, kernel_count);
    tcase_add_loop_test(tc, test_paths_are_the_reference, 0, kernel_count);
    tcase_add_loop_test(tc, test_single_precision, 0, kernel_count);
    tcase_add_loop_test(tc, test_coincident_points, 0, kernel_count);
    tcase_add_loop_test(tc, test_tiny_distances, 0, kernel_count);
    tcase_add_loop_test(tc, test_hessian_is_the_difference, 0, kernel_count);
    tcase_add_loop_test(tc, test_potential_is_the_sum, 0, kernel_count);
    tcase_add_loop_test(tc, test_nearest_are_the_nearest, 0, 4);
    tcase_add_loop_test(tc, test_every_pair_of_tiles_meets_once, 1, 20);
    tcase_add_test(tc, test_scratch_is_small);
    tcase_add_test(tc, test_origin_shifts_the_exponent);
    tcase_add_test(tc, test_limit_of_the_instruction_set);
    suite_add_tcase(suite, tc);
    return suite;
}
