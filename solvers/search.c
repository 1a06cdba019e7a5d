#include "solvers/search.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"
#include "core/threads.h"

enum {
    WINDOW = 32, /* chains that may wait to be taken in */
};

static const double MOST_WORK = 6e11; /* pairs x d of a default budget: minutes */
static const double SAME = 1e-9;      /* relative difference of equal sums */

/* A chain that ran, from when it is taken on until it is taken in. */
typedef struct slot {
    bool done;
    usph_status status;
    usph_result result;
    usph_error err;
} slot;

typedef struct hunt {
    const usph_search *search;
    const usph_problem *problem;
    uint64_t limit;      /* evaluations that end it */
    bool any;            /* some chain was taken in */
    usph_points waiting; /* WINDOW sets, chain k in set k % WINDOW */
    slot slots[WINDOW];
    uint64_t next;    /* chain to take on */
    uint64_t settled; /* chain to take in */
    uint64_t reached; /* chains at the target */
    bool ended;
    usph_buffer values; /* doubles, of the chains taken in */
    double scale;       /* grad_scale of the objective: value * scale is the sum */
    double *x;
    usph_found *out;
    usph_status status; /* of the failure that ended it */
    usph_error *err;
} hunt;

/* What a thread works with. */
typedef struct worker {
    usph_objective f;
    void *handle;
    usph_workspace ws;
} worker;

usph_spec usph_search_chain(void)
{
    return usph_spec_default(usph_registry_find(&usph_solvers, "basin", 5));
}

uint64_t usph_search_budget(usph_shape shape)
{
    const double n = (double)shape.n;
    const double wanted = 6 * n * n * (1 + pow(n / 100, 2));
    const double work = fmax(1, usph_shape_pairs(shape) * (double)shape.d);
    return (uint64_t)(2000 + fmin(wanted, MOST_WORK / work));
}

static double *set_of(const hunt *h, uint64_t k)
{
    return h->waiting.x + (k % WINDOW) * usph_shape_size(h->problem->shape);
}

static usph_status run_chain(const hunt *h, worker *w, uint64_t k, uint64_t evals,
                             slot *s)
{
    const usph_search *search = h->search;
    usph_stop stop = search->stop;
    usph_rng rng;
    stop.max_evals = evals;
    stop.has_target = false; /* seen to when the chain is taken in, polished */
    stop.trace = NULL;
    w->f.evals = w->f.grads = w->f.moves = w->f.hvps = 0;
    h->problem->fill(h->problem->ctx, (size_t)k, set_of(h, k));
    usph_rng_init(&rng, search->seed, k, USPH_FOR_SOLVER);
    return usph_minimize(&search->chain, &w->f, &stop, &rng, &w->ws, set_of(h, k),
                         &s->result, &s->err);
}

static bool is_late(const usph_stop *stop, usph_reason *reason)
{
    if (stop->interrupted != NULL && *stop->interrupted != 0) {
        *reason = USPH_REASON_INTERRUPTED;
        return true;
    }
    *reason = USPH_REASON_MAX_SECONDS;
    return stop->deadline > 0 && usph_now() >= stop->deadline;
}

static bool is_same(const hunt *h, double a, double b)
{
    const double unit = fmax(1 / h->scale, fabs(b));
    return fabs(a - b) <= SAME * unit;
}

static uint64_t evaluations(const hunt *h, const usph_result *r)
{
    return r->evals + r->moves / h->problem->shape.n;
}

static void end(hunt *h, usph_reason reason)
{
    h->ended = true;
    h->out->best.reason = reason;
}

static void fail(hunt *h, const slot *s)
{
    h->ended = true;
    h->status =
        usph_fail(h->err, s->status, "%s",
                  s->err.text[0] != '\0' ? s->err.text : usph_status_text(s->status));
}

static void keep_best(hunt *h, uint64_t k, const usph_result *r)
{
    usph_found *out = h->out;
    if (h->any && !(r->value < out->best.value))
        return;
    if (!h->any || !is_same(h, r->value, out->best.value))
        out->start = k;
    h->any = true;
    out->best.value = r->value;
    out->best.grad_norm = r->grad_norm;
    out->chain = r->reason;
    memcpy(h->x, set_of(h, k), usph_shape_size(h->problem->shape) * sizeof *h->x);
}

static void add_counts(usph_result *sum, const usph_result *r)
{
    sum->steps += r->steps;
    sum->evals += r->evals;
    sum->grads += r->grads;
    sum->moves += r->moves;
    sum->hvps += r->hvps;
}

/* The next chain in order: its counts and value, and whether the search is over. */
static void take_in(hunt *h, worker *w)
{
    const usph_stop *stop = &h->search->stop;
    usph_found *out = h->out;
    const uint64_t k = h->settled;
    slot *s = &h->slots[k % WINDOW];
    const uint64_t spent = evaluations(h, &out->best);
    usph_reason late = USPH_REASON_SCHEDULE;
    if (s->status == USPH_OK && spent + evaluations(h, &s->result) > h->limit &&
        spent > 0) /* too long: once more, as far as the limit goes */
        s->status = run_chain(h, w, k, h->limit - spent, s);
    h->settled++;
    s->done = false;
    out->starts++;
    if (s->status != USPH_OK) {
        if (s->status != USPH_ERR_DOMAIN || (k == WINDOW && !h->any))
            fail(h, s);
        return;
    }
    keep_best(h, k, &s->result);
    s->status = USPH_OK;
    if (usph_reason_done(s->result.reason))
        s->status = usph_buffer_append(&h->values, &s->result.value, sizeof(double));
    if (s->status != USPH_OK)
        fail(h, s);
    add_counts(&out->best, &s->result);
    h->reached += stop->has_target && s->result.value <= stop->target;
    if (h->reached > 0 && h->reached >= h->search->enough)
        end(h, USPH_REASON_TARGET);
    else if (evaluations(h, &out->best) >= h->limit)
        end(h,
            stop->max_evals == h->limit ? USPH_REASON_MAX_EVALS : USPH_REASON_SCHEDULE);
    else if (h->search->starts > 0 && out->starts >= h->search->starts)
        end(h, USPH_REASON_SCHEDULE);
    else if (is_late(stop, &late))
        end(h, late);
}

/* The number of a chain to run; false: the search is over. */
static bool take_on(hunt *h, uint64_t *k)
{
    for (;;) {
        bool over = false;
        bool room = false;
#pragma omp critical(usph_search)
        {
            over = h->ended;
            room = !over && h->next - h->settled < WINDOW;
            if (room)
                *k = h->next++;
        }
        if (over || room)
            return room;
        sched_yield(); /* another thread's long chain is waited for */
    }
}

static usph_status open_worker(hunt *h, worker *w, usph_error *err)
{
    *w = (worker){ .handle = NULL };
    USPH_TRY(h->problem->open(h->problem->ctx, &w->f, &w->handle, err));
    h->scale = w->f.grad_scale; /* the same for all */
    return USPH_OK;
}

static void close_worker(hunt *h, worker *w)
{
    h->problem->close(h->problem->ctx, w->handle);
    usph_workspace_free(&w->ws);
}

static usph_status work(void *ctx, size_t i, unsigned thread)
{
    hunt *h = ctx;
    worker w;
    uint64_t k = 0;
    usph_error err = { "" };
    usph_status status = USPH_OK;
    (void)i;
    (void)thread;
#pragma omp critical(usph_search)
    {
        status = open_worker(h, &w, &err);
        if (status != USPH_OK) {
            h->ended = true;
            *h->err = err;
        }
    }
    if (status != USPH_OK)
        return status;
    while (take_on(h, &k)) {
        slot *s = &h->slots[k % WINDOW];
        *s = (slot){ .done = false };
        s->status = run_chain(h, &w, k, h->limit, s);
#pragma omp critical(usph_search)
        {
            s->done = true;
            while (!h->ended && h->slots[h->settled % WINDOW].done)
                take_in(h, &w);
        }
    }
    close_worker(h, &w);
    return USPH_OK;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void count_values(hunt *h)
{
    double *values = (double *)(void *)h->values.data;
    const size_t count = h->values.size / sizeof *values;
    usph_found *out = h->out;
    if (count > 1)
        qsort(values, count, sizeof *values, rising);
    for (size_t k = 0; k < count; k++) {
        out->hits += is_same(h, values[k], values[0]);
        out->distinct += k == 0 || !is_same(h, values[k], values[k - 1]);
    }
}

usph_status usph_search_run(const usph_search *search, const usph_problem *problem,
                            double *x, usph_found *out, usph_error *err)
{
    const usph_shape shape = problem->shape;
    const double begun = usph_now();
    const uint64_t budget =
        search->budget > 0 ? search->budget : usph_search_budget(shape);
    usph_error first = { "" };
    hunt h = {
        .search = search,
        .problem = problem,
        .limit = search->stop.max_evals > 0 ? search->stop.max_evals : budget,
        .x = x,
        .out = out,
        .status = USPH_OK,
        .err = &first,
    };
    *out = (usph_found){ .starts = 0 };
    USPH_TRY(usph_threads_check(search->threads, err));
    USPH_TRY(
        usph_points_alloc((usph_shape){ WINDOW * shape.n, shape.d }, &h.waiting, err));
    usph_status status = usph_parallel_for(search->threads, search->threads, work, &h);
    if (status == USPH_OK)
        status = h.status;
    if (status != USPH_OK && first.text[0] != '\0')
        status = usph_fail(err, status, "%s", first.text);
    if (status == USPH_OK)
        count_values(&h);
    out->best.seconds = usph_now() - begun;
    usph_buffer_free(&h.values);
    usph_points_free(&h.waiting);
    return status;
}
