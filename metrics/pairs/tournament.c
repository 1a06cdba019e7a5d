#include "metrics/pairs/tournament.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/threads.h"

typedef struct tournament {
    usph_meeting *meeting;
    void *ctx;
    size_t tiles;
    size_t players;           /* tiles, made even by one that only sits out */
    size_t total;             /* meetings, with those of the extra player */
    atomic_size_t next;       /* to be handed out */
    _Atomic uint32_t *rounds; /* tiles: how many rounds each has behind it */
} tournament;

static size_t round_doubles(size_t tiles)
{
    return (tiles * sizeof(_Atomic uint32_t) + sizeof(double) - 1) / sizeof(double);
}

size_t usph_tournament_scratch(size_t tiles)
{
    return usph_workspace_cost(round_doubles(tiles));
}

/* Who meets: the last player stays, the others go round in a circle. */
static void pair_of(const tournament *t, size_t turn, size_t i, size_t *a, size_t *b)
{
    const size_t ring = t->players - 1;
    const size_t p = i == 0 ? ring : (turn + i) % ring;
    const size_t q = i == 0 ? turn : (turn + ring - i) % ring;
    *a = p < q ? p : q;
    *b = p < q ? q : p;
}

static void await(const tournament *t, size_t tile, uint32_t round)
{
    /* yielding: on a shared machine the other thread may not be running */
    while (atomic_load_explicit(&t->rounds[tile], memory_order_acquire) < round)
        sched_yield();
}

static void finish(const tournament *t, size_t tile, uint32_t round)
{
    atomic_store_explicit(&t->rounds[tile], round + 1, memory_order_release);
}

static usph_status play(void *ctx, size_t worker, unsigned thread)
{
    tournament *t = ctx;
    (void)worker;
    for (;;) {
        const size_t at = atomic_fetch_add(&t->next, 1);
        if (at >= t->total)
            return USPH_OK;
        size_t a = at;
        size_t b = at;
        uint32_t round = 0;
        if (at >= t->tiles) {
            const size_t turn = (at - t->tiles) / (t->players / 2);
            round = (uint32_t)turn + 1;
            pair_of(t, turn, (at - t->tiles) % (t->players / 2), &a, &b);
        }
        const bool real = b < t->tiles;
        await(t, a, round);
        if (real && b != a)
            await(t, b, round);
        if (real)
            t->meeting(t->ctx, a, b, thread);
        finish(t, a, round);
        if (real && b != a)
            finish(t, b, round);
    }
}

void usph_tournament(size_t tiles, usph_workspace *ws, usph_meeting *meeting, void *ctx)
{
    const size_t mark = usph_workspace_mark(ws);
    const size_t players = tiles + tiles % 2;
    tournament t = {
        .meeting = meeting,
        .ctx = ctx,
        .tiles = tiles,
        .players = players,
        .total = tiles + (players - 1) * (players / 2),
        .rounds = (_Atomic uint32_t *)usph_workspace_take(ws, round_doubles(tiles)),
    };
    for (size_t i = 0; i < tiles; i++)
        atomic_init(&t.rounds[i], 0);
    atomic_init(&t.next, 0);
    const unsigned threads = usph_workspace_threads(ws);
    const usph_status status =
        usph_parallel_for(threads, tiles < threads ? tiles : threads, play, &t);
    assert(status == USPH_OK); /* play does not fail */
    usph_workspace_release(ws, mark);
}
