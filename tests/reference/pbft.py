"""PBFT as the paper states it: whose votes count, and the choice of a new view's values."""


def count_votes(cast, digests):
    """Of each member the first vote counts; cast: (member, digest) in the order of arrival."""
    first = {}
    for member, digest in cast:
        first.setdefault(member, digest)
    return {digest: list(first.values()).count(digest) for digest in digests}


def chosen_digest(claims, accepted, quorum, one_correct):
    """A digest, "free" or "wait", for one slot.

    claims: for each view change its (view, digest) or None; accepted: for each a set of
    (view, digest).
    """
    rules = []
    for claim in claims:
        if claim is not None:
            view, digest = claim
            a1 = [c for c in claims if c is None or c[0] < view or c == claim]
            a2 = [s for s in accepted if any(v >= view and d == digest for v, d in s)]
            if len(a1) >= quorum and len(a2) >= one_correct:
                rules.append((-view, digest))
    if rules:
        return min(rules)[1]
    return "free" if sum(claim is None for claim in claims) >= quorum else "wait"
