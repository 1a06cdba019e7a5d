#ifndef USPH_CORE_WORKSPACE_H
#define USPH_CORE_WORKSPACE_H

#include <stddef.h>

#include "core/status.h"

/** How exactly sums over very many pairs are to be formed. */
typedef enum usph_accuracy {
    USPH_ACCURACY_FINE,   /* direct, or where that is slow to 1e-8 in the gradient and
                             1e-12 in the value */
    USPH_ACCURACY_EXACT,  /* always direct */
    USPH_ACCURACY_MEDIUM, /* gradient to 1e-5 */
    USPH_ACCURACY_COARSE, /* gradient to 1e-3 */
    USPH_ACCURACY_SINGLE, /* products in single precision, for exploration */
} usph_accuracy;

/** What an evaluation may spend. */
typedef struct usph_effort {
    unsigned threads;       /* results do not depend on it; 0 counts as 1 */
    usph_accuracy accuracy; /* of sums over very many pairs */
} usph_effort;

/**
 * What an evaluation works with: scratch memory, threads, and how exact it has to be.
 *
 * Scratch memory as a stack of doubles, so that evaluations never allocate. The driver
 * reserves what an entry's `scratch` states; a callee takes, and releases to its mark.
 * Zero-initialize it.
 */
typedef struct usph_workspace {
    double *data;    /* 64-byte aligned; owned */
    size_t capacity; /* doubles */
    size_t used;     /* doubles taken, a multiple of 8 */
    size_t peak;     /* most that was ever taken: what tests hold `scratch` against */
    usph_effort effort;
} usph_workspace;

/** Threads that an evaluation with this workspace uses. */
static inline unsigned usph_workspace_threads(const usph_workspace *ws)
{
    return ws->effort.threads > 0 ? ws->effort.threads : 1;
}

/** What taking `doubles` costs: rounded up to whole cache lines. */
size_t usph_workspace_cost(size_t doubles);

/**
 * Make room for at least `doubles` in all. Nothing may be taken at the time.
 *
 * Errors: USPH_ERR_NOMEM.
 */
usph_status usph_workspace_reserve(usph_workspace *ws, size_t doubles) USPH_MUST_CHECK;

/** Take an uninitialized 64-byte aligned block; asserts that it fits. */
double *usph_workspace_take(usph_workspace *ws, size_t doubles);

/** Where the stack stands, to release to later. */
size_t usph_workspace_mark(const usph_workspace *ws);

/** Give back everything taken since the mark. */
void usph_workspace_release(usph_workspace *ws, size_t mark);

/** Free the block and zero the struct, but for the effort. */
void usph_workspace_free(usph_workspace *ws);

#endif
