"""Anti-entropy as plainly as it can be said: integers, dicts, lists and loops."""

from hashlib import sha256

MASK = 2**64 - 1


def siphash(key, message):
    """SipHash-2-4 of bytes, from the paper's description."""
    words = [int.from_bytes(key[i : i + 8], "little") for i in (0, 8)]
    seed = b"somepseudorandomlygeneratedbytes"
    v = [int.from_bytes(seed[8 * i : 8 * i + 8], "big") ^ words[i % 2] for i in range(4)]
    padded = message + bytes(-(len(message) + 1) % 8) + bytes([len(message) % 256])
    for start in range(0, len(padded), 8):
        word = int.from_bytes(padded[start : start + 8], "little")
        v[3] ^= word
        sip_round(sip_round(v))
        v[0] ^= word
    v[2] ^= 0xFF
    for _ in range(4):
        sip_round(v)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def sip_round(v):
    """One round, in place."""
    for a, b, shift, turn in (
        (0, 1, 13, True),
        (2, 3, 16, False),
        (0, 3, 21, False),
        (2, 1, 17, True),
    ):
        v[a] = (v[a] + v[b]) & MASK
        v[b] = rotated(v[b], shift) ^ v[a]
        if turn:
            v[a] = rotated(v[a], 32)
    return v


def rotated(x, bits):
    return (x << bits | x >> (64 - bits)) & MASK


def union(*stores, is_log=False):
    """What all replicas hold in the end: of every key the newest, or (log) of every number."""
    newest = {}
    for item in (item for store in stores for item in store):
        name = (item.key, item.epoch, item.version) if is_log else item.key
        if name not in newest or item.rank > newest[name].rank:
            newest[name] = item
    return {(item.key, *item.rank) for item in newest.values()}


def coded(elements, places_of, hash_of, m):
    """The first m coded symbols, each [sum of ids, sum of hashes, count]."""
    symbols = [[0, 0, 0] for _ in range(m)]
    for element in elements:
        for place in places_of(element, m):
            add(symbols[place], element, hash_of(element), 1)
    return symbols


def add(symbol, element, hash_, sign):
    symbol[0] = (symbol[0] + sign * element) & MASK
    symbol[1] = (symbol[1] + sign * hash_) & MASK
    symbol[2] += sign


def peel(symbols, places_of, hash_of):
    """Take out elements that stand alone until there are none: (plus, minus, whether all)."""
    found = {1: set(), -1: set()}
    while True:
        for ids, hashes, count in symbols:
            element = ids * count & MASK
            if abs(count) == 1 and hash_of(element) == hashes * count & MASK:
                break
        else:
            return found[1], found[-1], symbols[0] == [0, 0, 0]
        found[count].add(element)
        for place in places_of(element, len(symbols)):
            add(symbols[place], element, hash_of(element), -count)


def tree_hash(records, leaf_of, fan_out, depth, place=0):
    """Hash of the node at a place, `depth` levels above the leaves; records are tuples of 7."""
    width = fan_out**depth
    inside = [one for one in records if leaf_of(one) // width == place]
    if not inside:
        return bytes(32)
    if depth == 0:
        raw = (number.to_bytes(8, "little") for one in sorted(inside) for number in one)
        return sha256(b"".join(raw)).digest()
    text = b""
    for child in range(place * fan_out, (place + 1) * fan_out):
        hash_ = tree_hash(inside, leaf_of, fan_out, depth - 1, child)
        text += child.to_bytes(8, "little") + hash_ if any(hash_) else b""
    return sha256(text).digest()
