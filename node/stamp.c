/* Stamps and the hybrid logical clock. */
#include "stamp.h"

#define TICKS_PER_MS (1 << STAMP_COUNTER_BITS)
#define TICKS_MAX (((int64_t)1 << (63 - STAMP_NODE_BITS)) - 1)

stamp_t stamp_make(int64_t ticks, uint16_t node)
{
	return ticks << STAMP_NODE_BITS | node;
}

int64_t stamp_ticks(stamp_t s)
{
	return s >> STAMP_NODE_BITS;
}

uint16_t stamp_node(stamp_t s)
{
	return (uint16_t)(s & 0xffff);
}

int64_t stamp_ms(stamp_t s)
{
	return stamp_ticks(s) / TICKS_PER_MS + STAMP_EPOCH_MS;
}

/* The first tick of a Unix millisecond; the ends of the range beyond it. */
static int64_t ticks_of(int64_t ms)
{
	if (ms <= STAMP_EPOCH_MS)
		return 0;
	if (ms - STAMP_EPOCH_MS > TICKS_MAX / TICKS_PER_MS)
		return TICKS_MAX;
	return (ms - STAMP_EPOCH_MS) * TICKS_PER_MS;
}

stamp_t stamp_after_ms(int64_t ms)
{
	int64_t ticks = ms < INT64_MAX ? ticks_of(ms + 1) : TICKS_MAX;

	return ticks == 0 ? 1 : stamp_make(ticks, 0);
}

void clock_init(struct clock *c, uint16_t node, stamp_t last,
    int64_t floor_ms)
{
	int64_t floor = ticks_of(floor_ms) - 1;

	c->node = node;
	c->last = stamp_ticks(last);
	if (c->last < floor)
		c->last = floor;
}

stamp_t clock_next(struct clock *c, int64_t now_ms)
{
	int64_t now = ticks_of(now_ms);

	if (c->last >= TICKS_MAX)
		return 0;
	c->last = now > c->last ? now : c->last + 1;
	return stamp_make(c->last, c->node);
}

void clock_skip(struct clock *c, int64_t now_ms, int64_t ticks)
{
	int64_t now = ticks_of(now_ms);

	if (now > c->last)
		c->last = now;
	c->last = ticks < TICKS_MAX - c->last ? c->last + ticks : TICKS_MAX;
}

void clock_merge(struct clock *c, stamp_t seen, int64_t now_ms)
{
	int64_t ticks = stamp_ticks(seen);
	int64_t most = now_ms < INT64_MAX - STAMP_AHEAD_MS ?
	    ticks_of(now_ms + STAMP_AHEAD_MS) : TICKS_MAX;

	if (ticks > most)
		ticks = most;
	if (ticks > c->last)
		c->last = ticks;
}
