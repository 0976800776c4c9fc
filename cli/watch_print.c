/* Lines of `sync --watch` and `daemon`. */
#include "watch_print.h"

#include "base/date.h"

#define EVERY_S 300
#define DAY_S 86400

static void print_synced(const struct synced *s, int64_t wait_s)
{
	/* a line for each that did nothing would bury the others */
	if (!s->sealed.changesets && !s->pushed && !s->in.changesets &&
	    !s->in.stopped)
		return;
	out_log(_("sent %zu changesets, merged %zu (%zu records); "
	    "%llu bytes out, %llu in; next in %lld s"), s->pushed,
	    s->in.changesets, s->in.records, (unsigned long long)s->sent,
	    (unsigned long long)s->received, (long long)wait_s);
	if (s->in.stopped)
		out_log(_("%zu chains stand still: “wellhead status” tells "
		    "why"), s->in.stopped);
}

static void on_event(void *arg, const struct watch_event *ev)
{
	struct buf *notes = arg;
	int64_t wait_s = (ev->wait_ms + 999) / 1000;

	out_progress_end();
	out_notes(notes);
	switch (ev->kind) {
	case WATCH_SYNCED:
		print_synced(ev->synced, wait_s);
		break;
	case WATCH_FAILED:
		out_log(_("%s (%s); again in %lld s"), ev->e->detail,
		    err_name(ev->e->code), (long long)wait_s);
		break;
	case WATCH_PACKED:
		out_log(_("packed %zu objects of the repository, removed %zu "
		    "that nothing needs"), ev->packed->objects,
		    ev->packed->pruned);
		break;
	case WATCH_STOPPED:
		out_log(_("asked to end: nothing is lost, the next run goes "
		    "on"));
		break;
	}
}

enum err_code watch_start(struct context *c, bool daemon,
    const struct sync_options *sync, struct err *e)
{
	struct buf notes = BUF_INIT;
	struct watch_options o = { .sync = *sync, .daemon = daemon,
		.event = on_event, .arg = &notes };
	int64_t every = EVERY_S;
	enum err_code rc;

	rc = option_number(c, "every", DAY_S, &every, e);
	if (rc)
		return rc;
	if (every < 1)
		return err_set(e, ERR_USAGE, _("--every is at least 1 "
		    "second"));
	o.every_ms = every * 1000;
	o.sync.notes = &notes;
	node_close(c->node);
	c->node = NULL;
	c->catalogue = NULL;
	rc = watch_run(c->dir, &o, e);
	buf_release(&notes);
	return rc;
}
