"""What the checks share: numbers, trees, a changeset's commit, the keys that may sign it.
docs/format-proof.md, docs/format-commit.md, docs/format-trust.md."""
import base64, hashlib, re, struct, subprocess, tempfile

def H(b): return hashlib.sha256(b).digest()
def S(b): return struct.pack('>I', len(b)) + b
def need(ok, why):
    if not ok: raise ValueError(why)
def num(s): return int(s) if re.fullmatch('0|[1-9][0-9]{0,17}', s) else need(0, 'a number')
def b64(s, n=None):
    b = base64.urlsafe_b64decode(s + '=' * (-len(s) % 4))
    need(base64.urlsafe_b64encode(b).decode().rstrip('=') == s and n in (None, len(b)), 'base64url')
    return b

def tree(words, leaves):
    stack, leaves, joined = [], list(leaves), True
    for w in words.split(' '):
        if len(w) > 2 or w == '=': stack.append((leaves.pop(0), True) if w == '=' else (b64(w, 32), False))
        else:
            need(not joined and re.fullmatch('[1-9][0-9]?', w) and int(w) <= 64, 'a tree')
            for _ in range(int(w)):
                (r, b), (l, a) = stack.pop(), stack.pop()
                need(a or b, 'a tree')
                stack.append((H(b'\1' + l + r), True))
        joined = len(w) < 3 and w != '='
    need(len(stack) == 1 and stack[0][1] and not leaves, 'a tree')
    return stack[0][0]

def armor(key, sig):
    name = S(b'ssh-ed25519')
    blob = b'SSHSIG\0\0\0\1' + S(name + S(key)) + S(b'git') + S(b'') + S(b'sha512') + S(name + S(sig))
    a = base64.b64encode(blob).decode()
    lines = ''.join(a[i:i + 70] + '\n' for i in range(0, len(a), 70))
    return '-----BEGIN SSH SIGNATURE-----\n' + lines + '-----END SSH SIGNATURE-----\n'

def signed(who, key, sig, message):  # the very thing that `git verify-commit` asks
    with tempfile.TemporaryDirectory() as d:
        public = base64.b64encode(S(b'ssh-ed25519') + S(key)).decode()
        with open(d + '/keys', 'w') as f: f.write('%s namespaces="git" ssh-ed25519 %s\n' % (who, public))
        with open(d + '/sig', 'w') as f: f.write(armor(key, sig))
        ask = ['ssh-keygen', '-Y', 'verify', '-f', d + '/keys', '-I', who, '-n', 'git', '-s', d + '/sig']
        return subprocess.run(ask, input=message, capture_output=True).returncode == 0

def content(c, org):  # who, the signed text, and the commit as git has it
    who = '%s@%s' % (c['author'], org[:16])
    top = 'tree %s\n%s' % (c['tree'], 'parent %s\n' % c['parent'] if c['parent'] else '')
    top += ''.join('%s %s <%s> %d +0000\n' % (w, c['author'], who, c['at']) for w in ('author', 'committer'))
    trailers = (('Format', 1), ('Org', org), ('Chain', '%s/%s' % (c['chain'], c['epoch'])), ('Seq', c['seq']),
        ('Prev', c['prev']), ('Payload', '%s %d' % (c['payload'], c['raw'])), ('Root', c['root']), ('Dict', c['dict']),
        ('Seen', c['seen']), ('Key', c['seal']))
    end = '\n%s\n\n' % c['subject'] + ''.join('Wellhead-%s: %s\n' % t for t in trailers)
    signature = 'gpgsig ' + armor(c['key'], c['sig']).replace('\n', '\n ')[:-1]
    return who, (top + end).encode(), (top + signature + end).encode()

class Keys:
    """What the rows above have said of who may sign."""
    def __init__(self, root):
        self.root, self.hq, self.given, self.limits, self.gone = root, None, set(), [], {}
    def may(self, c):
        kind, code = c['chain'].split('/', 1)
        if c['chain'] == 'hq/all' and c['seq'] == 1: need(c['key'] == self.root, 'the root key did not sign it')
        else: need((self.hq if kind == 'hq' else code, kind == 'hq', c['key']) in self.given, 'its key may not sign this chain')
        need(c['seq'] <= self.gone.get((c['chain'], c['epoch'], c['key']), c['seq']), 'its key had been given up')
    def learn(self, c, table, v):
        place = c['chain']
        if table == 'node':
            need(place == 'hq/all' and len(v['key']) == 32, 'a row of the roster')
            self.hq = self.hq or v['code']
            self.given.add((v['code'], v['kind'] == 'hq', v['key']))
        if table == 'rotate':
            need(len(v['key']) == 32 and (place == 'hq/all' or place == 'node/' + v['code'] and v['code'] != self.hq), 'a new key')
            self.given.add((v['code'], v['code'] == self.hq, v['key']))
            self.gone[place, c['epoch'], c['key']] = c['seq']
        if table == 'limit':
            need(place == 'hq/all', 'a limit')
            self.limits.append((v['stamp'], v['key'], v['chain'], v['epoch'], v['after']))
    def limited(self, c):
        mine = [l for l in self.limits if l[1] == c['key']]
        here = [l for l in mine if l[2:4] == (c['chain'], c['epoch'])]
        need(not mine or here and max(here)[4] >= c['seq'], 'its key was ended before it')
