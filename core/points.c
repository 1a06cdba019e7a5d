#include "core/points.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALIGNMENT = 64, /* one cache line, one AVX-512 register */
};

/* Rows this close to norm 1 are taken as they are; 1e-6 covers float32 files. */
static const double UNIT_TOLERANCE = 1e-6;

usph_status usph_shape_check(usph_shape shape, usph_error *err)
{
    if (shape.n < 1)
        return usph_fail(err, USPH_ERR_SHAPE, "n = %zu: at least 1 point is needed",
                         shape.n);
    if (shape.d < 2)
        return usph_fail(
            err, USPH_ERR_SHAPE,
            "d = %zu: the dimension must be at least 2 (circle in the plane)", shape.d);
    if (shape.n > PTRDIFF_MAX / sizeof(double) / shape.d - ALIGNMENT)
        return usph_fail(err, USPH_ERR_SHAPE,
                         "n * d = %zu * %zu does not fit in memory", shape.n, shape.d);
    return USPH_OK;
}

usph_status usph_points_alloc(usph_shape shape, usph_points *out, usph_error *err)
{
    USPH_TRY(usph_shape_check(shape, err));
    const size_t bytes = usph_shape_size(shape) * sizeof(double);
    const size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    double *x = aligned_alloc(ALIGNMENT, rounded);
    if (x == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory: %zu x %zu numbers",
                         shape.n, shape.d);
    *out = (usph_points){ .shape = shape, .x = x };
    return USPH_OK;
}

void usph_points_free(usph_points *points)
{
    free(points->x);
    *points = (usph_points){ 0 };
}

/* Norm that neither overflows nor underflows: scaled by the largest entry. */
static double safe_norm(const double *x, size_t d)
{
    double largest = 0;
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        largest = fmax(largest, fabs(x[k]));
    if (largest == 0)
        return 0;
    /* dividing by a power of two is exact, so unit rows stay recognizable */
    const double scale = exp2(floor(log2(largest)));
    for (size_t k = 0; k < d; k++)
        sum += (x[k] / scale) * (x[k] / scale);
    return scale * sqrt(sum);
}

static void normalize_row(double *x, size_t d, double norm)
{
    if (fabs(norm - 1) <= 4e-16) /* 1 to rounding: keep the bits */
        return;
    for (size_t k = 0; k < d; k++)
        x[k] /= norm;
    /* the quotient can be off by more than a rounding when the norm was tiny */
    const double again = safe_norm(x, d);
    for (size_t k = 0; k < d && again != 1; k++)
        x[k] /= again;
}

static int compare_rows(const void *a, const void *b, void *context)
{
    const size_t d = *(const size_t *)context;
    const double *x = *(const double *const *)a;
    const double *y = *(const double *const *)b;
    for (size_t k = 0; k < d; k++)
        if (x[k] != y[k])
            return x[k] < y[k] ? -1 : 1;
    return 0;
}

/* Rows equal to an earlier one, by sorting pointers to them. */
static usph_status count_duplicates(const usph_points *points, size_t *count,
                                    usph_error *err)
{
    const size_t n = points->shape.n;
    size_t d = points->shape.d;
    const double **rows = malloc(n * sizeof *rows);
    if (rows == NULL)
        return usph_fail(err, USPH_ERR_NOMEM, "out of memory: %zu rows", n);
    for (size_t i = 0; i < n; i++)
        rows[i] = points->x + i * d;
    qsort_r(rows, n, sizeof *rows, compare_rows, &d);
    *count = 0;
    for (size_t i = 1; i < n; i++)
        *count += compare_rows(&rows[i - 1], &rows[i], &d) == 0;
    free(rows);
    return USPH_OK;
}

usph_status usph_points_prepare(usph_points *points, bool drop_zero,
                                usph_points_report *report, usph_error *err)
{
    const size_t d = points->shape.d;
    usph_points_report found = { .rows = points->shape.n };
    size_t kept = 0;
    for (size_t i = 0; i < found.rows; i++) {
        const double *row = points->x + i * d;
        double *place = points->x + kept * d;
        const double norm = safe_norm(row, d);
        if (norm == 0 && !drop_zero)
            return usph_fail(err, USPH_ERR_DATA,
                             "row %zu is zero and has no direction (--drop-zero leaves "
                             "such rows out)",
                             i + 1);
        found.zero += norm == 0;
        if (norm == 0)
            continue;
        found.not_unit += fabs(norm - 1) > UNIT_TOLERANCE;
        memmove(place, row, d * sizeof *row);
        normalize_row(place, d, norm);
        kept++;
    }
    if (kept == 0)
        return usph_fail(err, USPH_ERR_DATA, "all %zu rows are zero", found.rows);
    points->shape.n = kept;
    USPH_TRY(count_duplicates(points, &found.duplicate, err));
    *report = found;
    return USPH_OK;
}
