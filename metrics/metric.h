#ifndef USPH_METRICS_METRIC_H
#define USPH_METRICS_METRIC_H

#include <stdbool.h>

#include "core/entry.h"
#include "core/objective.h"
#include "core/shape.h"
#include "core/workspace.h"

enum {
    USPH_METRIC_KERNEL = 1 << 0,    /* takes a kernel: METRIC/KERNEL */
    USPH_METRIC_SMOOTH = 1 << 1,    /* has a gradient */
    USPH_METRIC_SIGN_FREE = 1 << 2, /* does not change when a point is negated */
    /* changes under rotation: it looks at coordinates, or at sampled directions */
    USPH_METRIC_NOT_ROTATION_INVARIANT = 1 << 3,
    USPH_METRIC_TEST = 1 << 4, /* a test of uniformity: gives p-values */
    /* its mean over i.i.d. points is a quadrature, not a closed form */
    USPH_METRIC_QUADRATURE = 1 << 5,
    USPH_METRIC_CHORDAL = 1 << 8, /* takes no kernels of the angle */
    USPH_METRIC_POSDEF = 1 << 7,  /* takes positive definite kernels only */
    USPH_METRIC_NO_PAIRS =
        1 << 6, /* does not look at pairs, nor count coincident ones */
};

typedef enum usph_better {
    USPH_LOWER,
    USPH_HIGHER,
} usph_better;

/** What a computed value is to the value that the definition asks for. */
typedef enum usph_kind {
    USPH_KIND_EXACT, /* to rounding */
    USPH_KIND_LOWER_BOUND,
    USPH_KIND_UPPER_BOUND,
    USPH_KIND_ESTIMATE, /* sampled, or the best that a search found */
} usph_kind;

/** The word for it in reports. */
const char *usph_kind_text(usph_kind kind);

/** A metric with its parameters and, if it takes one, its kernel. */
typedef struct usph_metric_spec {
    usph_spec metric;
    usph_spec kernel; /* kernel.entry is NULL if the metric takes none */
} usph_metric_spec;

/** A number that belongs beside a value, by name: "population". */
typedef struct usph_extra {
    const char *name;
    double value;
} usph_extra;

enum {
    USPH_MAX_EXTRA = 8,
};

/** What one evaluation says. */
typedef struct usph_measure {
    double value;
    usph_kind kind; /* of the value */
    double
        p_lower; /* tests of uniformity: asymptotic probability, under uniformity, of */
    double p_upper; /* a value as low, and of one as high; NAN: does not apply */
    size_t
        coincident;  /* pairs at distance 0, where the metric looks at pairs; antipodal
                        pairs too where it counts a point and its antipode as one */
    double accuracy; /* relative, of a gradient; of the value it is far smaller. 0: to
                        rounding */
    size_t extras;   /* entries of extra in use */
    usph_extra extra[USPH_MAX_EXTRA];
} usph_measure;

/** A proved bound: no set of n points in dimension d is better. NAN: none known. */
typedef struct usph_bound {
    double value; /* rounding is on the safe side */
    bool tight;   /* some set attains it */
    /* the name of its proof, an entry of usph_bounds; NULL: a closed form of the metric
     */
    const char *method;
    double slack;        /* what rounding may have been; already taken off `value` */
    int level;           /* degree of the quadrature or polynomial behind it; 0: none */
    int improvable_from; /* degree from which polynomials give more; 0: none known */
} usph_bound;

struct usph_pairs_run;

/** How a metric is computed from one pass over all pairs, which metrics share. */
typedef struct usph_metric_pass {
    bool angles; /* wants run->theta */
    /* doubles of its own, zeroed before the pass; NULL: none */
    size_t (*state)(const usph_metric_spec *m, usph_shape shape);
    /* prepare them, e.g. a table; NULL: nothing to do */
    void (*begin)(const usph_metric_spec *m, usph_shape shape, double *state);
    /* take in a run of pairs; with run->w also dF/dr2 of each pair */
    void (*visit)(const usph_metric_spec *m, usph_shape shape,
                  const struct usph_pairs_run *run, double *state);
    /* the value, after all pairs; ws has what the metric's `scratch` says */
    usph_status (*end)(const usph_metric_spec *m, usph_shape shape, const double *x,
                       usph_workspace *ws, const double *state, usph_measure *out);
} usph_metric_pass;

/** A measure of how uniform n points are. */
typedef struct usph_metric {
    usph_entry entry;
    unsigned flags;
    usph_better better;
    const char *unit;       /* "1", "rad", "nat" */
    const char *cost;       /* of an evaluation: "n^2 d" */
    const char *reading;    /* one sentence on how to read a value */
    const char *degenerate; /* what coincident and antipodal points, n = 1, n <= d do */
    /* which of these parameters and shapes it is defined for; NULL: all */
    usph_status (*check)(const usph_metric_spec *m, usph_shape shape, usph_error *err);
    /* doubles that eval, or the pass's end, takes from a workspace of so many threads;
       NULL: none */
    size_t (*scratch)(const usph_metric_spec *m, usph_shape shape, unsigned threads);
    /* multiplications of an evaluation, roughly; NULL: n^2 d */
    double (*work)(const usph_metric_spec *m, usph_shape shape);
    /* how to compute it from a pass over the pairs; then eval may be NULL */
    const usph_metric_pass *pass;
    /* value and, if grad is not NULL, Euclidean gradient (n x d, overwritten).
       USPH_ERR_DOMAIN: no gradient there, or not computable to any accuracy */
    usph_status (*eval)(const usph_metric_spec *m, usph_shape shape, const double *x,
                        usph_workspace *ws, usph_measure *out, double *grad);
    /* change of the value when point i moves to xi, in O(n d); NULL: not provided */
    double (*move)(const usph_metric_spec *m, usph_shape shape, const double *x,
                   size_t i, const double *xi);
    /* unordered pairs that the value is a mean over; NULL: not a mean over pairs */
    double (*pairs)(const usph_metric_spec *m, usph_shape shape);
    /* exact mean over i.i.d. uniform points; INFINITY: diverges; NULL: no closed form
     */
    double (*expected)(const usph_metric_spec *m, usph_shape shape);
    usph_bound (*bound)(const usph_metric_spec *m, usph_shape shape); /* NULL: none */
    /* Hessian of the extension that eval's gradient belongs to, times v (n x d), within
       the same scratch; USPH_ERR_DOMAIN as for a gradient; NULL: not provided */
    usph_status (*hessian)(const usph_metric_spec *m, usph_shape shape, const double *x,
                           const double *v, usph_workspace *ws, double *hv);
} usph_metric;

extern const usph_registry usph_metrics;

static inline const usph_metric *usph_metric_of(const usph_metric_spec *m)
{
    return (const usph_metric *)m->metric.entry; /* entry is the first member */
}

/**
 * Parse `METRIC[:params]` or `METRIC[:params]/KERNEL[:params]`.
 *
 * Errors: as usph_spec_parse; USPH_ERR_PARSE if a kernel is missing or not taken.
 */
usph_status usph_metric_parse(const char *text, usph_metric_spec *out,
                              usph_error *err) USPH_MUST_CHECK;

/** Whether a metric that takes kernels takes this one. */
bool usph_metric_takes(const usph_metric *metric, const usph_entry *kernel);

/** Print as usph_metric_parse reads it; USPH_MAX_SPEC bytes are enough. */
void usph_metric_print(const usph_metric_spec *m, char *buf, size_t size);

/**
 * Every metric once, with its defaults, and each metric that takes a kernel once for
 * each of log, riesz:s=1, riesz:s=2, gauss:t=2 that it takes.
 *
 * @param out  room for max specs; NULL to count
 * @return     number of specs
 */
size_t usph_metric_all(usph_metric_spec *out, size_t max);

/**
 * Whether the metric is defined for a shape.
 *
 * Errors: USPH_ERR_SHAPE or USPH_ERR_ARG with a message.
 */
usph_status usph_metric_check(const usph_metric_spec *m, usph_shape shape,
                              usph_error *err) USPH_MUST_CHECK;

/** `check` of metrics that are means over pairs: n = 1 has none. */
usph_status usph_metric_needs_pairs(const usph_metric_spec *m, usph_shape shape,
                                    usph_error *err) USPH_MUST_CHECK;

/** `scratch` of metrics that need no more than a walk over the pairs. */
size_t usph_metric_pairs_scratch(const usph_metric_spec *m, usph_shape shape,
                                 unsigned threads);

/** Doubles of workspace that evaluating on so many threads needs. */
size_t usph_metric_scratch(const usph_metric_spec *m, usph_shape shape,
                           unsigned threads);

/**
 * Evaluate at x (n x d, rows of norm 1); grad (n x d) may be NULL. The workspace must
 * have usph_metric_scratch doubles free.
 *
 * Errors: USPH_ERR_DOMAIN, USPH_ERR_UNSUPPORTED (a gradient of a metric without),
 *         USPH_ERR_LAPACK.
 */
usph_status usph_metric_eval(const usph_metric_spec *m, usph_shape shape,
                             const double *x, usph_workspace *ws, usph_measure *out,
                             double *grad) USPH_MUST_CHECK;

/** Multiplications that an evaluation takes, roughly: to tell what would take long. */
double usph_metric_work(const usph_metric_spec *m, usph_shape shape);

/** `work` of metrics that search the sphere: a hundred times n^2 d. */
double usph_metric_search_work(const usph_metric_spec *m, usph_shape shape);

/** Doubles of workspace that usph_metrics_eval needs. */
size_t usph_metrics_scratch(const usph_metric_spec *m, size_t count, usph_shape shape,
                            unsigned threads);

/**
 * Evaluate several metrics: those that can be computed from a pass over the pairs share
 * one pass, the others follow one by one.
 *
 * @param out     count
 * @param status  count: of each, as of usph_metric_check and usph_metric_eval
 *
 * Errors: USPH_ERR_NOMEM.
 */
usph_status usph_metrics_eval(const usph_metric_spec *m, size_t count, usph_shape shape,
                              const double *x, usph_workspace *ws, usph_measure *out,
                              usph_status *status) USPH_MUST_CHECK;

/** value * pairs: the sum over unordered pairs that the literature tabulates, or NAN.
 */
double usph_metric_pairs(const usph_metric_spec *m, usph_shape shape);

/** Mean over i.i.d. uniform points: NAN if no closed form, INFINITY if it diverges. */
double usph_metric_expected(const usph_metric_spec *m, usph_shape shape);

/** The best proved bound that costs little (bounds/bound.h); value NAN: none known. */
usph_bound usph_metric_bound(const usph_metric_spec *m, usph_shape shape);

/** A metric as a function to minimize; owns its workspace. */
typedef struct usph_metric_objective {
    usph_metric_spec spec;
    usph_shape shape;
    usph_workspace ws;
    double sign;     /* -1 for metrics that are better when higher */
    double accuracy; /* of the last evaluation, as in usph_measure */
} usph_metric_objective;

/**
 * Make an objective of a metric. `out` borrows `mo`; free with
 * usph_metric_objective_free.
 *
 * Errors: as usph_metric_check; USPH_ERR_NOMEM.
 */
usph_status usph_metric_objective_init(usph_metric_objective *mo,
                                       const usph_metric_spec *m, usph_shape shape,
                                       usph_effort effort, usph_objective *out,
                                       usph_error *err) USPH_MUST_CHECK;

void usph_metric_objective_free(usph_metric_objective *mo);

#endif
