#include "core/workspace.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    LINE = 8, /* doubles in a cache line */
};

size_t usph_workspace_cost(size_t doubles)
{
    return (doubles + LINE - 1) / LINE * LINE;
}

usph_status usph_workspace_reserve(usph_workspace *ws, size_t doubles)
{
    assert(ws->used == 0);
    const size_t need = usph_workspace_cost(doubles);
    if (need <= ws->capacity)
        return USPH_OK;
    if (need < doubles || need > PTRDIFF_MAX / sizeof(double))
        return USPH_ERR_NOMEM;
    double *data = aligned_alloc(LINE * sizeof(double), need * sizeof(double));
    if (data == NULL)
        return USPH_ERR_NOMEM;
    free(ws->data);
    ws->data = data;
    ws->capacity = need;
    return USPH_OK;
}

double *usph_workspace_take(usph_workspace *ws, size_t doubles)
{
    const size_t need = usph_workspace_cost(doubles);
    assert(need <= ws->capacity - ws->used);
    double *block = ws->data + ws->used;
    ws->used += need;
    if (ws->used > ws->peak)
        ws->peak = ws->used;
    return block;
}

size_t usph_workspace_mark(const usph_workspace *ws)
{
    return ws->used;
}

void usph_workspace_release(usph_workspace *ws, size_t mark)
{
    assert(mark <= ws->used);
    ws->used = mark;
}

void usph_workspace_free(usph_workspace *ws)
{
    free(ws->data);
    *ws = (usph_workspace){ .effort = ws->effort };
}
