#!/usr/bin/env python3
"""A bad link: a TCP proxy on loopback that is slow, far, stalls and breaks.

    proxy.py --to PORT --state FILE [--rate BYTES] [--delay MS]
        [--cut-at N] [--cut-every SECONDS] [--stall-at N]

FILE gets one line, rewritten as things happen:
    PORT UP DOWN CONNECTIONS CUTS
where it listens, the bytes that came from the client and from the server,
how often it was connected to, how often it cut. --rate is bytes a second each
way; --delay is one way. --cut-at and --stall-at count all bytes, both ways,
and happen once: a cut resets what is open, a stall passes nothing more on.
It ends with its parent or at SIGTERM.
"""
import argparse
import os
import queue
import socket
import struct
import threading
import time

PIECE = 1400


class Proxy:
    def __init__(self, options):
        self.o = options
        self.lock = threading.Lock()
        self.telling = threading.Lock()
        self.moved = [0, 0]
        self.connections = self.cuts = 0
        self.free = [0.0, 0.0]      # when the line is free, each way
        self.open = set()
        self.stalled = threading.Event()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(20)
        self.tell()

    def tell(self):
        text = "%d %d %d %d %d\n" % (self.listener.getsockname()[1],
                                     *self.moved, self.connections, self.cuts)
        with self.telling:
            with open(self.o.state + ".new", "w") as f:
                f.write(text)
            os.rename(self.o.state + ".new", self.o.state)

    def cut(self):
        with self.lock:
            pairs, self.open = self.open, set()
            self.cuts += 1 if pairs else 0
        for pair in pairs:
            for s in pair:
                try:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                s.close()
        self.tell()

    def count(self, way, n):
        """How many of n bytes pass before something happens."""
        with self.lock:
            before = sum(self.moved)
            self.moved[way] += n
            after = before + n
        for at, act in ((self.o.cut_at, self.cut),
                        (self.o.stall_at, self.stalled.set)):
            if at is not None and before < at <= after:
                return at - before, act
        return n, None

    def pace(self, way, n):
        if self.o.rate:
            with self.lock:
                start = max(time.monotonic(), self.free[way])
                self.free[way] = start + n / self.o.rate
            time.sleep(max(0, self.free[way] - time.monotonic()))

    def read(self, way, src, line):
        try:
            while True:
                data = src.recv(PIECE)
                if not data:
                    break
                self.pace(way, len(data))
                n, act = self.count(way, len(data))
                line.put((time.monotonic() + self.o.delay / 1000, data[:n]))
                if act:
                    time.sleep(self.o.delay / 1000 + 0.02)
                    act()
        except OSError:
            pass
        line.put((time.monotonic() + self.o.delay / 1000, b""))

    def write(self, dst, line):
        try:
            while True:
                due, data = line.get()
                time.sleep(max(0, due - time.monotonic()))
                if self.stalled.is_set():
                    threading.Event().wait()
                if not data:
                    dst.shutdown(socket.SHUT_WR)
                    break
                dst.sendall(data)
        except OSError:
            pass

    def serve(self, client):
        server = socket.create_connection(("127.0.0.1", self.o.to))
        for s in (client, server):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = (client, server)
        with self.lock:
            self.open.add(pair)
            self.connections += 1
        threads = []
        for way, (src, dst) in enumerate((pair, pair[::-1])):
            line = queue.Queue(64)
            threads += [threading.Thread(target=self.read, daemon=True,
                                         args=(way, src, line)),
                        threading.Thread(target=self.write, daemon=True,
                                         args=(dst, line))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        with self.lock:
            self.open.discard(pair)
        for s in pair:
            s.close()
        self.tell()

    def clock(self):
        parent, next_cut = os.getppid(), time.monotonic()
        while os.getppid() == parent:
            time.sleep(0.1)
            self.tell()
            if self.o.cut_every:
                if time.monotonic() - next_cut >= self.o.cut_every:
                    next_cut += self.o.cut_every
                    self.cut()
        os._exit(0)

    def run(self):
        threading.Thread(target=self.clock, daemon=True).start()
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,),
                             daemon=True).start()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--to", type=int, required=True)
    p.add_argument("--state", required=True)
    p.add_argument("--rate", type=float, default=0)
    p.add_argument("--delay", type=float, default=0)
    p.add_argument("--cut-at", type=int)
    p.add_argument("--cut-every", type=float)
    p.add_argument("--stall-at", type=int)
    Proxy(p.parse_args()).run()


main()
