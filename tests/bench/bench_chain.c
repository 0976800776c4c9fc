/* Chains: verifying beside bare Ed25519 and SHA-256, deflating beside bare zlib, and the
 * cost of one more changeset near the chain's start and far along it.
 */
#include <ftw.h>
#include <sodium.h>
#include <sys/stat.h>

#include "bench.h"
#include "chain_impl.h"
#include "hash.h"
#include "sshsig.h"
#include "transport.h"

#define CHAIN 2000
#define FAR 10000
#define NEAR 10
#define PROBES 31

static size_t probe_files;	/* nftw() hands nothing on */

static void add_one(struct node *n, int i)
{
	const struct type *t = catalogue_type(n->catalogue, "org_unit");
	struct problems p = {0};
	struct err e = {0};
	char code[32];
	json_t *fields;
	stamp_t id;

	snprintf(code, sizeof code, "HB-%d", i);
	fields = json_pack("{ssssssss}", "kind", "partner", "name",
	    "宁波市总工会", "established_on", "2010-01-01", "code", code);
	bench_must(record_add(n->store, t, NULL, fields, "", &id, &p, &e), &e);
	json_decref(fields);
	problems_release(&p);
}

static double seal_one(struct node *n, int i)
{
	struct sealed sealed;
	struct err e = {0};
	double t = bench_now();

	add_one(n, i);
	bench_must(seal_all(n, &sealed, &e), &e);
	return bench_now() - t;
}

/* What Ed25519 signs in an SSHSIG of text. */
static void signed_blob(struct slice text, struct buf *out)
{
	unsigned char hash[SHA512_LEN];

	sha512(text, hash);
	buf_clear(out);
	buf_adds(out, "SSHSIG");
	buf_add_str32(out, slice_str("git"));
	buf_add_str32(out, slice_str(""));
	buf_add_str32(out, slice_str("sha512"));
	buf_add_str32(out, slice_of(hash, sizeof hash));
}

/* The last 64 bytes inside the armour are the signature. */
static void bare_signature(struct slice armored, unsigned char out[64])
{
	struct buf text = BUF_INIT, raw = BUF_INIT;
	size_t i = 0, end = armored.n;

	while (i < armored.n && armored.p[i] != '\n')
		i++;
	for (end--; end > 0 && armored.p[end - 1] != '\n'; end--)
		;
	for (; i < end; i++)
		if (armored.p[i] != '\n')
			buf_addc(&text, armored.p[i]);
	if (!base64_decode(slice_buf(&text), &raw) || raw.n < 64)
		abort();
	memcpy(out, raw.p + raw.n - 64, 64);
	buf_release(&text);
	buf_release(&raw);
}

struct bare {
	struct node *n;
	struct buf blob[CHAIN];		/* what is signed */
	struct buf bytes[CHAIN];	/* what is hashed: commit, payload */
	unsigned char signature[CHAIN][64];
	size_t count;
};

static int take_link(void *arg, const struct changeset_row *r)
{
	struct bare *b = arg;
	struct link l = {0};
	struct err e = {0};

	if (b->count == CHAIN)
		return 1;
	bench_must(repo_read(b->n->repo, r->commit, OBJECT_COMMIT, COMMIT_MAX,
	    &b->bytes[b->count], &e), &e);
	bench_must(link_open(b->n, r->commit, &l, &e), &e);
	bench_must(link_payload(b->n, &l, &e), &e);
	buf_addb(&b->bytes[b->count], slice_buf(&l.payload));
	signed_blob(slice_buf(&l.text), &b->blob[b->count]);
	bare_signature(slice_buf(&l.armored), b->signature[b->count]);
	b->count++;
	link_release(&l);
	return 0;
}

static double bare_seconds(const struct bare *b)
{
	unsigned char sum[SHA256_LEN];
	double t = bench_now();
	size_t i;

	for (i = 0; i < b->count; i++) {
		sha256(slice_buf(&b->bytes[i]), sum);
		if (crypto_sign_verify_detached(b->signature[i], b->blob[i].p,
		    b->blob[i].n, b->n->key.public) != 0)
			abort();
	}
	return bench_now() - t;
}

static int ignore(void *arg, const struct verify_report *r)
{
	*(int64_t *)arg += r->changesets;
	return 0;
}

static void verify_row(const char *what, struct node *n, const struct bare *b,
    const char *wanted)
{
	struct samples ours = {0}, raw = {0};
	struct err e = {0};

	for (int i = 0; i < ROUNDS; i++) {
		double t = bench_now();
		int64_t seen = 0;

		bench_must(verify_chains(n, "node/GQ", false, ignore, &seen,
		    &e), &e);
		bench_sample(&ours, (bench_now() - t) / (double)seen);
		bench_sample(&raw, bare_seconds(b) / (double)b->count);
	}
	bench_row(what, 1 / bench_median(&ours), "changesets/s",
	    "bare Ed25519 and SHA-256", 1 / bench_median(&raw),
	    bench_median(&raw) / bench_median(&ours), wanted);
}

/* The branch's repository holds files, one per object; HQ's holds what one
 * push brought, a pack. */
void bench_chain(void)
{
	static struct bare b;
	struct sync_options o = {0};
	struct synced done;
	struct err e = {0};
	struct node *hq;

	bench_pair("chain", "GQ");
	b.n = bench_open("chain");
	for (int i = 0; i < CHAIN; i++)
		seal_one(b.n, i);
	bench_must(changeset_each(b.n->store, "node/GQ", 1, take_link, &b,
	    &e), &e);
	verify_row("verify, loose objects", b.n, &b, "");
	bench_must(sync_run(b.n, &o, &done, &e), &e);
	hq = bench_open("hq-chain");
	bench_must(ingest_all(hq, "refs/heads/", &done.in, &e), &e);
	verify_row("verify, packed", hq, &b, "(>= 0.8)");
	for (size_t i = 0; i < b.count; i++) {
		buf_release(&b.blob[i]);
		buf_release(&b.bytes[i]);
	}
	node_close(b.n);
	node_close(hq);
}

/* One branch and its HQ, with what one more changeset costs there. */
struct probe {
	struct node *n, *hq;
	char url[600];
	int seq;
	struct samples seal, push, ingest, sync;
};

static void probe_push(struct probe *p)
{
	struct refspec spec = {0};
	struct transfer t = {0};
	struct err e = {0};

	chain_ref("node/GQ", store_identity(p->n->store)->epoch, spec.from);
	memcpy(spec.to, spec.from, sizeof spec.to);
	bench_must(transport_push(repo_path(p->n->repo), p->url, &spec, 1, &t,
	    &e), &e);
}

static void probe_ingest(struct probe *p)
{
	struct ingested got;
	struct err e = {0};

	bench_must(ingest_all(p->hq, "refs/heads/", &got, &e), &e);
}

static void probe_open(struct probe *p, const char *tag, int length)
{
	char hq[64];

	bench_pair(tag, "GQ");
	snprintf(hq, sizeof hq, "hq-%s", tag);
	snprintf(p->url, sizeof p->url, "%s/repo.git", bench_path(hq));
	p->n = bench_open(tag);
	p->hq = bench_open(hq);
	for (; p->seq < length; p->seq++) {
		seal_one(p->n, p->seq);
		if (p->seq % 90 == 0)
			probe_push(p);
		/* as `seal` and `sync` do at their ends */
		node_tidy(p->n);
		if (p->seq % 90 == 0)
			node_tidy(p->hq);
	}
	probe_push(p);
	probe_ingest(p);
	node_tidy(p->hq);
}

/* One new record, and all that `wellhead sync` does. */
static void probe_sync(struct probe *p)
{
	struct sync_options o = {0};
	struct synced s;
	struct err e = {0};
	double at;

	add_one(p->n, p->seq++);
	at = bench_now();
	bench_must(sync_run(p->n, &o, &s, &e), &e);
	bench_sample(&p->sync, bench_now() - at);
	probe_ingest(p);
}

static int count_file(const char *path, const struct stat *st, int kind,
    struct FTW *f)
{
	(void)path;
	(void)st;
	(void)f;
	probe_files += kind == FTW_F;
	return 0;
}

/* Of its repository and of headquarters'. */
static double count_files(const struct probe *p)
{
	probe_files = 0;
	nftw(repo_path(p->n->repo), count_file, 16, FTW_PHYS);
	nftw(repo_path(p->hq->repo), count_file, 16, FTW_PHYS);
	return (double)probe_files;
}

static void probe_once(struct probe *p)
{
	double at;

	bench_sample(&p->seal, seal_one(p->n, p->seq++));
	at = bench_now();
	probe_push(p);
	bench_sample(&p->push, bench_now() - at);
	at = bench_now();
	probe_ingest(p);
	bench_sample(&p->ingest, bench_now() - at);
}

static void length_row(const char *what, struct samples *near,
    struct samples *far)
{
	double a = bench_median(near) * 1e3, b = bench_median(far) * 1e3;

	bench_row(what, b, "ms", "the same at seq 10", a, b / a, "(<= 1.3)");
}

/* A short chain and a long one are probed in turn, so that whatever else the
 * machine does meets both. */
void bench_length(void)
{
	static struct probe near, far;
	int i;

	probe_open(&far, "far", FAR);
	probe_open(&near, "near", NEAR);
	for (i = 0; i < PROBES; i++) {
		probe_once(&near);
		probe_once(&far);
	}
	length_row("add and seal at 10,000", &near.seal, &far.seal);
	for (i = 0; i < PROBES; i++) {
		probe_sync(&near);
		probe_sync(&far);
	}
	length_row("sync of one record at 10,000", &near.sync, &far.sync);
	bench_row("files of two repositories at 10,000", count_files(&far),
	    "files", "objects in them", 6.0 * FAR,
	    count_files(&far) / (6.0 * FAR), "(<= 0.1)");
	length_row("push at 10,000", &near.push, &far.push);
	length_row("ingest at 10,000", &near.ingest, &far.ingest);
	node_close(near.n);
	node_close(near.hq);
	node_close(far.n);
	node_close(far.hq);
}
