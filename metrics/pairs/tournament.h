#ifndef USPH_METRICS_PAIRS_TOURNAMENT_H
#define USPH_METRICS_PAIRS_TOURNAMENT_H

#include "core/workspace.h"

/** One meeting of tiles a <= b, on thread number `thread`; a = b: within the tile. */
typedef void usph_meeting(void *ctx, size_t a, size_t b, unsigned thread);

/** Doubles that usph_tournament takes from the workspace. */
size_t usph_tournament_scratch(size_t tiles);

/**
 * Let every pair of tiles meet once, each tile with itself first, on the workspace's
 * threads. The meetings of a tile follow each other in a fixed order and never overlap,
 * so a meeting may write to what belongs to its two tiles, and leaves the same bits
 * whatever the number of threads.
 *
 * Rounds of disjoint pairs (the circle method for round-robin tournaments) are handed
 * out in order; a meeting waits for the last ones of its own two tiles only, not for
 * the end of the round.
 */
void usph_tournament(size_t tiles, usph_workspace *ws, usph_meeting *meeting,
                     void *ctx);

#endif
