"""Ed25519 (RFC 8032, section 5.1.7) for what operators signed: ssh-keygen verifies no bare signatures."""
import hashlib

P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def mul(n, p):
    r = (0, 1, 1, 0)
    while n:
        r, p, n = add(r, p) if n & 1 else r, add(p, p), n >> 1
    return r

def point(b):
    y = int.from_bytes(b, 'little')
    odd, y = y >> 255, y & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    x = x if x * x % P == xx else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != xx or not x:
        raise ValueError('not a point')
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P

def verify(key, sig, message):
    s = int.from_bytes(sig[32:], 'little')
    k = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), 'little') % Q
    a, b = mul(s, point(bytes([88] + [102] * 31))), add(point(sig[:32]), mul(k, point(key)))
    return len(sig) == 64 and s < Q and not (a[0] * b[2] - b[0] * a[2]) % P and not (a[1] * b[2] - b[1] * a[2]) % P
