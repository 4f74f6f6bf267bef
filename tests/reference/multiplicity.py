"""The obvious versions of the multiple testing procedures: try every k, one block at a time.

Levels are compared with a little slack, since equality is meant to reject.
"""

import math
from itertools import pairwise

SLACK = 1 + 1e-12


def benjamini_hochberg(p, alpha, total=None):
    """Reject the k smallest for the largest k with p_(k) <= alpha k / m; NaN is 1."""
    p = [1.0 if math.isnan(value) else value for value in p]
    m = len(p) if total is None else total
    passed = [value for k, value in enumerate(sorted(p), start=1) if value <= alpha * k / m * SLACK]
    return [bool(passed) and value <= passed[-1] for value in p]


def e_benjamini_hochberg(e, alpha, total=None):
    """Reject the k largest for the largest k with e_[k] >= m / (alpha k); NaN is 0."""
    e = [0.0 if math.isnan(value) else value for value in e]
    m = len(e) if total is None else total
    ranked = enumerate(sorted(e, reverse=True), start=1)
    passed = [value for k, value in ranked if value * SLACK >= m / (alpha * k)]
    return [bool(passed) and value >= passed[-1] for value in e]


def by_block(procedure, values, alpha, starts):
    """Each block by itself."""
    found = []
    for begin, end in pairwise(starts):
        found += procedure(values[begin:end], alpha)
    return found


def conformal_p_values(scores, calibration):
    """Share of normal scores, the score itself among them, that are at least as large."""
    return [
        score
        if math.isnan(score)
        else (1 + sum(normal >= score for normal in calibration)) / (len(calibration) + 1)
        for score in scores
    ]


def benjamini_yekutieli(p, alpha, total=None):
    """Benjamini-Hochberg at alpha divided by the harmonic number of m."""
    m = len(p) if total is None else total
    return benjamini_hochberg(p, alpha / sum(1 / k for k in range(1, m + 1)) if m else alpha, total)


def bonferroni(p, alpha, total=None):
    """Reject p <= alpha / m; NaN is 1."""
    m = len(p) if total is None else total
    return [not math.isnan(value) and value <= alpha / m * SLACK for value in p]


def holm(p, alpha, total=None):
    """Go through p ascending and stop at the first above alpha / (m - k + 1)."""
    m = len(p) if total is None else total
    rejected = [False] * len(p)
    known = [index for index in range(len(p)) if not math.isnan(p[index])]
    for k, index in enumerate(sorted(known, key=lambda index: p[index]), start=1):
        if p[index] > alpha / (m - k + 1) * SLACK:
            break
        rejected[index] = True
    return rejected


def union_of_sides(p, alpha, side):
    """Benjamini-Hochberg on each side, at its part of the level."""
    rejected = [False] * len(p)
    for name in sorted(set(side)):
        members = [index for index in range(len(p)) if side[index] == name]
        level = alpha * len(members) / len(p)
        found = benjamini_hochberg([p[index] for index in members], level)
        for index, one in zip(members, found, strict=True):
            rejected[index] = one
    return rejected


def within_quota(evidence, quota, groups):
    """Whoever has fewer than `quota` before it in its group; of equals the first is before."""
    return [
        not math.isnan(mine)
        and sum(
            groups[other] == groups[index]
            and (evidence[other] > mine or (evidence[other] == mine and other < index))
            for other in range(len(evidence))
        )
        < quota
        for index, mine in enumerate(evidence)
    ]


def heard(links, rounds):
    """Breadth first: what is within `rounds` links against their direction."""
    nodes = range(len(links))
    found = []
    for node in nodes:
        near = {node}
        for _ in range(rounds):
            near |= {b for a in near for b in nodes if links[a][b]}
        found.append([b in near for b in nodes])
    return found


def qute(p, alpha, known):
    """Each node tests what it holds at alpha n_a / n; an owner rejects what anybody rejected."""
    rejected = [False] * len(p)
    for node in range(len(p)):
        held = [other for other in range(len(p)) if known[node][other] or other == node]
        level = alpha * len(held) / len(p)
        found = benjamini_hochberg([p[other] for other in held], level)
        for other, one in zip(held, found, strict=True):
            rejected[other] |= one
    return rejected


def proportion_matching(p, alpha, starts, tail):
    """Two numbers up from each node, one number down, Benjamini-Hochberg at each."""
    nodes = [p[begin:end] for begin, end in pairwise(starts)]
    shares = [
        min(1.0, (1 + sum(not value <= tail for value in node)) / (len(node) * (1 - tail)))
        for node in nodes
    ]
    null = sum(share * len(node) for share, node in zip(shares, nodes, strict=True)) / len(p)
    rejected = []
    for share, node in zip(shares, nodes, strict=True):
        if share == 1:
            rejected += [False] * len(node)
            continue
        ratio = (1 / alpha - null) / (1 - null)
        rejected += benjamini_hochberg(node, 1 / ((1 - share) * ratio + share))
    return rejected


def invest(p, alpha, wealth, gamma, candidates=None, discard=1.0):
    """LORD++ (no candidates), SAFFRON, or ADDIS, each level summed up from the whole past.

    Between a rejection and now count the tests that cost: all, or those between the two bounds.
    """
    costs = [candidates is None or candidates < value <= discard for value in p]
    share = 1.0 if candidates is None else discard - candidates
    levels, rejections = [], []
    for now, value in enumerate(p):
        level = wealth * gamma(1 + sum(costs[:now]))
        for number, then in enumerate(rejections):
            weight = alpha - wealth if number == 0 else alpha
            level += weight * gamma(1 + sum(costs[then + 1 : now]))
        level = min(share * level, 1.0 if candidates is None else candidates)
        levels.append(level)
        if value <= level:
            rejections.append(now)
    return [now in rejections for now in range(len(p))], levels


def e_lond(e, alpha, gamma):
    """Reject e >= 1 / (alpha gamma_t (1 + rejections so far))."""
    rejected = []
    for number, value in enumerate(e, start=1):
        rejected.append(value * alpha * gamma(number) * (1 + sum(rejected)) >= 1)
    return rejected
