#include "bench/cli/setters.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
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
        const size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? "|" : "", words[i]);
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
    o->metric_named = o->metric_named || strcmp(arg, "all") != 0;
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
    o->starts_given = true;
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
    o->no_target = strcmp(arg, "none") == 0;
    o->suite.stop.has_target = !o->no_target;
    if (o->no_target)
        return USPH_OK;
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

SETTER(draws)
{
    uint64_t value = 0;
    (void)fresh;
    USPH_TRY(take_count(arg, 1, 1000000, &value, err));
    o->draws = (size_t)value;
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

SETTER(accuracy)
{
    static const char *const WORDS[] = { "fine",   "exact",  "medium",
                                         "coarse", "single", NULL }; /* in order */
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, WORDS, &at, err));
    o->accuracy = (usph_accuracy)at;
    return USPH_OK;
}

SETTER(bounds)
{
    static const char *const WORDS[] = { "fast", "off", "lp", NULL }; /* in order */
    int at = 0;
    (void)fresh;
    USPH_TRY(take_choice(arg, WORDS, &at, err));
    o->suite.bounds = (usph_bounds_effort)at;
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
#define ALL  (RUNS | USPH_LIST | USPH_POINTS | USPH_EVAL | USPH_BOUND)

const usph_option usph_option_list[] = {
    { .name = "objective",
      .commands = USPH_SOLVE | USPH_TABLE,
      .arg = "SPEC",
      .doc = "what to minimize: energy/riesz:s=1, energy/log, gram_logdet, ... (table: "
             "may be repeated; all)",
      .set = set_objective },
    { .name = "metric",
      .commands = USPH_EVAL | USPH_TABLE | USPH_BOUND,
      .arg = "SPEC",
      .doc = "what to measure; may be repeated (default all)",
      .set = set_metric },
    { .name = "kernel",
      .commands = USPH_COMPARE,
      .arg = "SPEC",
      .doc = "kernel to compare; may be repeated; all",
      .set = set_kernel },
    { .name = "solver",
      .commands = RUNS,
      .arg = "SPEC",
      .doc = "how to minimize: lbfgs, gd:rule=armijo, anneal:sweeps=500, ... (default: "
             "a search for one n or a list of them; else chosen by objective)",
      .set = set_solver },
    { .name = "points",
      .commands = USPH_POINTS | USPH_SOLVE | USPH_TABLE,
      .arg = "SPEC",
      .doc = "generator: uniform, fibonacci, vmf:kappa=10, ... (default uniform)",
      .set = set_points },
    { .name = "start",
      .commands = USPH_SOLVE,
      .arg = "FILE",
      .doc = "start from the points of a file",
      .set = set_start },
    { .name = "n",
      .commands = RUNS | USPH_POINTS | USPH_BOUND,
      .arg = "LIST",
      .doc = "number of points; may be relative to d: d+1, 2d, d^2",
      .set = set_n },
    { .name = "d",
      .commands = RUNS | USPH_POINTS | USPH_BOUND,
      .arg = "LIST",
      .doc = "ambient dimension: the points lie on S^(d-1)",
      .set = set_d },
    { .name = "seed",
      .commands = ALL,
      .arg = "S",
      .doc = "seed of all random numbers (default 1)",
      .set = set_seed },
    { .name = "seeds",
      .commands = USPH_TABLE | USPH_COMPARE,
      .arg = "K",
      .doc = "runs per cell, with seeds S .. S+K-1; tables show the median (default 1)",
      .set = set_seeds },
    { .name = "starts",
      .commands = USPH_SOLVE,
      .arg = "K",
      .doc = "independent starts, the best is kept (default: a search, else 1)",
      .set = set_starts },
    { .name = "grad-tol",
      .commands = RUNS,
      .arg = "X",
      .doc = "stop when grad_norm is at most X (default 1e-10 max(1, |sum|/n) for pair "
             "energies, 1e-10 max(1, |value|) otherwise)",
      .set = set_grad_tol },
    { .name = "value-tol",
      .commands = RUNS,
      .arg = "X",
      .doc = "stop when a step changes the value by less, relatively",
      .set = set_value_tol },
    { .name = "target",
      .commands = USPH_SOLVE,
      .arg = "V",
      .doc =
          "stop when the value to be minimized is at most V (the mean for energies; "
          "minus the metric where higher is better); none: let a search go on when it "
          "reached the best known value",
      .set = set_target },
    { .name = "max-steps",
      .commands = RUNS,
      .arg = "M",
      .doc = "at most M steps per start",
      .set = set_max_steps },
    { .name = "max-evals",
      .commands = RUNS,
      .arg = "M",
      .doc = "at most about M evaluations per start, or of a search in all",
      .set = set_max_evals },
    { .name = "max-seconds",
      .commands = USPH_SOLVE,
      .arg = "T",
      .doc = "stop after about T seconds in all, or for each n of a search",
      .set = set_max_seconds },
    { .name = "trace",
      .commands = USPH_SOLVE,
      .arg = "FILE",
      .doc = "write the first start's steps, one JSON object a line",
      .set = set_trace },
    { .name = "drop-zero",
      .commands = USPH_EVAL | USPH_SOLVE,
      .doc = "leave out zero rows of a file",
      .set = set_drop_zero },
    { .name = "explain",
      .commands = USPH_EVAL,
      .doc = "say what each metric is and how to read it",
      .set = set_explain },
    { .name = "draws",
      .commands = USPH_EVAL,
      .arg = "B",
      .doc = "p-values of tests from B sets of i.i.d. uniform points of a fixed seed "
             "(default: from their law for many points)",
      .set = set_draws },
    { .name = "suite",
      .commands = USPH_TABLE,
      .arg = "NAME",
      .doc = "a suite (usphere list suites) or a file of options (default standard); "
             "options given beside it replace its own",
      .set = set_suite },
    { .name = "rows",
      .commands = USPH_TABLE,
      .arg = "KEY",
      .doc = "objective, solver, metric, n or d (default objective)",
      .set = set_rows },
    { .name = "cols",
      .commands = USPH_TABLE,
      .arg = "KEY",
      .doc = "the same (default metric)",
      .set = set_cols },
    { .name = "score",
      .commands = USPH_TABLE,
      .arg = "raw|q",
      .doc = "show raw values or score Q: 0 as i.i.d. uniform points, 1 best (default "
             "both)",
      .set = set_score },
    { .name = "timing",
      .commands = USPH_COMPARE | USPH_SOLVE,
      .doc = "show times too (these are not reproducible)",
      .set = set_timing },
    { .name = "accuracy",
      .commands = USPH_EVAL | USPH_SOLVE,
      .arg = "WORD",
      .doc =
          "of sums over very many pairs: exact (direct), fine (gradient to 1e-8, the "
          "default), medium (1e-5), coarse (1e-3), single (single-precision products)",
      .set = set_accuracy },
    { .name = "bounds",
      .commands = USPH_EVAL | USPH_TABLE | USPH_SOLVE | USPH_BOUND,
      .arg = "WORD",
      .doc =
          "proved bounds: fast (milliseconds, the default), lp (linear programs too, "
          "up to seconds each), off",
      .set = set_bounds },
    { .name = "threads",
      .commands = ALL,
      .arg = "T",
      .doc = "threads (default: the cores); results do not depend on it",
      .set = set_threads },
    { .name = "format",
      .commands = ALL,
      .arg = "FORMAT",
      .doc = "text, md, csv, json or latex",
      .set = set_format },
    { .name = "output",
      .letter = 'o',
      .commands = ALL,
      .arg = "FILE",
      .doc = "write to FILE, - is standard output (points and solve: the point set, "
             ".npy or text by extension; else the report)",
      .set = set_output },
    { .name = "quiet",
      .letter = 'q',
      .commands = ALL,
      .doc = "no messages but errors",
      .set = set_quiet },
    { .name = "verbose",
      .letter = 'v',
      .commands = ALL,
      .doc = "say more on standard error",
      .set = set_verbose },
    { .name = "progress",
      .commands = ALL,
      .arg = "WHEN",
      .doc = "progress bar on standard error: auto, always, never",
      .set = set_progress },
    { .name = "color",
      .commands = ALL,
      .arg = "WHEN",
      .doc = "auto, always, never",
      .set = set_color },
    { .name = NULL },
};
