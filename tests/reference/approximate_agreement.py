"""Synchronous approximate agreement as in the paper, on lists: no messages, no timers."""

from statistics import fmean


def combine(rule, values, f):
    """One number from a round's values of all n members."""
    kept = sorted(values)[f:]
    kept = kept[: len(kept) - f]
    if rule == "midpoint":
        return (kept[0] + kept[-1]) / 2
    return fmean(kept[:: f or 1]) if rule == "select_mean" else fmean(kept)


def one_round(rule, values, lies, f):
    """The correct members' next values; `lies[i]` are what the f liars tell the i-th of them."""
    return [combine(rule, values + told, f) for told in lies]


def spread(values):
    return max(values) - min(values)


def worst_lies(rule, values, f, far):
    """The extremes that leave most of the spread, and then both ends as even as can be.

    Searches all ways to tell the lower ones of the correct members one extreme and the rest the
    other; liars know everything.
    """
    order = sorted(range(len(values)), key=values.__getitem__)

    def told(split, low, high):
        lower = set(order[:split])
        return [[low if i in lower else high] * f for i in range(len(values))]

    splits = [(k, *ends) for k in range(len(values) + 1) for ends in ((-far, far), (far, -far))]

    def harm(split):
        after = one_round(rule, values, told(*split), f)
        middle = (max(after) + min(after)) / 2
        low = sum(value < middle for value in after)
        return round(spread(after) / (spread(values) or 1.0), 9), min(low, len(after) - low)

    return told(*max(splits, key=harm))
