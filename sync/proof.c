/* Proving many links: the work is per link and needs no order, so it is shared
 * out over threads; what needs the chain's order or the store stays with the
 * caller.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "chain_impl.h"

#define THREADS_MAX 8
/* A thread costs about as much to start as one signature to check. */
#define LINKS_PER_THREAD 16

struct work {
	struct node *n;
	const unsigned char *list;
	size_t count;
	struct proof *out;
	atomic_size_t next;
};

/* The roster is read from the payloads of hq/all, which come one at a time;
 * of a window only the lengths are kept, whatever an attacker claims. */
static void prove(const struct work *w, struct proof *p,
    const unsigned char *line)
{
	char commit[OID_HEX];

	snprintf(commit, sizeof commit, "%.*s", OID_HEX - 1,
	    (const char *)line);
	p->e = (struct err){0};
	p->proved = OK;
	p->opened = link_open(w->n, commit, &p->l, &p->e);
	if (p->opened)
		return;
	p->proved = link_proof(w->n, &p->l, NULL, &p->e);
	p->bytes = p->l.payload.n;
	if (w->count > 1)
		buf_release(&p->l.payload);
}

static void *work(void *arg)
{
	struct work *w = arg;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->count)
		prove(w, &w->out[i], w->list + i * OID_HEX);
	return NULL;
}

static size_t threads_for(size_t count)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = count / LINKS_PER_THREAD;

	if (n > THREADS_MAX)
		n = THREADS_MAX;
	return cpus > 0 && n > (size_t)cpus ? (size_t)cpus : n;
}

void proofs_make(struct node *n, const unsigned char *list, size_t count,
    struct proof *out)
{
	struct work w = { .n = n, .list = list, .count = count, .out = out };
	pthread_t thread[THREADS_MAX];
	size_t want = threads_for(count), started = 0;

	/* fewer threads than wanted is slower, not wrong */
	while (started + 1 < want &&
	    pthread_create(&thread[started], NULL, work, &w) == 0)
		started++;
	work(&w);
	while (started)
		pthread_join(thread[--started], NULL);
}
