#ifndef USPH_CORE_WORKSPACE_H
#define USPH_CORE_WORKSPACE_H

#include <stddef.h>

#include "core/status.h"

/**
 * Scratch memory as a stack of doubles, so that evaluations never allocate. The driver
 * reserves what an entry's `scratch` states; a callee takes, and releases to its mark.
 * Zero-initialize it.
 */
typedef struct usph_workspace {
    double *data;    /* 64-byte aligned; owned */
    size_t capacity; /* doubles */
    size_t used;     /* doubles taken, a multiple of 8 */
    size_t peak;     /* most that was ever taken: what tests hold `scratch` against */
} usph_workspace;

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

/** Free the block and zero the struct. */
void usph_workspace_free(usph_workspace *ws);

#endif
