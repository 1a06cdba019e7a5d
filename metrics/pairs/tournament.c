#include "metrics/pairs/tournament.h"

#include "core/threads.h"

typedef struct round {
    usph_meeting *meeting;
    void *ctx;
    size_t tiles;
    size_t players; /* tiles, made even by one that sits out */
    size_t turn;
} round_of;

static usph_status alone(void *ctx, size_t i, unsigned thread)
{
    const round_of *r = ctx;
    r->meeting(r->ctx, i, i, thread);
    return USPH_OK;
}

/* The last player stays, the others go round in a circle. */
static usph_status meet(void *ctx, size_t i, unsigned thread)
{
    const round_of *r = ctx;
    const size_t ring = r->players - 1;
    const size_t p = i == 0 ? ring : (r->turn + i) % ring;
    const size_t q = i == 0 ? r->turn : (r->turn + ring - i) % ring;
    const size_t a = p < q ? p : q;
    const size_t b = p < q ? q : p;
    if (b < r->tiles)
        r->meeting(r->ctx, a, b, thread);
    return USPH_OK;
}

void usph_tournament(unsigned threads, size_t tiles, usph_meeting *meeting, void *ctx)
{
    round_of r = {
        .meeting = meeting,
        .ctx = ctx,
        .tiles = tiles,
        .players = tiles + tiles % 2,
    };
    usph_status status = usph_parallel_for(threads, tiles, alone, &r);
    for (r.turn = 0; r.turn + 1 < r.players; r.turn++)
        if (status == USPH_OK)
            status = usph_parallel_for(threads, r.players / 2, meet, &r);
}
