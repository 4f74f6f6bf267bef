"""C06: evidence stays stable past ten thousand items; 752.6 times the capacity, 7.5 million items.

Stable means here that the log-odds are off by so little that the odds are off by less than 1 %, in
the sum and nothing else (theory 2.1 and 3). A product of ratios leaves the range of a float64 after
a thousand factors or so; sums of logarithms do not. 752.6 is n / log2 n at n = 10,000 and says
nothing of stability (theory 0); what is asked of it is that 752.6 times 10,000 items can be added.
"""

import math
from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, Experiment
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, at_most, told
from sim.claims.measured import largest, number

CLAIMED_TIMES: Final = 752.6
CLAIMED_ITEMS: Final = 10_000
STABLE_NAT: Final = math.log(1.01)
SIZES: Final = (1_000, 10_000, 1_000_000, 7_526_000, 100_000_000)
LAWS: Final = ("uniform", "normal")
DRAWS: Final = {1_000: {"draws": 20}, 10_000: {"draws": 20}}
"""Errors of few items are near the bound in float32, and luck: the largest of so many counts."""
WHEN: Final = {
    "fixed point": "evidence is summed as log-odds in fixed point, as in the tree",
    "exact_sum": "log-odds are summed exactly",
    "Neumaier": "log-odds are summed with compensation",
    "np.sum (pairwise)": "log-odds are summed in pairs",
    "naive": "log-odds are summed one by one in float64",
    "naive float32": "log-odds are summed one by one in float32",
    "product": "likelihood ratios are multiplied in float64",
    "product float32": "likelihood ratios are multiplied in float32",
}
SUMS: Final = Experiment(
    "evidence_sums",
    [
        {"n": n, "way": way, "law": law, **DRAWS.get(n, {})}
        for n in SIZES
        for way in WHEN
        for law in LAWS
    ],
    exact=True,
    fast=3 * len(WHEN) * len(LAWS),
)
ORDERS: Final = Experiment(
    "evidence_orders",
    [
        {"way": way, "n": 20_000, "arrangements": 20, "groups": 50}
        for way in ("fixed point", "exact_sum", "np.sum (pairwise)")
    ],
    exact=True,
)


def judge(of: Evidence) -> Iterator[Finding]:
    """The larger error of both laws, for each way and size; then orders and trees."""
    for way, when in WHEN.items():
        for n in SIZES:
            errors = [of(SUMS.name, "error", {"way": way, "n": n, "law": law}) for law in LAWS]
            along = Along("with", n, f"{n:,} items")
            yield at_most(largest(errors), STABLE_NAT, "error of the log-odds", when, along=along)
    for way, roots in of.along(ORDERS.name, "roots", "way"):
        yield at_most(roots, 1, "different roots of 20 orders and trees", WHEN[way])
    origin = CLAIMED_ITEMS / math.log2(CLAIMED_ITEMS)
    source = number(origin, "times", "n / log2 n at 10,000")
    yield told(at_most(source, CLAIMED_TIMES, "where 752.6 is from: n / log2 n", "n = 10,000"))


CLAIM: Final = Claim(
    id="C06",
    promise="Combining evidence stays stable past 10,000 items, with 752.6 times the capacity "
    "(7.5 million items)",
    sources=(SUMS, ORDERS),
    judge=judge,
    reading="Stable: the odds are off by at most 1 % by adding up alone, whatever the law of the "
    "evidence. 7,526,000 items are 752.6 times 10,000. The root should also be the same bits for "
    "every order and tree, or correct replicas look as if one of them lied.",
)
