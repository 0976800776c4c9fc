"""Tamper with proofs and repositories in many ways; wellhead and docs/audit/check.py must refuse every one.
usage: tamper.py WELLHEAD proofs COUNT FILE...       (all of them good)
       tamper.py WELLHEAD repository COUNT HQ ROOT OTHER.git
The seed is printed; WELLHEAD_SEED gives it back."""
import contextlib, io, os, random, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../docs/audit'))
import check
import check_repo

CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_ =\\\n\té中'

def flip(r, p, q):          # one character
    i = r.randrange(len(p))
    return p[:i] + r.choice(CHARS) + p[i + 1:]
def flip_word(r, p, q):     # … of a line of a kind chosen first, so that each kind has its share
    lines = p.split('\n')
    kind = r.choice(sorted({l.split(' ')[0] for l in lines if l}))
    i = r.choice([k for k, l in enumerate(lines) if l.split(' ')[0] == kind])
    words = lines[i].split(' ')
    w = r.randrange(len(words))
    c = r.randrange(len(words[w]) + 1)
    words[w] = words[w][:c] + r.choice(CHARS[:64]) + words[w][c + r.randrange(2):]
    lines[i] = ' '.join(words)
    return '\n'.join(lines)
def number(r, p, q):        # a number one more
    at = [i for i, c in enumerate(p) if c.isdigit()]
    i = r.choice(at)
    return p[:i] + str((int(p[i]) + r.choice((1, 9))) % 10) + p[i + 1:]
def drop(r, p, q):
    lines = p.split('\n')
    i = r.randrange(len(lines) - 1)
    return '\n'.join(lines[:i] + lines[i + r.randrange(1, 4):])
def twice(r, p, q):
    lines = p.split('\n')
    i = r.randrange(len(lines) - 1)
    return '\n'.join(lines[:i + 1] + lines[i:])
def swap(r, p, q):
    lines = p.split('\n')
    i, k = r.randrange(len(lines) - 1), r.randrange(len(lines) - 1)
    lines[i], lines[k] = lines[k], lines[i]
    return '\n'.join(lines)
def cut(r, p, q):
    return p[:r.randrange(len(p))]
def more(r, p, q):
    return p + r.choice(('\n', ' ', 'end\n', 'x', p, q))
def splice_line(r, p, q):   # a line of another proof in the place of one of the same kind
    lines, others = p.split('\n'), q.split('\n')
    i = r.randrange(len(lines) - 1)
    same = [l for l in others if l.split(' ')[0] == lines[i].split(' ')[0]]
    lines[i] = r.choice(same or others)
    return '\n'.join(lines)
def words(r, p, q):         # a word of one line into another of its kind
    lines = p.split('\n')
    i = r.randrange(len(lines) - 1)
    a = lines[i].split(' ')
    b = r.choice([l for l in lines if l.split(' ')[0] == a[0]]).split(' ')
    w = r.randrange(len(a))
    a[w] = b[w] if w < len(b) else a[w]
    lines[i] = ' '.join(a)
    return '\n'.join(lines)
def blocks(p):
    out = []
    for line in p.split('\n'):
        if not out or line.split(' ')[0] in ('chain', 'commit', 'row', 'tree', 'tip', 'tips', 'state'):
            out.append([])
        out[-1].append(line)
    return out
def splice_block(r, p, q):  # whole rows, commits, trees of another record, checkpoint, organisation
    a, b = blocks(p), blocks(q)
    i, k = r.randrange(1, len(a)), r.randrange(1, len(b))
    n = r.randrange(1, 4)
    a[i:i + r.choice((0, 1, n))] = b[k:k + n]
    return '\n'.join('\n'.join(x) for x in a)
def no_block(r, p, q):
    a = blocks(p)
    i = r.randrange(1, len(a))
    del a[i:i + r.randrange(1, 4)]
    return '\n'.join('\n'.join(x) for x in a)
WAYS = (flip, flip_word, flip_word, number, drop, twice, swap, cut, more, splice_line, splice_line, words, splice_block,
    splice_block, no_block)

def script_takes(f, *args):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            f(*args)
        return True
    except Exception:
        return False
def program_takes(*args):
    return subprocess.run(args, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60).returncode

def proofs(wellhead, count, files):
    r = random.Random(SEED)
    good = [open(f).read() for f in files]
    for f in files:
        assert program_takes(wellhead, 'check', f) == 0 and script_takes(check.main, f), 'a good one is refused: ' + f
    ways = dict.fromkeys((w.__name__ for w in WAYS), 0)
    for n in range(count):
        way = r.choice(WAYS)
        p = way(r, r.choice(good), r.choice(good))
        if p in good: continue
        ways[way.__name__] += 1
        with open('tampered', 'w', newline='') as f: f.write(p)
        c, py = program_takes(wellhead, 'check', 'tampered'), script_takes(check.main, "tampered")
        if c != 1 or py:
            sys.exit('tampered proof %d (%s): check gave %d, check.py %s; see ./tampered' % (n, way.__name__, c, py))
    print(sum(ways.values()), 'tampered proofs refused:', ways)

# ---- repositories ----

def git(repo, *args, data=None):
    return subprocess.run(['git', '-C', repo] + list(args), input=data, check=True, capture_output=True).stdout
def put(repo, kind, data):
    return git(repo, 'hash-object', '-w', '-t', kind, '--literally', '--stdin', data=data).decode().strip()
def parts(repo, oid):
    commit = git(repo, 'cat-file', 'commit', oid)
    tree = commit[5:45].decode()
    return commit, tree, git(repo, 'cat-file', 'blob', tree + ':changeset')
def bent(r, data):
    i = r.randrange(len(data))
    return data[:i] + bytes([data[i] ^ 1 << r.randrange(8)]) + data[i + 1:]
def set_ref(repo, ref, oid):    # git itself would refuse some of these
    with open(os.path.join(repo, ref), 'w') as f: f.write(oid + '\n')
def tree_of(repo, blob, name=b'changeset', mode=b'100644', extra=b''):
    return put(repo, 'tree', mode + b' ' + name + b'\0' + bytes.fromhex(blob) + extra)

def bend_commit(r, repo, tips, ref, other):
    return put(repo, 'commit', bent(r, parts(repo, tips[ref])[0]))
def bend_payload(r, repo, tips, ref, other):
    commit, tree, blob = parts(repo, tips[ref])
    return put(repo, 'commit', commit.replace(tree.encode(), tree_of(repo, put(repo, 'blob', bent(r, blob))).encode()))
def bend_tree(r, repo, tips, ref, other):
    commit, tree, blob = parts(repo, tips[ref])
    b = put(repo, 'blob', blob)
    t = r.choice((tree_of(repo, b, name=b'changeseT'), tree_of(repo, b, mode=b'100755'), tree_of(repo, b, extra=b'100644 x\0' + bytes.fromhex(b))))
    return put(repo, 'commit', commit.replace(tree.encode(), t.encode()))
def repeat(r, repo, tips, ref, other):
    commit = parts(repo, tips[ref])[0]
    head, tail = commit.split(b'author ', 1)
    return put(repo, 'commit', head[:46] + b'parent ' + tips[ref].encode() + b'\nauthor ' + tail)
def skip(r, repo, tips, ref, other):
    log = git(repo, 'rev-list', '--first-parent', tips[ref]).decode().split()
    if len(log) < 3: return None
    commit = parts(repo, log[0])[0]
    return put(repo, 'commit', commit.replace(log[1].encode(), log[2].encode()))
def graft(r, repo, tips, ref, other):
    return r.choice([t for name, t in tips.items() if name != ref])
def foreign(r, repo, tips, ref, other):
    git(repo, '-c', 'protocol.file.allow=always', 'fetch', '-q', other, '+refs/heads/*:refs/other/*')
    return r.choice(git(repo, 'for-each-ref', '--format=%(objectname)', 'refs/other').decode().split())
REPO_WAYS = (bend_commit, bend_commit, bend_payload, bend_payload, bend_tree, repeat, skip, graft, foreign)

def repository(wellhead, count, hq, root, other):
    r, repo = random.Random(SEED), os.path.join(hq, 'repo.git')
    def both():
        return program_takes(wellhead, '-C', hq, 'verify'), script_takes(check_repo.main, repo, root)
    assert both() == (0, True), 'a good repository is refused'
    tips = dict(l.split() for l in git(repo, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads').decode().splitlines())
    done = 0
    for n in range(count):
        way, ref = r.choice(REPO_WAYS), r.choice(sorted(tips))
        oid = way(r, repo, tips, ref, other)
        if not oid or oid == tips[ref]: continue
        set_ref(repo, ref, oid)
        c, py = both()
        set_ref(repo, ref, tips[ref])
        done += 1
        if c != 1 or py:
            sys.exit('tampered repository %d (%s of %s): verify gave %d, check.py %s' % (n, way.__name__, ref, c, py))
    assert both() == (0, True), 'the repository was not put back'
    print(done, 'tampered repositories refused')

if __name__ == '__main__':
    SEED = int(os.environ.get('WELLHEAD_SEED', time.time_ns() % 2**32))
    print('WELLHEAD_SEED=%d' % SEED)
    if sys.argv[2] == 'proofs': proofs(sys.argv[1], int(sys.argv[3]), sys.argv[4:])
    else: repository(sys.argv[1], int(sys.argv[3]), *sys.argv[4:])
