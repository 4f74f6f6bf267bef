"""C01: baselines in O(n log n) instead of O(n^2); 144.8 times fewer operations at n = 1000.

The factor is n / ln n, a ratio of formulas for different things (theory 0). Growth is put to the
exponent that n log n has between the sizes that were run; batched messages are linear, messages
one by one are n times the depth of the tree (theory 11). Operations are those of baselines of
dependence: what can be merged stays below n log n, but a list of all pairs has n (n - 1) / 2
numbers, and each takes an operation (theory 2.3).
"""

import math
from collections.abc import Iterator
from typing import Final

from sim.claims import c03
from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, Floor, at_least, at_most, told
from sim.claims.measured import Measured, exactly, growth, number, ratio
from sim.stats.growth import fitted_exponent

METHODS: Final = ScenarioSource(
    "c01-dependence",
    fast_only=("agents.count=250", "agents.count=500", "agents.count=1000"),
)
ONE_BY_ONE: Final = Experiment(
    "unbatched", [{"agents": 10**power} for power in (3, 4, 5, 6)], exact=True
)
WANTED: Final = {
    "covariance": "covariances of features",
    "mean_correlation": "the mean correlation of all pairs",
    "frequent_directions": "the main directions of all agents",
    "blocks": "exact pairs within locals and means across",
    "projection": "an estimate of every pair",
    "all_pairs": "every pair exactly",
}
AGENTS: Final = 1000
CLAIMED: Final = 144.8
"""1000 / ln 1000, as the claim rounds it."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Growth of messages and of operations, then the factor."""
    yield from _messages(of)
    for method in WANTED:
        yield _growth(of, method)
    for method in WANTED:
        if method != "all_pairs":
            yield _factor(of, method)


def _messages(of: Evidence) -> Iterator[Finding]:
    sizes = c03.sizes_of("auto")
    batched = [exactly(c03.at(of, "traffic.messages", "auto", agents)) for agents in sizes]
    alone = [of(ONE_BY_ONE.name, "messages", {"agents": agents}) for agents in sizes]
    pairs = [number(_pairs(agents), "messages", "n (n - 1) / 2") for agents in sizes]
    yield from _no_faster(sizes, batched, "growth counts, for messages in batches")
    yield from _no_faster(sizes, alone, "growth counts, for messages one by one")
    for words, costs in (("batched", batched), ("one by one", alone), ("all pairs", pairs)):
        asked = f"exponent of messages, {words}"
        yield told(at_most(growth(sizes, costs), _exponent(sizes), asked, "growth counts"))
    sent = [exactly(c03.at(of, "traffic.bytes", "auto", agents)) for agents in sizes]
    asked = "exponent of bytes, batched"
    yield told(at_most(growth(sizes, sent), _exponent(sizes), asked, "growth counts"))
    asked = "times fewer messages than there are pairs"
    yield told(at_least(ratio(pairs[0], batched[0]), CLAIMED, asked, f"n is {AGENTS}"))


def _no_faster(sizes: list[int], costs: list[Measured], when: str) -> Iterator[Finding]:
    """How a cost has grown since the smallest size, beside n log n."""
    first = sizes[0]
    for agents, cost in zip(sizes[1:], costs[1:], strict=True):
        bound = agents * math.log10(agents) / (first * math.log10(first))
        asked = f"times the messages of {first:,} agents"
        along = c03.along(agents)
        yield at_most(ratio(cost, costs[0]), bound, asked, when, along=along)


def _growth(of: Evidence, method: str) -> Finding:
    """Of the operations of a round."""
    sizes = [int(value) for value in of.values(METHODS.name, "agents.count")]
    grown = growth(sizes, [_operations(of, method, agents) for agents in sizes])
    when = f"growth counts, for {WANTED[method]}"
    return at_most(grown, _exponent(sizes), "exponent of operations", when)


def _factor(of: Evidence, method: str) -> Finding:
    """How many times fewer operations than all pairs in one place."""
    flat = _operations(of, "all_pairs", AGENTS)
    factor = ratio(flat, _operations(of, method, AGENTS))
    when = f"the factor counts, for {WANTED[method]}"
    best = Floor(flat.value / _pairs(AGENTS), f"{_pairs(AGENTS):,} pairs take an operation each")
    floor = best if method == "projection" else None
    return at_least(factor, CLAIMED, f"times fewer operations, n = {AGENTS}", when, floor=floor)


def _operations(of: Evidence, method: str, agents: int) -> Measured:
    """Multiply-adds of all nodes in one round: counted, so there is no chance in them."""
    settings = {"baseline.dependence.kind": method, "agents.count": agents}
    return exactly(of(METHODS.name, "dependence.operations", settings))


def _exponent(sizes: list[int]) -> float:
    """Of n log n between these sizes."""
    return fitted_exponent(sizes, [n * math.log(n) for n in sizes]).exponent if sizes else math.nan


def _pairs(agents: int) -> int:
    return agents * (agents - 1) // 2


CLAIM: Final = Claim(
    id="C01",
    promise="Baselines in O(n log n) instead of O(n^2), with 144.8 times fewer operations for 1000 "
    "agents",
    sources=(METHODS, ONE_BY_ONE, c03.SHAPES, c03.MILLION),
    judge=judge,
    reading="Batched rounds grow even linearly. The factor is n / ln n: pairs in one place over "
    "messages of a tree, which are different things. The matrix of all pairs gets no cheaper. One "
    "by one, messages jump where the tree gets a level: sizes are powers of ten, and between them "
    "there are up to 8 % more than the line through these.",
)
