#!/usr/bin/env python3
"""Check a proof of one record without wellhead, as docs/format-proof.md says it.
usage: check.py PROOF [ROOT-KEY] | check.py [--repo] REPO.git ROOT-KEY    ROOT-KEY: "ssh-ed25519 AAAA...", or the AAAA... of it
Needs Python 3 and ssh-keygen; --repo (check_repo.py) also git. Exit status 0: all of it holds."""
import base64, os, re, struct, sys
sys.dont_write_bytecode = True
import check_proof
from commit import H, Keys, S, b64, content, need, num, signed, tree

LINE, DIGITS, U64 = [0], '0123456789ABCDEFGHJKMNPQRSTVWXYZ', struct.Struct('>Q').pack

def hash_(s, n=32, none='none'): return none if s == '-' else b64(s, n).hex()
def stamp(s):
    need(re.fullmatch('[0-7][%s]{12}' % DIGITS, s) and s != '0' * 13, 'a stamp')
    return sum(DIGITS.index(c) << 5 * (12 - i) for i, c in enumerate(s))
def text(s):
    t = re.sub(r'\\(\\|x[0-9a-f]{2})', lambda m: '\\' if m[1] == '\\' else chr(int(m[1][1:], 16)), s)
    need(re.sub(r'[\x00-\x1f\x7f\\]', lambda m: '\\\\' if m[0] == '\\' else '\\x%02x' % ord(m[0]), t) == s, 'a text')
    return t
def value(s):  # what it is, and how it is hashed
    if re.fullmatch('i(0|-?[1-9][0-9]{0,18})', s): return int(s[1:]), b'i' + struct.pack('>q', int(s[1:]))
    if re.fullmatch('r[0-9a-f]{16}', s): return s, b'r' + bytes.fromhex(s[1:])
    if s[:1] == 't': return text(s[1:]), b't' + S(text(s[1:]).encode())
    need(s[:1] == 'b', 'a value')
    return b64(s[1:]), b'b' + S(b64(s[1:]))

class Lines:
    def __init__(self, data):
        need(data[-1:] == b'\n' and len(data) <= 1 << 20, 'not whole')
        self.rest = data.decode().split('\n')[:-1]
    def peek(self, w): return self.rest[0].startswith(w + ' ')
    def take(self, w, n):
        LINE[0] += 1
        f = self.rest.pop(0).split(' ', n)
        need(len(f) == n + 1 and f[0] == w and '' not in f[:-1], 'not the line that belongs here')
        return f[1:]

def row(lines, c):
    table, at, key = lines.take('row', 3)
    r, commitments, key = dict(table=table, stamp=stamp(at), open=key != '-', c=c, v={}, h={}), [], key != '-' and b64(key, 32)
    while lines.peek('value') or lines.peek('hidden'):
        if lines.peek('hidden'):
            need(not key, 'a value')
            commitments.append(b64(lines.take('hidden', 1)[0], 32))
            continue
        column, salt, v = lines.take('value', 3)
        need((salt == '-') == bool(key), 'a salt')
        r['v'][column], r['h'][column] = value(v)
        name = S(column.encode())
        commitments.append(H((H(key + name)[:16] if key else b64(salt, 16)) + name + r['h'][column]))
    need(commitments, 'a row without values')
    r['leaf'], r['v']['stamp'] = H(b'\0' + S(table.encode()) + U64(r['stamp']) + b''.join(commitments)), r['stamp']
    return r

def commit(lines, ch, org, keys):
    f = lines.take('commit', 14)
    c = dict(chain=ch['name'], epoch=ch['epoch'], seq=num(f[0]), at=num(f[1]), tree=b64(f[2], 20).hex(), parent=hash_(f[3], 20, ''),
        prev=hash_(f[4]), payload=b64(f[5], 32).hex(), raw=num(f[6]), root=b64(f[7], 32).hex(), dict=num(f[8]), seen=hash_(f[9]),
        seal=hash_(f[10]), key=b64(f[11], 32), sig=b64(f[12], 64), subject=text(f[13]), rows=[])
    while lines.peek('row'): c['rows'].append(row(lines, c))
    keys.hq = keys.hq or [r['v']['code'] for r in c['rows'] if r['table'] == 'node'][0]
    c['author'] = keys.hq if c['chain'][:3] == 'hq/' else c['chain'][5:]
    keys.may(c)
    who, message, whole = content(c, org)
    need(signed(who, c['key'], c['sig'], message), 'its signature')
    need(tree(lines.take('tree', 1)[0], [r['leaf'] for r in c['rows']]).hex() == c['root'], 'its rows')
    last = ch['commits'][-1] if ch['commits'] else dict(seq=0)
    need(c['seq'] > last['seq'] and (c['seq'] > last['seq'] + 1 or not last['seq'] or c['prev'] == last['sha'].hex()), 'its order')
    need(c['chain'] != 'hq/all' or last['seq'] or c['seq'] == 1, 'the root key\'s changeset is missing')
    c['sha'] = H(whole)
    for r in c['rows']:
        if r['open']: keys.learn(c, r['table'], r['v'])
    return c

def chain(lines, org, keys):
    name, epoch = lines.take('chain', 2)
    need(re.fullmatch('(node|hq)/[A-Za-z0-9_-][A-Za-z0-9._-]{0,15}', name) and re.fullmatch('[0-9a-f]{32}', epoch), 'a chain')
    ch = dict(name=name, epoch=epoch, order=(name != 'hq/all', name, epoch), commits=[], tip=None)
    while lines.peek('commit'): ch['commits'].append(commit(lines, ch, org, keys))
    need(ch['commits'], 'a chain without commits')
    if lines.rest[0] == 'tip none': lines.take('tip', 1)
    else: ch['tip'], ch['tree'] = lines.take('tip', 3), lines.take('tree', 1)[0]
    return ch

def main(path, known=None):
    with open(path, 'rb') as f: lines = Lines(f.read())
    need(lines.take('wellhead', 2) == ['proof', '1'], 'another version')
    org, root, (kind, ident) = lines.take('org', 1)[0], b64(lines.take('root', 1)[0], 32), lines.take('record', 2)
    need(H(root).hex()[:32] == org and known in (None, root), 'another root key')
    keys, chains, ident = Keys(root), [], stamp(ident)
    while lines.peek('chain'): chains.append(chain(lines, org, keys))
    tips, state = lines.take('tips', 1)[0], lines.take('state', 1)[0]
    need(lines.rest == ['end'], 'the end')
    for ch in chains:
        for c in ch['commits']: keys.limited(c)
    number = check_proof.Proof(org, kind, ident, chains).check(tips, state)
    print('%s: good: %s, %s' % (path, kind, 'as of checkpoint %d' % number if number else 'no checkpoint'))

if __name__ == '__main__':
    try:
        if sys.argv[1:2] != ['--repo'] and os.path.isdir(sys.argv[1]): sys.argv.insert(1, '--repo')
        if sys.argv[1:2] == ['--repo']:
            import check_repo
            check_repo.main(*sys.argv[2:])
        else: main(sys.argv[1], *[base64.b64decode(k.split()[-1])[-32:] for k in sys.argv[2:]])
    except Exception as e:  # whatever it is: it fails closed
        sys.exit('%s: %s%s: refused' % (sys.argv[1:], 'line %d: ' % LINE[0] if LINE[0] else '', e or type(e).__name__))
