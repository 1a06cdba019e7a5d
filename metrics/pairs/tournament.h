#ifndef USPH_METRICS_PAIRS_TOURNAMENT_H
#define USPH_METRICS_PAIRS_TOURNAMENT_H

#include <stddef.h>

/** One meeting of tiles a <= b, on thread number `thread`; a = b: within the tile. */
typedef void usph_meeting(void *ctx, size_t a, size_t b, unsigned thread);

/**
 * Let every pair of tiles meet once, each tile with itself first. Meetings of a round
 * are of disjoint tiles and run on several threads; rounds follow each other in a fixed
 * order. So a meeting may write to what belongs to its two tiles, and each tile is
 * written in the same order whatever the number of threads: the same bits.
 *
 * Source: the circle method for round-robin tournaments.
 */
void usph_tournament(unsigned threads, size_t tiles, usph_meeting *meeting, void *ctx);

/** Number of meetings, and the place of (a, b) in their fixed enumeration. */
static inline size_t usph_meetings(size_t tiles)
{
    return tiles * (tiles + 1) / 2;
}

static inline size_t usph_meeting_index(size_t a, size_t b)
{
    return b * (b + 1) / 2 + a;
}

#endif
