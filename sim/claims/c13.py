"""C13: vector clocks track causality, and conflicts are resolved by confidence weighting.

Both halves are older ideas with known prices (theory 8.2). Exact causality takes an entry for each
writer in every message (Charron-Bost 1991), so n messages carry n^2 entries, which breaks the O(n
log n) of C01. Weighting by claimed variances is right for independent errors alone; what went in
by two ways is counted twice, and intervals get too narrow.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final

from sim.claims.c05 import LEVEL, TOLERANCE
from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_least, at_most, told
from sim.claims.measured import exactly, growth, number
from sim.protocol.clocks.costs import vector_bytes
from sim.stats.growth import fitted_exponent

NODES: Final = (10, 100, 1000, 3000)
SUMMARY_B: Final = 528
"""What it is that a clock is put on: ten features with all covariances."""
METHODS: Final[Mapping[str, str]] = {
    "inverse_variance": "estimates are weighted by their confidence",
    "covariance_intersection": "estimates are fused by covariance intersection",
    "by_source": "the newest version of each source is folded once",
}
SOURCES: Final = 3
"""That each of two estimates is made of."""
SHARED: Final = (0, 2, 3)
CLOCKS: Final = Experiment("causal_order", cells=[{"nodes": n} for n in NODES], replications=2)
FUSING: Final = Experiment(
    "fusing",
    cells=[{"method": method, "shared": shared} for method in METHODS for shared in SHARED],
    replications=5,
)
MOVES: Final = ScenarioSource("c13-moves", in_fast=False)
QUASILINEAR: Final = fitted_exponent(NODES, [n * math.log(n) for n in NODES]).exponent


def judge(of: Evidence) -> Iterator[Finding]:
    """Right order, its price, fusing with shared sources, and counting in a run that moves."""
    yield from _order(of)
    yield from _price(of)
    for method, how in METHODS.items():
        for shared in SHARED:
            covered = of(FUSING.name, "coverage", {"method": method, "shared": shared})
            asked = "intervals that cover the truth, of those that claim 95 %"
            along = Along("sharing", shared, f"{shared} of {SOURCES} sources")
            yield at_least(covered, LEVEL - TOLERANCE, asked, how, along=along)
    twice = of(MOVES.name, "evolution.double")
    asked = "panes in which anything is counted twice"
    when = "agents move, messages repeat and overtake, and state is versioned by source"
    yield at_most(twice, 0.0, asked, when)


def _order(of: Evidence) -> Iterator[Finding]:
    """Of the chatter of twenty nodes, whose clocks are up to 5 ms wrong."""
    few = {"nodes": NODES[1]}
    right = "pairs of events whose order is known rightly"
    yield at_least(
        of(CLOCKS.name, "vector_right", few), 1.0, right, "clocks have n entries, for order"
    )
    wrong = "pairs of events put in an order that they do not have"
    versions = of(CLOCKS.name, "source_reversed", few)
    yield told(at_most(versions, 0.0, wrong, "versions are of each source"))
    yield told(
        at_least(of(CLOCKS.name, "source_right", few), 1.0, right, "versions are of each source")
    )
    yield told(at_least(of(CLOCKS.name, "stamp_right", few), 1.0, right, "hybrid stamps"))


def _price(of: Evidence) -> Iterator[Finding]:
    least = growth(NODES, [number(n * vector_bytes(n), "B", "n^2 entries") for n in NODES])
    floor = Floor(least.low, "exact causality takes an entry a writer (Charron-Bost 1991)")
    for metric, when in (
        ("vector", "clocks have n entries, for bytes"),
        ("versioned", "versions are of each source"),
    ):
        figures = [exactly(of(CLOCKS.name, f"{metric}_round", {"nodes": n})) for n in NODES]
        forbids = floor if metric == "vector" else None
        asked = "growth of a round's clocks, against that of n ln n"
        yield at_most(growth(NODES, figures), QUASILINEAR, asked, when, floor=forbids)
    for n in NODES:
        size = exactly(of(CLOCKS.name, "vector_bytes", {"nodes": n}))
        along = Along("of", n, f"{n:,} agents")
        asked = "bytes of a clock, against the summary that it is on"
        yield at_most(size, SUMMARY_B, asked, "clocks have an entry for each", along=along)


CLAIM: Final = Claim(
    id="C13",
    promise="Vector clocks track the causality of statistics, and conflicts are resolved by "
    "confidence weighting",
    sources=(CLOCKS, FUSING, MOVES),
    judge=judge,
    reading="Vector clocks are right and cost n entries a message; versions of each source with a "
    "hybrid stamp cost 24 bytes, order what one source says and never count it twice. Weights by "
    "confidence are right only if nothing went in twice: 83 % of 95 % intervals hold otherwise.",
)
