#!/usr/bin/env python3
"""Packs and streams that no honest peer sends.

    hostile.py fetch KIND ...       as ssh: answers any fetch with it
    hostile.py push KIND REPO REF   pushes it with git receive-pack
    hostile.py measure COMMAND...   runs it; then "STATUS KILOBYTES", the most
                                    memory that one of its processes took
"""
import hashlib
import os
import resource
import struct
import subprocess
import sys
import zlib

ZERO = "0" * 40
COMMIT = 1
TREE = 2
BLOB = 3
OFS_DELTA = 6


def pkt(data):
    return b"%04x" % (len(data) + 4) + data


def oid(kind, data):
    return hashlib.sha1(b"%s %d\0" % (kind, len(data)) + data)


def varint(n, bits=0, head=0):
    """A pack's object header (bits: its kind's) or a delta's size."""
    first = 4 if bits else 7
    out = []
    c = head | (n & ((1 << first) - 1))
    n >>= first
    while n:
        out.append(c | 0x80)
        c = n & 0x7f
        n >>= 7
    out.append(c)
    return bytes(out)


def header(kind, size):
    return varint(size, 3, kind << 4)


def whole(kind, data):
    return header(kind, len(data)) + zlib.compress(data, 9)


def copies(size, result):
    """A delta that repeats the first `size` bytes up to `result`."""
    out = varint(size) + varint(result)
    step = min(size, 0xffffff)
    while result:
        n = min(step, result)
        out += b"\xff\0\0\0\0" + n.to_bytes(3, "little")
        result -= n
    return out


def pack(objects, count):
    sha = hashlib.sha1()
    for piece in [b"PACK" + struct.pack(">II", 2, count)] + list(objects):
        sha.update(piece)
        yield piece
    yield sha.digest()


def commit_of(tree):
    data = b"tree %s\nauthor TC <TC@x> 1646730902 +0000\ncommitter " \
        b"TC <TC@x> 1646730902 +0000\n\nx\n" % tree.encode()
    return data


def with_commit(tree_data):
    tree = oid(b"tree", tree_data).hexdigest()
    data = commit_of(tree)
    return data, whole(COMMIT, data), whole(TREE, tree_data)


def delta(levels):
    """15 KB that become a gigabyte: each level repeats the one before."""
    parts, sizes = [], [64 << 10, 32 << 20, 1 << 30][:levels + 1]
    parts.append(whole(BLOB, b"\0" * sizes[0]))
    for small, large in zip(sizes, sizes[1:]):
        d = copies(small, large)
        back = len(parts[-1])
        ofs = [back & 0x7f]
        while back >> 7:
            back = (back >> 7) - 1
            ofs.insert(0, 0x80 | (back & 0x7f))
        parts.append(header(OFS_DELTA, len(d)) + bytes(ofs) +
                     zlib.compress(d, 9))
    return parts


def endless(kind, size):
    yield header(kind, size)
    c = zlib.compressobj(9)
    piece = b"\0" * (1 << 20)
    for _ in range(0, size, len(piece)):
        yield c.compress(piece)
    yield c.flush()


def make(kind):
    """The commit that it is all for, the pack's pieces."""
    entry = b"100644 changeset\0" + hashlib.sha1(b"x").digest()
    data, commit, tree = with_commit(entry)
    if kind == "delta":
        parts = delta(2)
        return data, pack([commit, tree] + parts, 2 + len(parts))
    if kind == "blob":
        def objects():
            yield commit
            yield tree
            yield from endless(BLOB, 1 << 30)
        return data, pack_stream(objects(), 3)
    if kind == "tree":
        entries = b"".join(b"100644 %08d\0" % i + bytes(20)
                           for i in range(1000000))
        data, commit, tree = with_commit(entries)
        return data, pack([commit, tree], 2)
    if kind == "count":
        return data, pack([commit, tree], 2000000000)
    raise SystemExit("no such kind: " + kind)


def pack_stream(objects, count):
    yield b"PACK" + struct.pack(">II", 2, count)
    yield from objects
    yield bytes(20)


def sideband(out, pieces, band=b"\1"):
    for piece in pieces:
        for at in range(0, len(piece), 60000):
            out.write(pkt(band + piece[at:at + 60000]))
    out.write(b"0000")
    out.flush()


def read_pkt():
    n = int(sys.stdin.buffer.read(4) or b"0", 16)
    return sys.stdin.buffer.read(n - 4) if n else b""


def fetch(kind):
    out = sys.stdout.buffer
    data, pieces = make(kind if kind in ("delta", "blob", "tree", "count")
                        else "count")
    tip = oid(b"commit", data).hexdigest()
    if kind == "refs":
        for i in range(10000000):
            out.write(pkt(b"%040x refs/heads/node/TC/%08x\n" % (i + 1, i)))
        out.write(b"0000")
        return
    out.write(pkt(b"%s refs/heads/hq/all\0 shallow side-band-64k\n" %
                  tip.encode()) + b"0000")
    out.flush()
    lines = [read_pkt() for _ in range(2)]
    while not lines[-1].startswith(b"done"):
        lines.append(read_pkt())
    if any(line.startswith(b"deepen") for line in lines):
        out.write(b"0000")
    out.write(pkt(b"NAK\n"))
    if kind == "talk":
        sideband(out, (b"busy, busy\n" * 5000 for _ in range(1 << 40)),
                 b"\2")
    sideband(out, pieces)
    sys.stdin.buffer.read()


def push(kind, repo, ref):
    data, pieces = make(kind)
    tip = oid(b"commit", data).hexdigest()
    p = subprocess.Popen(["git", "receive-pack", repo],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(pkt(b"%s %s %s\0report-status\n" %
                      (ZERO.encode(), tip.encode(), ref.encode())) + b"0000")
    try:
        for piece in pieces:
            p.stdin.write(piece)
        p.stdin.close()
    except BrokenPipeError:
        pass
    sys.stdout.buffer.write(p.stdout.read())
    sys.exit(p.wait())


def measure(command):
    status = subprocess.run(command).returncode
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(status, most)


if sys.argv[1] == "measure":
    measure(sys.argv[2:])
elif sys.argv[1] == "fetch":
    try:
        fetch(sys.argv[2])
    except (BrokenPipeError, ValueError):
        os._exit(1)
else:
    push(*sys.argv[2:5])
