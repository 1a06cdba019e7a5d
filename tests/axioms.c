/*
 * Prints docs/axioms.md: which axioms each metric obeys, found by trying. The answers
 * are of one set of points and one random rotation each; a "yes" is evidence, a "no" is
 * a counterexample.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/blas.h"
#include "core/sphere.h"
#include "metrics/metric.h"

enum {
    N = 120,
    D = 4,
    STEPS = 6, /* of a collapse */
    MAX_METRICS = 256,
};

static const double SAME = 1e-9; /* relative difference that is none */

/* A metric and the set that its axioms are tried on. */
typedef struct trial {
    const usph_metric_spec *m;
    usph_shape shape;
    const double *x;
    double value;
} trial;

/* NAN where the metric is not defined. */
static double value_of(const usph_metric_spec *m, usph_shape shape, const double *x)
{
    usph_workspace ws = { 0 };
    usph_measure measure = { .value = NAN };
    usph_status status = usph_metric_check(m, shape, NULL);
    if (status == USPH_OK)
        status = usph_workspace_reserve(&ws, usph_metric_scratch(m, shape, 1));
    if (status == USPH_OK)
        status = usph_metric_eval(m, shape, x, &ws, &measure, NULL);
    usph_workspace_free(&ws);
    return status == USPH_OK ? measure.value : (double)NAN;
}

static double *uniform(usph_shape shape, uint64_t seed)
{
    double *x = calloc(usph_shape_size(shape), sizeof *x);
    usph_rng rng;
    if (x == NULL)
        exit(EXIT_FAILURE);
    usph_rng_init(&rng, seed, 0, USPH_FOR_POINTS);
    usph_sphere_uniform(shape, &rng, x);
    return x;
}

/* "same", "better", "worse", or "-" where the changed set has no value. */
static const char *compare(const trial *t, double value)
{
    const double size = fmax(fabs(t->value), 1e-3);
    if (isnan(value) || isnan(t->value))
        return "-";
    if (value == t->value || fabs(value - t->value) <= SAME * size)
        return "same";
    const bool lower = usph_metric_of(t->m)->better == USPH_LOWER;
    return (value < t->value) == lower ? "better" : "worse";
}

/* Whether a change leaves the value alone. */
static const char *kept(const trial *t, usph_shape shape, const double *y)
{
    const char *word = compare(t, value_of(t->m, shape, y));
    return word[0] == '-' ? "-" : word[0] == 's' ? "yes" : "no";
}

static const char *rotation(const trial *t)
{
    const size_t d = t->shape.d;
    double *y = calloc(usph_shape_size(t->shape), sizeof *y);
    double *q = calloc(d * d, sizeof *q);
    usph_workspace ws = { 0 };
    usph_rng rng;
    usph_rng_init(&rng, 7, 0, USPH_FOR_METRIC);
    usph_status status = usph_workspace_reserve(&ws, usph_sphere_rotation_scratch(d));
    if (status == USPH_OK)
        status = usph_sphere_rotation(d, &rng, &ws, q);
    if (status == USPH_OK)
        status = usph_blas_multiply(t->shape.n, d, d, 1, t->x, q, y);
    usph_sphere_normalize(t->shape, y);
    const char *word = status == USPH_OK ? kept(t, t->shape, y) : "-";
    usph_workspace_free(&ws);
    free(q);
    free(y);
    return word;
}

static const char *permutation(const trial *t)
{
    const size_t d = t->shape.d;
    double *y = calloc(usph_shape_size(t->shape), sizeof *y);
    for (size_t i = 0; i < t->shape.n; i++)
        memcpy(y + (7 * i % t->shape.n) * d, t->x + i * d, d * sizeof *y);
    const char *word = kept(t, t->shape, y);
    free(y);
    return word;
}

static const char *negation(const trial *t)
{
    double *y = calloc(usph_shape_size(t->shape), sizeof *y);
    memcpy(y, t->x, usph_shape_size(t->shape) * sizeof *y);
    for (size_t i = 0; i < t->shape.n; i += 2)
        for (size_t k = 0; k < t->shape.d; k++)
            y[i * t->shape.d + k] *= -1;
    const char *word = kept(t, t->shape, y);
    free(y);
    return word;
}

/* Each point twice. */
static const char *replication(const trial *t)
{
    const usph_shape twice = { 2 * t->shape.n, t->shape.d };
    const size_t size = usph_shape_size(t->shape);
    double *y = calloc(2 * size, sizeof *y);
    memcpy(y, t->x, size * sizeof *y);
    memcpy(y + size, t->x, size * sizeof *y);
    const char *word = kept(t, twice, y);
    free(y);
    return word;
}

/* Each coordinate `times` times (copies), or followed by zeros; rows of norm 1. */
static const char *features(const trial *t, size_t times, bool copies)
{
    const size_t d = t->shape.d;
    const usph_shape wide = { t->shape.n, times * d };
    double *y = calloc(usph_shape_size(wide), sizeof *y);
    for (size_t i = 0; i < t->shape.n; i++)
        for (size_t k = 0; k < wide.d; k++)
            if (copies || k < d)
                y[i * wide.d + k] = t->x[i * d + k % d];
    usph_sphere_normalize(wide, y);
    const char *word = compare(t, value_of(t->m, wide, y));
    free(y);
    return word[0] == '-' ? "-" : word[0] == 'w' ? "yes" : "no";
}

typedef void collapse(size_t d, double s, const double *x, double *y);

/* Along the great circle to the first axis. */
static void to_point(size_t d, double s, const double *x, double *y)
{
    const double angle = acos(fmax(-1, fmin(1, x[0])));
    const double rest = sqrt(1 - x[0] * x[0]);
    const double turned = (1 - s) * angle;
    y[0] = cos(turned);
    for (size_t k = 1; k < d; k++)
        y[k] = x[k] / rest * sin(turned);
}

/* The latitude of points below the equator towards its mirror image. */
static void to_hemisphere(size_t d, double s, const double *x, double *y)
{
    const double latitude = asin(fmax(-1, fmin(1, x[0])));
    const double rest = sqrt(1 - x[0] * x[0]);
    const double moved = latitude < 0 ? (1 - 2 * s) * latitude : latitude;
    y[0] = sin(moved);
    for (size_t k = 1; k < d; k++)
        y[k] = x[k] / rest * cos(moved);
}

/* The last coordinate fades. */
static void to_subspace(size_t d, double s, const double *x, double *y)
{
    memcpy(y, x, d * sizeof *y);
    y[d - 1] *= 1 - s;
    usph_sphere_normalize((usph_shape){ 1, d }, y);
}

/* Whether each step of a collapse makes the value worse. */
static const char *worsens(const trial *t, collapse *move)
{
    const size_t d = t->shape.d;
    double *y = calloc(usph_shape_size(t->shape), sizeof *y);
    trial last = *t;
    const char *word = "yes";
    for (int s = 1; s <= STEPS && word[0] == 'y'; s++) {
        for (size_t i = 0; i < t->shape.n; i++)
            move(d, 0.9 * s / STEPS, t->x + i * d, y + i * d);
        const double value = value_of(t->m, t->shape, y);
        const char *change = compare(&last, value);
        word = change[0] == '-' ? "-" : change[0] == 'w' ? "yes" : "no";
        last.value = value;
    }
    free(y);
    return word;
}

static const char *const TITLE =
    "# Axioms\n"
    "\n"
    "Which properties each metric has, with its default parameters. Made by\n"
    "`tests/axioms.c`, which tries them on 120 uniform points of S^3; a test compares\n"
    "this page with what it prints. A *no* is a counterexample, a *yes* is what this\n"
    "set shows, `-` stands where the metric is not defined for the changed set.\n"
    "\n"
    "- **permutation, rotation, sign**: the value stays (to 1e-9) when points are\n"
    "  reordered, when all are rotated, when some are replaced by their\n"
    "  antipodes.\n"
    "- **replication**: the value stays when every point is there twice.\n"
    "- **copied features, zero features**: the value becomes worse when every\n"
    "  coordinate is repeated, or d zeros are appended: the same set, in twice the\n"
    "  dimension, of which it uses half.\n"
    "- **point, hemisphere, subspace**: every step of a collapse makes the value\n"
    "  worse: all points towards one along great circles, one half of the sphere into\n"
    "  the other, the last coordinate to 0.\n"
    "\n"
    "The list of properties follows Fang and others (`FangEtAl2024` in the\n"
    "bibliography), who ask for permutation and replication invariance and for\n"
    "sensitivity to copied and to constant features.\n"
    "\n"
    "| metric | permutation | rotation | sign | replication | copied features | zero "
    "features | point | hemisphere | subspace |\n"
    "|---|---|---|---|---|---|---|---|---|---|\n";

static void print_row(const usph_metric_spec *m, const double *x)
{
    trial t = { .m = m, .shape = { N, D }, .x = x };
    char spec[USPH_MAX_SPEC];
    t.value = value_of(m, t.shape, x);
    usph_metric_print(m, spec, sizeof spec);
    printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", spec,
           permutation(&t), rotation(&t), negation(&t), replication(&t),
           features(&t, 2, true), features(&t, 2, false), worsens(&t, to_point),
           worsens(&t, to_hemisphere), worsens(&t, to_subspace));
}

int main(void)
{
    static usph_metric_spec all[MAX_METRICS];
    const size_t count = usph_metric_all(all, MAX_METRICS);
    usph_blas_init();
    double *x = uniform((usph_shape){ N, D }, 11);
    fputs(TITLE, stdout);
    for (size_t k = 0; k < count; k++)
        print_row(&all[k], x);
    free(x);
    return EXIT_SUCCESS;
}
