/* Stamps: a hybrid logical clock in 63 bits (Kulkarni et al., "Logical
 * Physical Clocks", 2014), unique in the organisation.
 *
 *   most significant first:
 *   time 41 (ms since 2020-01-01T00:00Z) | counter 6 | node 16
 *
 * The pair (time, counter) is one logical number, `ticks`: a node's next
 * stamp is max(last + 1, now * 64) ticks, so a burst runs a little ahead of
 * the wall clock instead of waiting. docs/format.md says the same.
 */
#ifndef NODE_STAMP_H
#define NODE_STAMP_H

#include "base/buf.h"

typedef int64_t stamp_t;	/* > 0; 0 is "none" */

#define STAMP_EPOCH_MS 1577836800000	/* 2020-01-01T00:00Z, Unix ms */
#define STAMP_NODE_BITS 16
#define STAMP_COUNTER_BITS 6
#define STAMP_AHEAD_MS (24 * 3600 * 1000)

struct clock {
	int64_t last;	/* ticks of the newest stamp made or merged */
	uint16_t node;
};

stamp_t stamp_make(int64_t ticks, uint16_t node);
int64_t stamp_ticks(stamp_t s);
uint16_t stamp_node(stamp_t s);
int64_t stamp_ms(stamp_t s);		/* Unix ms */
/* The smallest stamp whose time is past ms (Unix ms). */
stamp_t stamp_after_ms(int64_t ms);

/* Never below floor_ms (Unix ms): the invitation's or the build's date. */
void clock_init(struct clock *c, uint16_t node, stamp_t last,
    int64_t floor_ms);
/* The next stamp at wall time now_ms; greater than all before. 0 when the 41
 * bits of time are used up (in the year 2089). */
stamp_t clock_next(struct clock *c, int64_t now_ms);
/* Leave `ticks` unused past the wall clock and the last stamp. */
void clock_skip(struct clock *c, int64_t now_ms, int64_t ticks);
/* Note a merged stamp; not followed past now_ms + STAMP_AHEAD_MS. */
void clock_merge(struct clock *c, stamp_t seen, int64_t now_ms);

#endif
