"""Shapley's value as he told it: entries come in one after the other, in every possible order."""

from itertools import permutations


def shapley(entry, entries, figures):
    """The mean, over all orders, of what an entry adds to those who came before it."""
    orders = list(permutations(entries))
    total = 0.0
    for order in orders:
        before = frozenset(order[: order.index(entry)])
        total += figures[before | {entry}] - figures[before]
    return total / len(orders)
