"""Which rows a proof may have, and what they hang on: the second half of docs/format-proof.md, for check.py."""
import json, struct, time
import ed25519
from commit import H, S, b64, need, num, tree

U64 = struct.Struct('>Q').pack
CHANGES = ('edit', 'transition', 'erase')

class Proof:
    def __init__(self, org, kind, ident, chains):
        self.org, self.kind, self.ident, self.chains, self.carrier = org, kind, ident, chains, None
        need(chains and chains[0]['name'] == 'hq/all', 'hq/all comes first')
        order = [ch['order'] for ch in chains]
        need(order == sorted(set(order)), 'the order of chains')
        self.commits = [c for ch in chains for c in ch['commits']]
        self.rows = [r for c in self.commits for r in c['rows']]
    def of(self, table): return [r for r in self.rows if r['table'] == table]

    def writer(self, c):  # number and branch, by the roster's newest row
        hq = c['chain'][:3] == 'hq/'
        r = max((r for r in self.of('node') if r['v']['code'] == c['author'] and r['v']['kind'] == ('hq' if hq else 'branch')),
            key=lambda r: r['stamp'])
        return r['v']['number'], c['chain'][3:] if hq and c['chain'] != 'hq/all' else r['v']['branch']

    def check(self, tips, state):
        need(len({r['stamp'] for r in self.rows}) == len(self.rows), 'a stamp twice')
        need(all(r['stamp'] & 65535 == self.writer(r['c'])[0] for r in self.rows), "another node's stamp")
        mine = self.of(self.kind)
        need(len(mine) == 1 and mine[0]['stamp'] == self.ident, "the record's own row")
        self.branch = self.writer(mine[0]['c'])[1]
        for ch in self.chains: self.tip(ch, tips != 'none')
        number = self.hangs(tips, state)
        for r in self.rows: need(self.belongs(r, state), 'a row of %s has no place here' % r['table'])
        for r in self.of('transition'): self.step(r)
        return number

    def tip(self, ch, covered):
        need(covered == (ch['tip'] is not None), 'a tip')
        if not covered: return
        seq, sha = num(ch['tip'][0]), b64(ch['tip'][1], 32)
        below, past = [c for c in ch['commits'] if c['seq'] <= seq], [c for c in ch['commits'] if c['seq'] > seq]
        need(not past or len(past) == 1 and ch['name'] == 'hq/all' and not self.carrier, 'a commit past its tip')
        self.carrier = past[0] if past else self.carrier
        need(all(c['sha'] == sha for c in below if c['seq'] == seq), 'another tip')
        root = tree(ch['tree'], [H(b'\0' + c['sha']) for c in below]).hex()
        ch['leaf'] = H(b'\0' + ' '.join((ch['name'], ch['epoch'], str(seq), sha.hex(), root, ch['tip'][2])).encode() + b'\n')

    def hangs(self, tips, state):  # the checkpoint's number; 0: on none
        if tips == 'none': return need(state == 'none', 'a state without a checkpoint')
        def carried(table): return [r['v'] for r in self.of(table) if r['c'] is self.carrier]
        leaves = [ch['leaf'] for ch in sorted(self.chains, key=lambda ch: ch['order'][1:])]
        need([v['root'] for v in carried('checkpoint')] == [tree(tips, leaves)], 'the checkpoint has other tips')
        if state != 'none':
            stamps = sorted(r['stamp'] for r in self.rows if r['table'] in CHANGES)
            leaf = H(b'\0' + U64(self.ident) + H(b''.join(map(U64, stamps))))
            need([v['root'] for v in carried('state')] == [tree(state, [leaf])], 'the checkpoint knew of other changes')
        return carried('checkpoint')[0]['number']

    def about(self, r): return r['table'] in CHANGES + ('attachment', self.kind)
    def belongs(self, r, state):
        t, v, c = r['table'], r['v'], r['c']
        place = 'all' if c['chain'] == 'hq/all' else c['chain'].split('/')[0]
        if self.about(r):
            return (t == self.kind or v['record'] == self.ident) and (place == 'all' or self.writer(c)[1] == self.branch)
        signers, mine = {k['key'] for k in self.commits}, self.of(self.kind)
        return r['open'] and {
            'node': lambda: place == 'all' and (v['kind'] == 'hq' or v['code'] in {k['author'] for k in self.commits}),
            'operator': lambda: place != 'hq' and any(self.operator(s, x) is r for s in self.of('transition') + mine
                for x in ('by', 'operator')[:1 + (s not in mine)]),
            'rotate': lambda: place != 'hq' and v['key'] in signers and v['code'] == c['author'],
            'limit': lambda: place == 'all' and v['key'] in signers,
            'checkpoint': lambda: place == 'all' and (c is self.carrier or c['sha'].hex() in {k['seen'] for k in self.commits}),
            'state': lambda: c is self.carrier and state != 'none' and v['branch'] == self.branch,
            'receipt': lambda: place == 'hq' and any((k['chain'], k['epoch']) == (v['chain'], v['epoch']) and
                v['from_seq'] <= k['seq'] <= v['to_seq'] and any(self.about(x) for x in k['rows']) for k in self.commits),
        }.get(t, lambda: False)()

    def operator(self, step, column='operator'):  # the row that holds for whom it names there
        return max((o for o in self.of('operator') if o['v']['code'] == step['v'].get(column) and
            o['stamp'] < step['stamp'] and o['stamp'] & 65535 == step['stamp'] & 65535), key=lambda o: o['stamp'], default=None)

    def step(self, r):
        v = r['v']
        need(r['open'] and v['type'] == self.kind, 'a step')
        if 'operator' not in v: return
        o, day = self.operator(r)['v'], time.strftime('%Y-%m-%d', time.gmtime((r['stamp'] >> 22) // 1000 + 1577836800))
        need(v['role'] == 'system' or v['role'] in json.loads(o['roles']) and o.get('from', day) <= day <= o.get('to', day),
            'its operator had not the role')
        earlier = [s['stamp'] for s in self.of('transition') if s['c'] is r['c'] and s['stamp'] < r['stamp']]
        old = json.loads(v['replaces']) if 'replaces' in v else [max(earlier, default=self.ident)]
        m = b'wellhead transition 1\0' + S(self.org.encode()) + U64(r['stamp']) + U64(self.ident)
        m += b''.join(S(v.get(x, '').encode()) for x in ('type', 'from', 'to', 'role', 'operator', 'on', 'note'))
        m += struct.pack('>I', len(old)) + b''.join(map(U64, old)) + v['signature'][:32]
        need(ed25519.verify(o['key'], v['signature'][32:], m), "its operator's signature")
        shown = self.content(r)
        need(shown in (None, v['signature'][:32]), 'its operator signed another content')

    def content(self, step):  # its hash; None where not all of it is shown or the signer may not have known it
        edits = sorted((r for r in self.of('edit') if r['stamp'] < step['stamp']), key=lambda r: r['stamp'])
        rows, has = self.of(self.kind) + edits, dict(self.of(self.kind)[0]['h'])
        for r in edits: has[r['v'].get('field')] = r['h'].get('value')
        if self.of('erase') or any(not r['open'] or isinstance(x, bytes) for r in rows for x in r['v'].values()): return None
        if any((r['stamp'] ^ step['stamp']) & 65535 for r in edits): return None
        has = sorted((k.encode(), h) for k, h in has.items() if h and k != 'void')
        return H(b'wellhead record 1\0' + S(self.kind.encode()) + U64(self.ident) + b''.join(S(k) + h for k, h in has))
