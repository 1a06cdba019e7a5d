#include "bench/cli/setters.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/kernel.h"
#include "points/generator.h"

static usph_status take_count(const char *arg, uint64_t lo, uint64_t hi, uint64_t *out,
                              usph_error *err)
{
    char *end = NULL;
    const unsigned long long value = strtoull(arg, &end, 10);
    const bool number = isdigit((unsigned char)*arg) && *end == '\0';
    if (!number || strlen(arg) > 19 || value < lo || value > hi)
        return usph_fail(err, USPH_ERR_ARG,
                         "'%s' is not a whole number in [%llu, %llu]", arg,
                         (unsigned long long)lo, (unsigned long long)hi);
    *out = value;
    return USPH_OK;
}

static usph_status take_real(const char *arg, double lo, double *out, usph_error *err)
{
    char *end = NULL;
    const double value = strtod(arg, &end);
    if (end == arg || *end != '\0' || !isfinite(value) || value <= lo)
        return usph_fail(err, USPH_ERR_ARG, "'%s' is not a number above %g", arg, lo);
    *out = value;
    return USPH_OK;
}

/* Index of a word in a list that ends at NULL. */
static usph_status take_choice(const char *arg, const char *const *words, int *out,
                               usph_error *err)
{
    char all[128] = "";
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(arg, words[i]) == 0) {
            *out = i;
            return USPH_OK;
        }
        strcat(strcat(all, i > 0 ? "|" : ""), words[i]);
    }
    const char *near = usph_nearest(arg, strlen(arg), words);
    if (near != NULL)
        return usph_fail(err, USPH_ERR_ARG, "'%s' is not one of %s, did you mean '%s'?",
                         arg, all, near);
    return usph_fail(err, USPH_ERR_ARG, "'%s' is not one of %s", arg, all);
}

static usph_status add_metric(usph_metric_list *list, const usph_metric_spec *m,
                              usph_error *err)
{
    if (list->count == USPH_MAX_SPECS)
        return usph_fail(err, USPH_ERR_ARG, "more than %d specs", USPH_MAX_SPECS);
    list->items[list->count++] = *m;
    return USPH_OK;
}

static usph_status take_metric(usph_metric_list *list, const char *arg, bool fresh,
                               bool smooth_only, usph_error *err)
{
    if (fresh)
        list->count = 0;
    if (strcmp(arg, "all") == 0) {
        usph_metric_spec all[USPH_MAX_SPECS];
        const size_t count = usph_metric_all(all, USPH_MAX_SPECS);
        for (size_t i = 0; i < count; i++) {
            const bool smooth =
                (usph_metric_of(&all[i])->flags & USPH_METRIC_SMOOTH) != 0;
            if (smooth || !smooth_only)
                USPH_TRY(add_metric(list, &all[i], err));
        }
        return USPH_OK;
    }
    usph_metric_spec m;
    USPH_TRY(usph_metric_parse(arg, &m, err));
    return add_metric(list, &m, err);
}

static usph_status take_spec(usph_spec_list *list, const usph_registry *reg,
                             const char *arg, bool fresh, usph_error *err)
{
    if (fresh)
        list->count = 0;
    const bool all = strcmp(arg, "all") == 0;
    const size_t count = all ? reg->count : 1;
    if (list->count + count > USPH_MAX_SPECS)
        return usph_fail(err, USPH_ERR_ARG, "more than %d specs", USPH_MAX_SPECS);
    if (!all)
        USPH_TRY(usph_spec_parse(reg, arg, &list->items[list->count], err));
    for (size_t i = 0; i < count && all; i++)
        list->items[list->count + i] = usph_spec_default(reg->items[i]);
    list->count += count;
    return USPH_OK;
}

#define SETTER(name)                                                            \
    static usph_status set_##name(usph_options *o, const char *arg, bool fresh, \
                                  usph_error *err)

SETTER(metric)
{
    return take_metric(&o->suite.metrics, arg, fresh, false, err);
}

SETTER(objective)
{
    return take_metric(&o->suite.objectives, arg, fresh, true, err);
}

SETTER(kernel)
{
    return take_spec(&o->kernels, &usph_kernels, arg, fresh, err);
}

SETTER(solver)
{
    return take_spec(&o->suite.solvers, &usph_solvers, arg, fresh, err);
}

SETTER(points)
{
    (void)fresh;
    o->points_given = true;
    return usph_spec_parse(&usph_generators, arg, &o->suite.points, err);
}

SETTER(start)
{
    (void)fresh;
    (void)err;
    o->start = arg;
    return USPH_OK;
}

SETTER(n)
{
    (void)fresh;
    return usph_sizes_parse(arg, true, &o->suite.n, err);
}

SETTER(d)
{
    (void)fresh;
    return usph_sizes_parse(arg, false, &o->suite.d, err);
}

SETTER(seed)
{
    (void)fresh;
    return take_count(arg, 0, INT64_MAX, &o->suite.seed, err);
}

SETTER(seeds)
{
    uint64_t value = 0;
    (void)fresh;
    USPH_TRY(take_count(arg, 1, 100000, &value, err));
    o->suite.seeds = value;
    return USPH_OK;
}

SETTER(starts)
{
    uint64_t value = 0;
    (void)fresh;
    USPH_TRY(take_count(arg, 1, 10000000, &value, err));
    o->starts = value;
    return USPH_OK;
}

SETTER(grad_tol)
{
    (void)fresh;
    return take_real(arg, 0, &o->suite.stop.grad_tol, err);
}

SETTER(value_tol)
{
    (void)fresh;
    return take_real(arg, 0, &o->suite.stop.value_tol, err);
}

SETTER(target)
{
    (void)fresh;
    o->suite.stop.has_target = true;
    return take_real(arg, -INFINITY, &o->suite.stop.target, err);
}

SETTER(max_steps)
{
    (void)fresh;
    return take_count(arg, 1, INT64_MAX, &o->suite.stop.max_steps, err);
}

SETTER(max_evals)
{
    (void)fresh;
    return take_count(arg, 1, INT64_MAX, &o->suite.stop.max_evals, err);
}

SETTER(max_seconds)
{
    (void)fresh;
    return take_real(arg, 0, &o->max_seconds, err);
}

SETTER(trace)
{
    (void)fresh;
    (void)err;
    o->trace = arg;
    return USPH_OK;
}

SETTER(drop_zero)
{
    (void)fresh;
    (void)err;
    (void)arg;
    o->drop_zero = true;
    return USPH_OK;
}

SETTER(explain)
{
    (void)fresh;
    (void)err;
    (void)arg;
    o->explain = true;
    return USPH_OK;
}

SETTER(suite)
{
    (void)fresh;
    (void)err;
    o->suite_name = arg;
    return USPH_OK;
}

static const char *const KEYS[] = { "objective", "solver", "metric", "n", "d", NULL };

SETTER(rows)
{
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, KEYS, &at, err));
    o->rows = KEYS[at];
    return USPH_OK;
}

SETTER(cols)
{
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, KEYS, &at, err));
    o->cols = KEYS[at];
    return USPH_OK;
}

SETTER(score)
{
    static const char *const WORDS[] = { "both", "raw", "q", NULL };
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, WORDS, &at, err));
    o->score = (usph_score_choice)at;
    return USPH_OK;
}

SETTER(threads)
{
    uint64_t value = 0;
    (void)fresh;
    USPH_TRY(take_count(arg, 1, 1024, &value, err));
    o->suite.threads = (unsigned)value;
    return USPH_OK;
}

SETTER(format)
{
    usph_spec spec;
    (void)fresh;
    USPH_TRY(usph_spec_parse(&usph_writers, arg, &spec, err));
    o->format = usph_writer_of(spec.entry);
    return USPH_OK;
}

SETTER(output)
{
    (void)fresh;
    (void)err;
    o->output = arg;
    return USPH_OK;
}

SETTER(quiet)
{
    (void)fresh;
    (void)err;
    (void)arg;
    o->quiet = true;
    return USPH_OK;
}

SETTER(verbose)
{
    (void)fresh;
    (void)err;
    (void)arg;
    o->verbose = true;
    return USPH_OK;
}

SETTER(timing)
{
    (void)fresh;
    (void)err;
    (void)arg;
    o->timing = true;
    return USPH_OK;
}

static const char *const WHEN[] = { "auto", "always", "never", NULL };

SETTER(progress)
{
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, WHEN, &at, err));
    o->progress = (usph_when)at;
    return USPH_OK;
}

SETTER(color)
{
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, WHEN, &at, err));
    o->color = (usph_when)at;
    return USPH_OK;
}

#undef SETTER

#define RUNS (USPH_SOLVE | USPH_TABLE | USPH_COMPARE) /* commands that minimize */
#define ALL  (RUNS | USPH_LIST | USPH_POINTS | USPH_EVAL)

const usph_option usph_option_list[] = {
    { "objective", 0, "SPEC", USPH_SOLVE | USPH_TABLE,
      "what to minimize: energy/riesz:s=1, energy/log, gram_logdet, ... (table: may be "
      "repeated; all)",
      set_objective },
    { "metric", 0, "SPEC", USPH_EVAL | USPH_TABLE,
      "what to measure; may be repeated (default all)", set_metric },
    { "kernel", 0, "SPEC", USPH_COMPARE, "kernel to compare; may be repeated; all",
      set_kernel },
    { "solver", 0, "SPEC", RUNS,
      "how to minimize: lbfgs, gd:rule=armijo, anneal:sweeps=500, ... (default: chosen "
      "by objective)",
      set_solver },
    { "points", 0, "SPEC", USPH_POINTS | USPH_SOLVE | USPH_TABLE,
      "generator: uniform, fibonacci, vmf:kappa=10, ... (default uniform)",
      set_points },
    { "start", 0, "FILE", USPH_SOLVE, "start from the points of a file", set_start },
    { "n", 0, "LIST", RUNS | USPH_POINTS,
      "number of points; may be relative to d: d+1, 2d, d^2", set_n },
    { "d", 0, "LIST", RUNS | USPH_POINTS,
      "ambient dimension: the points lie on S^(d-1)", set_d },
    { "seed", 0, "S", RUNS | USPH_POINTS, "seed of all random numbers (default 1)",
      set_seed },
    { "seeds", 0, "K", USPH_TABLE | USPH_COMPARE,
      "runs per cell, with seeds S .. S+K-1; tables show the median (default 1)",
      set_seeds },
    { "starts", 0, "K", USPH_SOLVE, "independent starts, the best is kept (default 1)",
      set_starts },
    { "grad-tol", 0, "X", RUNS,
      "stop when grad_norm is at most X (default 1e-10 max(1, |sum|/n) for pair "
      "energies, 1e-10 max(1, |value|) otherwise)",
      set_grad_tol },
    { "value-tol", 0, "X", RUNS,
      "stop when a step changes the value by less, relatively", set_value_tol },
    { "target", 0, "V", USPH_SOLVE,
      "stop when the value to be minimized is at most V (the mean for energies; minus "
      "the metric where higher is better)",
      set_target },
    { "max-steps", 0, "M", RUNS, "at most M steps per start", set_max_steps },
    { "max-evals", 0, "M", RUNS, "at most about M evaluations per start",
      set_max_evals },
    { "max-seconds", 0, "T", USPH_SOLVE, "stop after about T seconds in all",
      set_max_seconds },
    { "trace", 0, "FILE", USPH_SOLVE,
      "write the first start's steps, one JSON object a "
      "line",
      set_trace },
    { "drop-zero", 0, NULL, USPH_EVAL | USPH_SOLVE, "leave out zero rows of a file",
      set_drop_zero },
    { "explain", 0, NULL, USPH_EVAL, "say what each metric is and how to read it",
      set_explain },
    { "suite", 0, "NAME", USPH_TABLE,
      "a suite (usphere list suites) or a file of options (default standard); options "
      "given beside it replace its own",
      set_suite },
    { "rows", 0, "KEY", USPH_TABLE,
      "objective, solver, metric, n or d (default "
      "objective)",
      set_rows },
    { "cols", 0, "KEY", USPH_TABLE, "the same (default metric)", set_cols },
    { "score", 0, "raw|q", USPH_TABLE,
      "show raw values or score Q: 0 as i.i.d. uniform points, 1 best (default both)",
      set_score },
    { "timing", 0, NULL, USPH_COMPARE | USPH_SOLVE,
      "show times too (these are not reproducible)", set_timing },
    { "threads", 0, "T", ALL & ~(USPH_LIST | USPH_POINTS),
      "threads (default: the cores); results do not depend on it", set_threads },
    { "format", 0, "FORMAT", ALL & ~USPH_POINTS, "text, md, csv, json or latex",
      set_format },
    { "output", 'o', "FILE", ALL,
      "write to FILE, - is standard output (points and solve: the point set, .npy or "
      "text by extension; else the report)",
      set_output },
    { "quiet", 'q', NULL, ALL, "no messages but errors", set_quiet },
    { "verbose", 'v', NULL, ALL, "say more on standard error", set_verbose },
    { "progress", 0, "WHEN", ALL & ~(USPH_LIST | USPH_POINTS),
      "progress bar on standard error: auto, always, never", set_progress },
    { "color", 0, "WHEN", ALL, "auto, always, never", set_color },
    { 0 },
};
