#include "points/rotations.h"

#include <math.h>
#include <string.h>

static const double SAME = 1e-6; /* distinct images differ by far more */
static const double GOLDEN = 1.6180339887498948482; /* (1 + sqrt 5)/2 */
static const double TURN = 6.2831853071795864769;   /* 2 pi */

static void apply(const double *a, const double *x, double *y)
{
    for (size_t i = 0; i < 3; i++)
        y[i] = a[3 * i] * x[0] + a[3 * i + 1] * x[1] + a[3 * i + 2] * x[2];
}

static void multiply(const double *a, const double *b, double *c)
{
    for (size_t i = 0; i < 9; i++)
        c[i] = a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] * b[3 + i % 3] +
               a[i / 3 * 3 + 2] * b[6 + i % 3];
}

static double difference(size_t m, const double *a, const double *b)
{
    double largest = 0;
    for (size_t k = 0; k < m; k++)
        largest = fmax(largest, fabs(a[k] - b[k]));
    return largest;
}

static void normalize(double *v)
{
    const double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    for (size_t k = 0; k < 3; k++)
        v[k] /= length;
}

/* Rodrigues' formula: the turn by 2 pi/k about an axis. */
static void turn_about(const double *axis, size_t k, double *a)
{
    double u[3] = { axis[0], axis[1], axis[2] };
    normalize(u);
    const double c = cos(TURN / (double)k);
    const double s = sin(TURN / (double)k);
    const double cross[9] = { 0, -u[2], u[1], u[2], 0, -u[0], -u[1], u[0], 0 };
    for (size_t i = 0; i < 9; i++)
        a[i] = (i % 4 == 0 ? c : 0) + s * cross[i] + (1 - c) * u[i / 3] * u[i % 3];
}

/* Products of what is there with both generators until nothing new comes. */
static void close_group(usph_rotations *group, double generators[2][9])
{
    static const double IDENTITY[9] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    memcpy(group->turn[0], IDENTITY, sizeof IDENTITY);
    group->order = 1;
    for (size_t at = 0; at < group->order; at++) {
        for (size_t g = 0; g < 2; g++) {
            double product[9];
            size_t seen = 0;
            multiply(generators[g], group->turn[at], product);
            while (seen < group->order &&
                   difference(9, product, group->turn[seen]) > SAME)
                seen++;
            if (seen == group->order && seen < USPH_MAX_ROTATIONS)
                memcpy(group->turn[group->order++], product, sizeof product);
        }
    }
}

static void add_pole(usph_rotations *group, double x, double y, double z)
{
    double images[3 * USPH_MAX_ROTATIONS];
    double *pole = group->pole[group->poles];
    pole[0] = x;
    pole[1] = y;
    pole[2] = z;
    normalize(pole);
    group->orbit[group->poles++] = usph_rotations_orbit(group, pole, images);
}

static void add_poles(usph_rotations *group, usph_rotation_kind kind, size_t k)
{
    const double half = TURN / (double)(2 * k);
    switch (kind) {
    case USPH_CYCLIC:
        add_pole(group, 0, 0, 1);
        add_pole(group, 0, 0, -1);
        break;
    case USPH_DIHEDRAL:
        add_pole(group, 0, 0, 1);
        add_pole(group, 1, 0, 0);
        add_pole(group, cos(half), sin(half), 0);
        break;
    case USPH_TETRAHEDRAL:
        add_pole(group, 1, 1, 1);
        add_pole(group, -1, -1, -1);
        add_pole(group, 0, 0, 1);
        break;
    case USPH_OCTAHEDRAL:
        add_pole(group, 0, 0, 1);
        add_pole(group, 1, 1, 1);
        add_pole(group, 1, 1, 0);
        break;
    case USPH_ICOSAHEDRAL:
        add_pole(group, 0, 1, GOLDEN);
        add_pole(group, 1, 1, 1);
        add_pole(group, 0, 0, 1);
        break;
    }
}

void usph_rotations_init(usph_rotations *group, usph_rotation_kind kind, size_t k)
{
    static const double Z[3] = { 0, 0, 1 };
    static const double X[3] = { 1, 0, 0 };
    static const double CORNER[3] = { 1, 1, 1 };
    const double vertex[3] = { 0, 1, GOLDEN };
    const struct {
        const double *axis[2];
        size_t fold[2];
    } generators[] = {
        [USPH_CYCLIC] = { { Z, Z }, { k, k } },
        [USPH_DIHEDRAL] = { { Z, X }, { k, 2 } },
        [USPH_TETRAHEDRAL] = { { Z, CORNER }, { 2, 3 } },
        [USPH_OCTAHEDRAL] = { { Z, CORNER }, { 4, 3 } },
        [USPH_ICOSAHEDRAL] = { { vertex, CORNER }, { 5, 3 } },
    };
    double matrices[2][9];
    for (size_t g = 0; g < 2; g++)
        turn_about(generators[kind].axis[g], generators[kind].fold[g], matrices[g]);
    group->poles = 0;
    close_group(group, matrices);
    add_poles(group, kind, k);
}

size_t usph_rotations_orbit(const usph_rotations *group, const double *point,
                            double *out)
{
    size_t count = 0;
    for (size_t g = 0; g < group->order; g++) {
        double image[3];
        size_t seen = 0;
        apply(group->turn[g], point, image);
        while (seen < count && difference(3, image, out + 3 * seen) > SAME)
            seen++;
        if (seen == count)
            memcpy(out + 3 * count++, image, sizeof image);
    }
    return count;
}
