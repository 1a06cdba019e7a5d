#include "metrics/bounds/propose.h"

#include <float.h>
#include <math.h>

#include <coin/Clp_C_Interface.h>

#include "core/special.h"

enum {
    BATCH = 32, /* rows handed over at once */
    ROUNDS = 8, /* of adding points */
    COARSE = 8, /* grid points a degree of the first program */
    FINE = 40,  /* and to look for violations */
    COLUMNS = USPH_MAX_DEGREE + 1,
};

/* The program in the solver, shifted and scaled: f = base + scale * x. */
typedef struct build {
    const usph_program *program;
    usph_polynomial *p;
    Clp_Simplex *clp;
    double base, scale, from;
    int columns;
    int degree_of[COLUMNS];
    /* rows not yet handed over */
    int rows;
    double lower[BATCH], upper[BATCH];
    CoinBigIndex start[BATCH + 1];
    int index[BATCH * COLUMNS];
    double element[BATCH * COLUMNS];
} build;

static double height(const build *b, double phi)
{
    const usph_ceiling *ceiling = b->program->ceiling;
    return (ceiling->at(ceiling->ctx, phi).h - b->base) / b->scale;
}

static void flush(build *b)
{
    if (b->rows > 0)
        Clp_addRows(b->clp, b->rows, b->lower, b->upper, b->start, b->index,
                    b->element);
    b->rows = 0;
}

/* sum_k x_k P_k(cos phi) <= height, divided by what is large. */
static void add_row(build *b, double phi)
{
    const double d = (double)b->p->d;
    const double t = cos(phi);
    const double h = height(b, phi);
    const double weight = 1 / fmax(1, fabs(h));
    double before = 0;
    double now = 1;
    int column = 0;
    const int first = b->rows * b->columns;
    for (int k = 0; column < b->columns; k++) {
        if (k == b->degree_of[column]) {
            b->index[first + column] = column;
            b->element[first + column++] = weight * now;
        }
        const double next =
            k == 0 ? t : ((2 * k + d - 2) * t * now - k * before) / (k + d - 2);
        before = now;
        now = next;
    }
    b->lower[b->rows] = -DBL_MAX;
    b->upper[b->rows] = weight * h;
    b->start[b->rows++] = first;
    b->start[b->rows] = first + b->columns;
    if (b->rows == BATCH)
        flush(b);
}

static const double HIGHEST = 1e3;

/* Where the ceiling is not absurdly high: nearer pairs do not bind. */
static double start_angle(const build *b)
{
    const usph_ceiling *ceiling = b->program->ceiling;
    double low = ceiling->from;
    double high = ceiling->to;
    if (!ceiling->falling || height(b, low) <= HIGHEST)
        return low;
    for (int k = 0; k < 60; k++) {
        const double middle = 0.5 * (low + high);
        if (height(b, middle) <= HIGHEST)
            high = middle;
        else
            low = middle;
    }
    return high;
}

/*
 * Shifted by its least value the ceiling is nowhere negative, so f_0 >= 0 loses
 * nothing. It is bounded above, too, since the solver mistakes a free column for an
 * optimal one.
 */
static void add_columns(build *b)
{
    static const double PLENTY = 1e6;
    const bool normalized = b->program->normalized;
    const CoinBigIndex none[2] = { 0, 0 };
    for (int c = 0; c < b->columns; c++) {
        const double lower = c == 0 && normalized ? 1 : 0;
        const double upper = c > 0 ? DBL_MAX : normalized ? 1 : PLENTY;
        const double gain = c == 0 ? b->program->n - 1 : -1;
        Clp_addColumns(b->clp, 1, &lower, &upper, &gain, none, NULL, NULL);
    }
}

static void take_solution(build *b)
{
    const double *x = Clp_primalColumnSolution(b->clp);
    for (size_t k = 0; k <= b->p->degree; k++)
        b->p->f[k] = 0;
    for (int c = 0; c < b->columns; c++)
        b->p->f[b->degree_of[c]] = b->scale * x[c] + (c == 0 ? b->base : 0);
}

/* How far the polynomial is above the ceiling, in the solver's units. */
static double excess(const build *b, double phi)
{
    return ((double)usph_polynomial_at(b->p, cosl((long double)phi)) - b->base) /
               b->scale -
           height(b, phi);
}

/* Add a row at each local maximum that comes near; true if one is above. */
static bool add_maxima(build *b)
{
    static const double NEAR = -1e-3;
    static const double ABOVE = 1e-10;
    const int count = FINE * (int)b->p->degree;
    const double step = (b->program->ceiling->to - b->from) / count;
    double left = -HUGE_VAL;
    double middle = excess(b, b->from);
    bool above = false;
    for (int i = 0; i <= count; i++) {
        const double phi = b->from + i * step;
        const double right = i < count ? excess(b, phi + step) : -HUGE_VAL;
        if (middle >= left && middle >= right && middle > NEAR) {
            const double bend = left - 2 * middle + right;
            const bool inside = isfinite(bend) && bend < 0;
            const double lean = inside ? 0.5 * (left - right) / bend : 0;
            add_row(b, phi + step * lean);
            above = above || middle - 0.5 * bend * lean * lean > ABOVE;
        }
        left = middle;
        middle = right;
    }
    flush(b);
    return above;
}

static bool solve(build *b)
{
    b->from = start_angle(b);
    add_columns(b);
    const int count = COARSE * (int)b->p->degree;
    for (int i = 0; i <= count; i++)
        add_row(b, b->from + i * (b->program->ceiling->to - b->from) / count);
    flush(b);
    for (int round = 0; round < ROUNDS; round++) {
        Clp_dual(b->clp, 0);
        if (Clp_status(b->clp) != 0)
            return round > 0; /* what the last round found is a proposal too */
        take_solution(b);
        if (!add_maxima(b))
            break;
    }
    return true;
}

bool usph_propose(const usph_program *program, usph_polynomial *p)
{
    const usph_ceiling *ceiling = program->ceiling;
    build b = { .program = program, .p = p, .base = 0, .scale = 1 };
    if (!program->normalized) {
        /* an angle of many pairs, neither rare nor all */
        const double typical = usph_cap_angle(p->d, program->even ? 0.05 : 0.1);
        b.base = ceiling->at(ceiling->ctx, ceiling->to).h;
        b.scale = ceiling->at(ceiling->ctx, typical).h - b.base;
    }
    for (int k = 0; k <= (int)p->degree; k += program->even ? 2 : 1)
        b.degree_of[b.columns++] = k;
    if (!(b.scale > 0) || !isfinite(b.base) || p->degree > USPH_MAX_DEGREE)
        return false;
    b.clp = Clp_newModel();
    if (b.clp == NULL)
        return false;
    Clp_setLogLevel(b.clp, 0);
    Clp_scaling(b.clp, 0); /* rows are; the solver's own takes 0 for optimal at times */
    Clp_setOptimizationDirection(b.clp, -1);
    Clp_setPrimalTolerance(b.clp, 1e-10);
    Clp_setDualTolerance(b.clp, 1e-10);
    const bool found = solve(&b);
    Clp_deleteModel(b.clp);
    return found;
}
