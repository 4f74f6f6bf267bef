"""C11: critical alerts are immediately consistent.

An alert can be shown at once wherever it was raised; that it is certain takes a quorum of the
root's replicas, of which two always share a correct one, so at most one side of a cut has one and
with two failure domains neither has (theory 8.4, and 0: CAP). At once is within 1 s here, the bound
of C10 for anomalies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, Floor, at_least, at_most, told
from sim.protocol.committee import Committee, most_liars

IN_A_CUT: Final = ScenarioSource(
    "c11-in-a-cut",
    fast=("replications=2",),
    fast_only=("faults[0].shape=halves", "faults[0].shape=minority"),
)
TWO: Final = ScenarioSource("c11-two-domains", fast=("replications=2",))
WHOLE: Final = ScenarioSource("c11-whole", fast=("replications=2",))
HEALED: Final = ScenarioSource("c11-healed", fast=("replications=2",))
ASKED: Final = "share confirmed by a quorum within 1 s"
IN_THE_END: Final = {
    "alerts.committed": (1.0, "share confirmed 2 s after the heal"),
    "alerts.lost": (0.0, "alerts that some replica does not know after the heal"),
    "alerts.double": (0.0, "alerts confirmed with two contents"),
}
"""Bounds: the first is to be reached, the others are not to be exceeded."""


@dataclass(frozen=True, slots=True)
class Side:
    """Where an alert is raised: of how many replicas a raiser in this region hears how many."""

    shape: str
    raiser: str
    hears: int
    words: str

    @property
    def replicas(self) -> int:
        """Of the root, in the scenario of this side."""
        return 4 if self.shape else 2


SIDES: Final = (
    Side("minority", "regional-0", 3, "on the side of three of four domains"),
    Side("minority", "regional-7", 1, "on the side of one of four domains"),
    Side("ring", "regional-0", 3, "on a ring in which each of four domains hears three"),
    Side("ring", "regional-7", 3, "elsewhere on that ring"),
    Side("halves", "regional-0", 2, "on the first side of four domains in halves"),
    Side("halves", "regional-7", 2, "on the second side of four domains in halves"),
    Side("nested", "regional-0", 2, "on the first side of halves that are halved again"),
    Side("nested", "regional-7", 2, "on the second side of halves that are halved again"),
    Side("", "regional-0", 1, "on the first side of two domains"),
    Side("", "regional-1", 1, "on the second side of two domains"),
)
"""Two of them have no shape: two domains can only be cut in one way."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Confirmed within a second, with and without a cut; then what holds in the end."""
    for replicas in (2, 4):
        confirmed = of(WHOLE.name, "alerts.committed", {"tree.replicas.root": replicas})
        yield at_least(confirmed, 1.0, ASKED, f"nothing is cut, {replicas} domains")
    for side in SIDES:
        yield _in_a_cut(of, side)
    for replicas in (2, 4):
        yield from _in_the_end(of, replicas)


def _in_a_cut(of: Evidence, side: Side) -> Finding:
    settings = {"alerts.raised[0].by": side.raiser}
    if side.shape:
        settings["faults[0].shape"] = side.shape
    confirmed = of((IN_A_CUT if side.shape else TWO).name, "alerts.committed", settings)
    names = tuple(f"replica-{number}" for number in range(side.replicas))
    needed = Committee(names, most_liars(side.replicas)).quorum
    best = Floor(
        float(side.hears >= needed),
        f"{side.hears} of {side.replicas} replicas are no quorum of {needed}",
    )
    return at_least(confirmed, 1.0, ASKED, f"raised {side.words}", floor=best)


def _in_the_end(of: Evidence, replicas: int) -> Iterator[Finding]:
    """Both sides of halves raise an alert, and the cut heals."""
    settings = {"tree.replicas.root": replicas}
    when = f"it may wait until a cut heals, {replicas} domains"
    for metric, (bound, asked) in IN_THE_END.items():
        keeps = at_least if bound else at_most
        yield keeps(of(HEALED.name, metric, settings), bound, asked, when)
    seen = of(HEALED.name, "reads.answered.availability", settings)
    when = f"it is enough to be seen as provisional, {replicas} domains"
    yield at_least(seen, 1.0, "share of reads at replicas that are answered", when)
    sure = of(HEALED.name, "reads.answered.consistency", settings)
    when = f"with a cut in halves, {replicas} domains"
    yield told(at_least(sure, 1.0, "share of reads that only a quorum may answer", when))


CLAIM: Final = Claim(
    id="C11",
    promise="Critical alerts are immediately consistent",
    sources=(WHOLE, IN_A_CUT, TWO, HEALED),
    judge=judge,
    reading="An alert is seen at once on its own side and is certain with a quorum: in a cut only "
    "where one is left, with two failure domains nowhere. None is lost, and none is confirmed "
    "twice.",
)
