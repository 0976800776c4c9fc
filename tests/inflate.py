# Objects as `git cat-file --batch` gives them, each once more inflated if it
# is a zlib stream, with the dictionary of the file or without one.
import sys
import zlib

dictionary = open(sys.argv[1], "rb").read()
source, out = sys.stdin.buffer, sys.stdout.buffer
while head := source.readline():
    blob = source.read(int(head.split()[2]))
    source.read(1)
    out.write(blob)
    for how in (zlib.decompressobj(zdict=dictionary), zlib.decompressobj()):
        try:
            out.write(how.decompress(blob))
        except zlib.error:
            pass
