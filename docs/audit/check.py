#!/usr/bin/env python3
"""Check a proof of one record without wellhead, as docs/format-proof.md says it.
usage: check.py PROOF [ROOT-KEY] | check.py --repo REPO.git ROOT-KEY    ROOT-KEY: the AAAA... of "ssh-ed25519 AAAA..."
Needs Python 3 and ssh-keygen; --repo (check_repo.py) also git. Exit status 0: all of it holds."""
import base64, hashlib, json, re, struct, subprocess, sys, tempfile, time
sys.dont_write_bytecode = True
import ed25519
WHERE, DIGITS = '', '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
H, U64, S = (lambda b: hashlib.sha256(b).digest()), struct.Struct('>Q').pack, lambda b: struct.pack('>I', len(b)) + b

def need(ok, why):
    if not ok: raise ValueError(why)
def b64(s, n=None):
    b = base64.urlsafe_b64decode(s + '=' * (-len(s) % 4))
    need(base64.urlsafe_b64encode(b).decode().rstrip('=') == s and n in (None, len(b)), 'base64')
    return b
def num(s): return int(s) if re.fullmatch('0|[1-9][0-9]{0,17}', s) else need(0, 'number')
def stamp(s):
    need(re.fullmatch('[0-7][%s]{12}' % DIGITS, s) and s != '0' * 13, 'stamp')
    n = 0
    for c in s: n = n * 32 + DIGITS.index(c)
    return n
def text(s):
    t = re.sub(r'\\(\\|x[0-9a-f]{2})', lambda m: '\\' if m[1] == '\\' else chr(int(m[1][1:], 16)), s)
    need(re.sub(r'[\x00-\x1f\x7f\\]', lambda m: '\\\\' if m[0] == '\\' else '\\x%02x' % ord(m[0]), t) == s, 'text')
    return t
def value(s):  # what it is, and how it is hashed
    if s[:1] == 'i' and re.fullmatch('i(0|-?[1-9][0-9]{0,18})', s): return int(s[1:]), b'i' + struct.pack('>q', int(s[1:]))
    if s[:1] == 'r' and re.fullmatch('r[0-9a-f]{16}', s): return s, b'r' + bytes.fromhex(s[1:])
    if s[:1] == 't': return text(s[1:]), b't' + S(text(s[1:]).encode())
    need(s[:1] == 'b', 'value'); return b64(s[1:]), b'b' + S(b64(s[1:]))
def tree(words, leaves):
    stack, leaves, joined = [], list(leaves), True
    for w in words.split(' '):
        if len(w) < 3 and w != '=':
            need(not joined and re.fullmatch('[1-9][0-9]?', w) and int(w) <= 64, 'tree'); joined = True
            for _ in range(int(w)):
                (r, b), (l, a) = stack.pop(), stack.pop(); need(a or b, 'tree'); stack.append((H(b'\1' + l + r), True))
        else: stack.append((leaves.pop(0), True) if w == '=' else (b64(w, 32), False)); joined = False
    need(len(stack) == 1 and stack[0][1] and not leaves, 'tree'); return stack[0][0]

def armor(key, sig):
    name = S(b'ssh-ed25519'); a = base64.b64encode(b'SSHSIG\0\0\0\1' + S(name + S(key)) + S(b'git') + S(b'') + S(b'sha512') + S(name + S(sig))).decode()
    return '-----BEGIN SSH SIGNATURE-----\n' + ''.join(a[i:i + 70] + '\n' for i in range(0, len(a), 70)) + '-----END SSH SIGNATURE-----\n'
def signed(who, key, sig, message):  # the very thing that `git verify-commit` asks
    with tempfile.TemporaryDirectory() as d:
        open(d + '/k', 'w').write('%s namespaces="git" ssh-ed25519 %s\n' % (who, base64.b64encode(S(b'ssh-ed25519') + S(key)).decode()))
        open(d + '/s', 'w').write(armor(key, sig))
        return not subprocess.run(['ssh-keygen', '-Y', 'verify', '-f', d + '/k', '-I', who, '-n', 'git', '-s', d + '/s'], input=message, capture_output=True).returncode
def content(c, org):  # the signed text, and the commit as git has it
    who = '%s@%s' % (c['author'], org[:16]); top = 'tree %s\n%s' % (c['tree'], 'parent %s\n' % c['parent'] if c['parent'] else '')
    top += ''.join('%s %s <%s> %d +0000\n' % (w, c['author'], who, c['at']) for w in ('author', 'committer'))
    end = '\n%s\n\nWellhead-Format: 1\nWellhead-Org: %s\nWellhead-Chain: %s/%s\nWellhead-Seq: %d\nWellhead-Prev: %s\nWellhead-Payload: %s %d\nWellhead-Root: %s\nWellhead-Dict: %d\nWellhead-Seen: %s\nWellhead-Key: %s\n' % (
        c['subject'], org, c['chain'], c['epoch'], c['seq'], c['prev'], c['payload'], c['raw'], c['root'], c['dict'], c['seen'], c['seal'])
    return who, (top + end).encode(), (top + 'gpgsig ' + armor(c['key'], c['sig']).replace('\n', '\n ')[:-1] + end).encode()
class Keys:  # who may sign what: docs/format-trust.md
    def __init__(self, root): self.root, self.given, self.limits, self.hq, self.gone = root, set(), [], None, {}
    def may(self, c):
        code = c['chain'].split('/', 1)[1] if c['chain'][:3] != 'hq/' else self.hq
        need(c['key'] == self.root if c['chain'] == 'hq/all' and c['seq'] == 1 else (code, c['chain'][:3] == 'hq/', c['key']) in self.given, 'its key may not sign this chain')
        need(c['seq'] <= self.gone.get((c['chain'], c['epoch'], c['key']), c['seq']), 'its key had been given up')
    def learn(self, c, table, v):
        if table == 'node': need(c['chain'] == 'hq/all' and len(v['key']) == 32, 'node'); self.hq = self.hq or v['code']; self.given.add((v['code'], v['kind'] == 'hq', v['key']))
        if table == 'rotate':
            need(len(v['key']) == 32 and c['chain'] in ('hq/all', 'node/' + v['code']) and (c['chain'] == 'hq/all' or v['code'] != self.hq), 'rotate')
            self.given.add((v['code'], v['code'] == self.hq, v['key'])); self.gone[c['chain'], c['epoch'], c['key']] = c['seq']
        if table == 'limit': need(c['chain'] == 'hq/all', 'limit'); self.limits.append((v['stamp'], v['key'], v['chain'], v['epoch'], v['after']))
    def limited(self, c):
        mine = [l for l in self.limits if l[1] == c['key']]; here = [l for l in mine if l[2:4] == (c['chain'], c['epoch'])]
        need(not mine or here and max(here)[4] >= c['seq'], 'its key was ended before it')

def proof(path, known):
    data = open(path, 'rb').read(); need(data[-1:] == b'\n' and len(data) <= 1 << 20, 'not whole'); lines = data.decode().split('\n')[:-1]
    at = iter(range(len(lines))); here = [next(at)]
    def peek(w): return lines[here[0]].startswith(w + ' ')
    def take(w, n):
        global WHERE; WHERE = 'line %d: ' % (here[0] + 1); f = lines[here[0]].split(' ', n); need(len(f) == n + 1 and f[0] == w and '' not in f[:-1], 'a line is missing'); here[0] = next(at); return f[1:]
    def hash_(s, n=32, none='none'): return none if s == '-' else b64(s, n).hex()
    need(take('wellhead', 2) == ['proof', '1'], 'version'); org = take('org', 1)[0]; root = b64(take('root', 1)[0], 32); kind, ident = take('record', 2); ident = stamp(ident)
    need(H(root).hex()[:32] == org and known in (None, root), 'another root key'); keys, chains, commits, rows, names = Keys(root), [], [], [], set()
    while peek('chain'):
        name, epoch = take('chain', 2); ch = dict(name=name, epoch=epoch, order=(name != 'hq/all', name, epoch), commits=[]); chains.append(ch)
        need(re.fullmatch('(node|hq)/[A-Za-z0-9_-][A-Za-z0-9._-]{0,15}', name) and re.fullmatch('[0-9a-f]{32}', epoch) and (len(chains) < 2 or chains[-2]['order'] < ch['order']), 'chain')
        while peek('commit'):
            f = take('commit', 14); c = dict(chain=name, epoch=epoch, seq=num(f[0]), at=num(f[1]), tree=b64(f[2], 20).hex(), parent=hash_(f[3], 20, ''), prev=hash_(f[4]), payload=b64(f[5], 32).hex(), raw=num(f[6]),
                root=b64(f[7], 32).hex(), dict=num(f[8]), seen=hash_(f[9]), seal=hash_(f[10]), key=b64(f[11], 32), sig=b64(f[12], 64), subject=text(f[13]), rows=[])
            while peek('row'):
                table, st, rk = take('row', 3); r = dict(table=table, stamp=stamp(st), open=rk != '-', c=c, v={}); commitments = []; c['rows'].append(r)
                while peek('value') or peek('hidden'):
                    if peek('hidden'): need(not r['open'], 'hidden'); commitments.append(b64(take('hidden', 1)[0], 32)); continue
                    col, salt, v = take('value', 3); need((salt == '-') == r['open'], 'salt'); r['v'][col], hashed = value(v)
                    commitments.append(H((H(b64(rk, 32) + S(col.encode()))[:16] if r['open'] else b64(salt, 16)) + S(col.encode()) + hashed))
                need(commitments, 'row'); r['leaf'] = H(b'\0' + S(table.encode()) + U64(r['stamp']) + b''.join(commitments)); r['v']['stamp'] = r['stamp']
            keys.hq = keys.hq or [r['v']['code'] for r in c['rows'] if r['table'] == 'node'][0]; c['author'] = keys.hq if name[:3] == 'hq/' else name[5:]; keys.may(c); who, message, whole = content(c, org)
            need(signed(who, c['key'], c['sig'], message), 'signature'); need(tree(take('tree', 1)[0], [r['leaf'] for r in c['rows']]).hex() == c['root'], 'rows'); c['sha'] = H(whole); names.add(c['seen'])
            last = ch['commits'][-1] if ch['commits'] else None; need(not last or c['seq'] > last['seq'] and (c['seq'] > last['seq'] + 1 or c['prev'] == last['sha'].hex()), 'order')
            need(name != 'hq/all' or last or c['seq'] == 1, 'root'); ch['commits'].append(c); commits.append(c); rows += c['rows']
            for r in c['rows']: keys.learn(c, r['table'], r['v']) if r['open'] else None
        need(ch['commits'], 'chain'); ch['tip'] = None if lines[here[0]] == 'tip none' and take('tip', 1) else take('tip', 3); ch['tree'] = ch['tip'] and take('tree', 1)[0]
    need(chains and chains[0]['name'] == 'hq/all', 'hq/all'); tips, state = take('tips', 1)[0], take('state', 1)[0]; need(lines[here[0]] == 'end' and here[0] == len(lines) - 1, 'end')
    for c in commits: keys.limited(c)
    def writer(c): return max((r['stamp'], r['v']['number'], c['chain'][3:] if c['chain'][:3] == 'hq/' and c['chain'] != 'hq/all' else r['v']['branch']) for r in rows if r['table'] == 'node' and r['v']['code'] == c['author'] and r['v']['kind'] == ('hq' if c['chain'][:3] == 'hq/' else 'branch'))
    need(len({r['stamp'] for r in rows}) == len(rows) and all(r['stamp'] & 65535 == writer(r['c'])[1] for r in rows), 'stamps'); carrier = None
    for ch in chains:
        need((tips == 'none') == (ch['tip'] is None), 'tip')
        if not ch['tip']: continue
        seq, sha = num(ch['tip'][0]), b64(ch['tip'][1], 32); past = [c for c in ch['commits'] if c['seq'] > seq]; below = [c for c in ch['commits'] if c['seq'] <= seq]
        need(not past or carrier is None and ch['name'] == 'hq/all' and len(past) == 1, 'past its tip'); carrier = past[0] if past else carrier
        need(all(c['sha'] == sha for c in below if c['seq'] == seq), 'tip'); ch['leaf'] = H(b'\0' + ('%s %s %d %s %s %s\n' % (ch['name'], ch['epoch'], seq, sha.hex(), tree(ch['tree'], [H(b'\0' + c['sha']) for c in below]).hex(), ch['tip'][2])).encode())
    changes = sorted(r['stamp'] for r in rows if r['table'] in ('edit', 'transition', 'erase')); mine = [r for r in rows if r['table'] == kind]; need(len(mine) == 1 and mine[0]['stamp'] == ident, 'record'); branch = writer(mine[0]['c'])[2]
    if tips != 'none': need([r['v']['root'] for r in carrier['rows'] if r['table'] == 'checkpoint'] == [tree(tips, [ch['leaf'] for ch in sorted(chains, key=lambda h: h['order'][1:])])], 'tips')
    if state != 'none': need([r['v']['root'] for r in carrier['rows'] if r['table'] == 'state'] == [tree(state, [H(b'\0' + U64(ident) + H(b''.join(map(U64, changes))))])], 'state')
    steps = [r for r in rows if r['table'] == 'transition']; signers = {c['key'] for c in commits}; about = ('edit', 'transition', 'erase', 'attachment', kind)
    def operator(r): return max((o for o in rows if o['table'] == 'operator' and o['v']['code'] == r['v'].get('operator') and o['stamp'] < r['stamp'] and o['stamp'] & 65535 == r['stamp'] & 65535), key=lambda o: o['stamp'], default=None)
    for r in rows:
        t, v, ch = r['table'], r['v'], r['c']['chain']; place = 'all' if ch == 'hq/all' else ch.split('/')[0]
        need(t in about and (t == kind or v['record'] == ident) and (place == 'all' or writer(r['c'])[2] == branch) or r['open'] and (
            t == 'node' and place == 'all' and (v['kind'] == 'hq' or v['code'] in {c['author'] for c in commits}) or t == 'operator' and place != 'hq' and any(operator(s) is r for s in steps) or
            t == 'rotate' and place != 'hq' and v['key'] in signers and v['code'] == r['c']['author'] or t == 'limit' and place == 'all' and v['key'] in signers or
            t == 'checkpoint' and place == 'all' and (r['c'] is carrier or r['c']['sha'].hex() in names) or t == 'state' and r['c'] is carrier and state != 'none' and v['branch'] == branch or
            t == 'receipt' and place == 'hq' and any((c['chain'], c['epoch']) == (v['chain'], v['epoch']) and v['from_seq'] <= c['seq'] <= v['to_seq'] and any(x['table'] in about for x in c['rows']) for c in commits)), 'a row has no place here')
        if t == 'transition':
            need(r['open'] and v['type'] == kind, 'step')
            if 'operator' not in v: continue
            o, day = operator(r), time.strftime('%Y-%m-%d', time.gmtime((r['stamp'] >> 22) // 1000 + 1577836800)); earlier = [s['stamp'] for s in steps if s['c'] is r['c'] and s['stamp'] < r['stamp']]
            need(v['role'] == 'system' or v['role'] in json.loads(o['v']['roles']) and o['v'].get('from', day) <= day <= o['v'].get('to', day), 'role')
            old = json.loads(v['replaces']) if 'replaces' in v else [max(earlier, default=ident)]
            m = b'wellhead transition 1\0' + S(org.encode()) + U64(r['stamp']) + U64(ident) + b''.join(S(v.get(x, '').encode()) for x in ('type', 'from', 'to', 'role', 'operator', 'on', 'note'))
            need(ed25519.verify(o['v']['key'], v['signature'][32:], m + struct.pack('>I', len(old)) + b''.join(map(U64, old)) + v['signature'][:32]), "the operator's signature")
    print('%s: good: %s, %d changes, %s' % (path, kind, len(changes), 'as of checkpoint %d' % [r['v']['number'] for r in carrier['rows'] if r['table'] == 'checkpoint'][0] if carrier else 'no checkpoint'))

if __name__ == '__main__':
    try:
        if sys.argv[1:2] == ['--repo']:
            import check_repo
            check_repo.main(*sys.argv[2:])
        else: proof(sys.argv[1], base64.b64decode(sys.argv[2])[-32:] if sys.argv[2:] else None)
    except Exception as e:  # whatever it is: it fails closed
        sys.exit('%s: %s%s: refused' % (sys.argv[1:2], WHERE, e or type(e).__name__))
