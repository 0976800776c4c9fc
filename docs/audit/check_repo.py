"""Every chain of a repository, for check.py --repo: docs/format-commit.md, docs/format-payload.md, docs/format-trust.md.
Objects are read by `git cat-file`."""
import base64, os, re, subprocess, zlib
from commit import H, Keys, content, need, num, signed

DICTIONARY = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'dictionary0.bin'), 'rb').read()
need(H(DICTIONARY).hex().startswith('b349f5d0'), 'dictionary0.bin is not the one in docs/format-payload.md')
COMMIT = re.compile(rb'tree ([0-9a-f]{40})\n(?:parent ([0-9a-f]{40})\n)?author (\S{1,16}) <\S+> (\d+) \+0000\n'
    rb'committer .*\ngpgsig (-----BEGIN SSH SIGNATURE-----\n(?: .*\n)+)\n(.*)\n\nWellhead-Format: 1\nWellhead-Org: ([0-9a-f]{32})\n'
    rb'Wellhead-Chain: (\S+)/([0-9a-f]{32})\nWellhead-Seq: (\d+)\nWellhead-Prev: (\S+)\nWellhead-Payload: ([0-9a-f]{64}) (\d+)\n'
    rb'Wellhead-Root: ([0-9a-f]{64})\nWellhead-Dict: (\d+)\nWellhead-Seen: (\S+)\nWellhead-Key: (\S+)\n')
# The tables that say who may sign: each column's usual class. Changesets with these rows are not sealed.
TABLES = {'node': (('number', 1), ('code', 2), ('branch', 2), ('name', 2), ('key', 4), ('kind', 2)),
    'rotate': (('code', 2), ('key', 4), ('proof', 4)),
    'limit': (('key', 4), ('chain', 2), ('epoch', 2), ('after', 1), ('known', 1), ('why', 2), ('reason', 2))}

def cbor(b, i):
    kind, n, i = b[i] >> 5, b[i] & 31, i + 1
    if kind == 7:
        need(n in (20, 21, 22, 27), 'CBOR')
        return {20: False, 21: True}.get(n), i + (8 if n == 27 else 0)
    if n >= 24:
        need(n < 28, 'CBOR')
        n, i = int.from_bytes(b[i:i + (1 << n - 24)], 'big'), i + (1 << n - 24)
    if kind < 2: return (n, -1 - n)[kind], i
    if kind < 4:
        need(i + n <= len(b), 'CBOR')
        return b[i:i + n] if kind == 2 else b[i:i + n].decode(), i + n
    need(kind == 4, 'CBOR')
    out = []
    for _ in range(n):
        v, i = cbor(b, i)
        out.append(v)
    return out, i

def ints(x, n):
    if not isinstance(x, bytes): return [x] * n if isinstance(x, int) else [x[0] + x[1] * k for k in range(n)]
    out, v, shift = [], 0, 0
    for c in x[1:]:
        v, shift = v | (c & 127) << shift, shift + 7
        if c < 128:
            d, k = (v >> 1) ^ -(v & 1), len(out)
            d += 0 if not x[0] or not k else 2 * out[-1] - out[-2] if x[0] == 2 and k > 1 else out[-1]
            out.append((d + 2**63) % 2**64 - 2**63)
            v = shift = 0
    need(len(out) == n and x[0] < 3, 'a series')
    return out

def texts(x, n):
    if isinstance(x, str): return [x] * n
    out, which, rest = [None] * n, ints(x[1], n), iter(x[2:])
    for t, template in enumerate(x[0]):
        part, rows = re.split('(0{1,18})', template), [k for k in range(n) if which[k] == t]
        digits = [ints(next(rest), len(rows)) for _ in part[1::2]]
        for r, k in enumerate(rows):
            out[k] = ''.join(str(digits[j // 2][r]).zfill(len(p)) if j % 2 else p for j, p in enumerate(part))
    return out

def stream(kind, x, n):
    return ints(x, n) if kind in (1, 6) else texts(x, n) if kind == 2 else x if kind == 4 else need(0, 'a class')
def column(x, n, usual):
    if not isinstance(x, list) or not x or x[0] is not None: return stream(usual, x, n)
    kinds, out, rest = ints(x[1], n), [None] * n, iter(x[2:])
    for kind in sorted(set(kinds) - {0}):
        rows = [k for k in range(n) if kinds[k] == kind]
        for k, v in zip(rows, stream(kind, next(rest), len(rows))): out[k] = v
    return out

def rows(raw):
    d, end = cbor(raw, 0)
    need(end == len(raw) and d[0] == 1, 'payload format')
    for k in range(0, len(d[6]), 3):
        table, n, section = d[6][k], d[6][k + 1], iter(d[7 + k // 3])
        if table not in TABLES: continue
        mask, cells = next(section), [{'stamp': (d[3] + t) << 16 | d[2]} for t in ints(d[6][k + 2], n)]
        for c in range(8 * len(mask)):
            if mask[c // 8] >> c % 8 & 1:
                name, usual = TABLES[table][c - 1]
                for row, v in zip(cells, column(next(section), n, usual)): row[name] = v
        for row in cells: yield table, row

class Repo:
    def __init__(self, path):
        self.path = path
        self.git = subprocess.Popen(['git', '-C', path, 'cat-file', '--batch'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    def read(self, name, kind):
        self.git.stdin.write(name.encode() + b'\n'), self.git.stdin.flush()
        head = self.git.stdout.readline().split()
        need(len(head) == 3 and head[1] == kind.encode(), 'object %s is missing' % name)
        return self.git.stdout.read(int(head[2]) + 1)[:-1]
    def run(self, *args):
        return subprocess.run(['git', '-C', self.path] + list(args), check=True, capture_output=True).stdout.decode().split('\n')[:-1]

def parse(data):
    m = COMMIT.fullmatch(data)
    need(m, 'the commit is not of the format')
    f = [x.decode() if x is not None else '' for x in m.groups()]
    blob = base64.b64decode(''.join(l[1:] for l in f[4].split('\n')[1:-2]))
    return f[6], dict(tree=f[0], parent=f[1], author=f[2], at=num(f[3]), key=blob[33:65], sig=blob[-64:], subject=f[5], chain=f[7],
        epoch=f[8], seq=num(f[9]), prev=f[10], payload=f[11], raw=num(f[12]), root=f[13], dict=num(f[14]), seen=f[15], seal=f[16])

def ended(keys, c):  # revoked, or given up elsewhere: as `wellhead verify`, no fault of what stands before it
    try: keys.limited(c)
    except ValueError as e: return str(e)

def chain(repo, ref, tip, org, keys):
    prev, parent, raws, name, commits = 'none', '', {}, re.sub('^refs/heads/(past/)?', '', ref), []
    for at, oid in enumerate(repo.run('rev-list', '--reverse', '--first-parent', tip), 1):
        try:
            data = repo.read(oid, 'commit')
            its, c = parse(data)
            tree, code = repo.read(c['tree'], 'tree'), name.split('/')[1]
            blob = repo.read(tree[-20:].hex(), 'blob')
            need(tree[:-20] == b'100644 changeset\0' and H(blob).hex() == c['payload'], 'its payload')
            need((c['seq'], c['prev'], c['parent'], its) == (at, prev, parent, org), 'it does not follow')
            need(name in (c['chain'], '%s/%s' % (c['chain'], c['epoch'][:8])) and c['epoch'] == (commits or [c])[0]['epoch'], 'its chain')
            learnt = list(rows(inflate(blob, c, raws))) if c['seal'] == 'none' else []
            keys.hq = keys.hq or [r['code'] for t, r in learnt if t == 'node'][0]
            need(c['author'] == (keys.hq if name[:3] == 'hq/' else code), 'its author')
            if name[:6] != 'hq/all' and ended(keys, c):
                print('%s: after %d: %s' % (name, at - 1, ended(keys, c)))
                break
            keys.may(c)
            who, message, whole = content(c, org)
            need(whole == data and signed(who, c['key'], c['sig'], message), 'its signature')
            for table, row in learnt: keys.learn(c, table, row)
        except Exception as e:
            raise ValueError('%s: changeset %d: %s' % (name, at, e or type(e).__name__))
        prev, parent = H(data).hex(), oid
        commits.append(c)
    print('%s: %d changesets' % (name, len(commits)))
    return commits

def inflate(blob, c, raws):
    z = zlib.decompressobj(zdict=raws[c['dict']][-32768:] if c['dict'] else DICTIONARY)
    raw = raws[c['seq']] = z.decompress(blob, c['raw'] + 1)
    need(len(raw) == c['raw'] and z.eof and not z.unused_data, 'its payload')
    return raw

def main(path, root):
    root = base64.b64decode(root.split()[-1])[-32:]
    repo, keys = Repo(path), Keys(root)
    refs = [l.split(' ') for l in repo.run('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads')]
    for ref, tip in sorted(refs, key=lambda r: (r[0] != 'refs/heads/hq/all', 'hq/all' not in r[0], 'file/' in r[0], r[0])):
        commits = chain(repo, ref, tip, H(root).hex()[:32], keys)
        for c in commits: keys.limited(c)
    need(refs, 'no chains')
