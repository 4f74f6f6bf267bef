"""The statistical Merkle tree as plainly as it can be said: nested lists and Python's integers.

A tree is a list of children down to the agents, who are (number, version, summary). A summary is a
dict of whole numbers; squares are one number each, not two limbs.
"""

import struct
from hashlib import sha256

LIMIT = 16 * 2**20


def row_bytes(summary):
    """Count, sources, S, Q (high, low), M, R (high, low); each a signed 64-bit number."""
    columns = [summary["count"], summary["sources"]]
    for sums, squares in (("S", "Q"), ("M", "R")):
        columns += summary[sums]
        columns += [square >> 32 for square in summary[squares]]
        columns += [square & (2**32 - 1) for square in summary[squares]]
    return struct.pack(f"<{len(columns)}q", *columns)


def total(summaries):
    """The sum, number by number."""
    result = {name: sum(one[name] for one in summaries) for name in ("count", "sources")}
    for name in "SQMR":
        columns = zip(*(one[name] for one in summaries), strict=True)
        result[name] = [sum(column) for column in columns]
    return result


def commitment(node, tier, number, epoch, below):
    """Hash and summary of a nested tree; `below` gives the number of each child."""
    if tier == 0:
        agent, version, summary = node
        head = b"\x00" + struct.pack("<qqq", agent, epoch, version)
        return sha256(head + row_bytes(summary)).digest(), summary
    children = [
        commitment(child, tier - 1, below(tier, number, place), epoch, below)
        for place, child in enumerate(node)
    ]
    merged = total([summary for _, summary in children])
    entries = b"".join(hash_ + row_bytes(summary) for hash_, summary in children)
    head = b"\x01" + struct.pack("<qqqq", tier, number, epoch, len(node))
    return sha256(head + entries + row_bytes(merged)).digest(), merged


def is_possible(summary, count_max, sources_max):
    """Whether some values within the limit, of that many sources, have this summary."""
    count, sources = summary["count"], summary["sources"]
    if not 0 <= count <= count_max or not 0 <= sources <= min(sources_max, count):
        return False
    if count > 0 and sources == 0:
        return False
    return _possible_sums(count, summary["S"], summary["Q"]) and _possible_sums(
        sources, summary["M"], summary["R"]
    )


def _possible_sums(n, sums, squares):
    return all(
        abs(S) <= n * LIMIT and 0 <= Q <= n * LIMIT**2 and n * Q >= S * S
        for S, Q in zip(sums, squares, strict=True)
    )
