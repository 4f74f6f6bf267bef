"""C17: the tree re-balances as agents join and leave.

Both halves of a node that splits are to be well above the smallest allowed, else the next leave
merges them again (theory 11, which changes the thresholds of 5 and 10 children to 5 and 15, and
has 7.5e-5, 0.012, 0.030 and 0.078 operations for a join or leave). It re-balances if for one that
comes or goes it moves at most one more; how often thresholds change it is told beside theory. What
moves is replaced in a map of children and never added to a total, so no snapshot may count an agent
twice (theory 8.2).
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, at_most, told
from sim.claims.measured import Measured, ratio

THEORY: Final = {(10, 50): 7.5e-5, (5, 15): 0.012, (5, 12): 0.030, (5, 10): 0.078}
ADVISED: Final = (5, 15)
EVENTS: Final = 3000
RUNS: Final = 6
CHURN: Final = Experiment(
    "churn",
    [{"fewest": fewest, "most": most, "events": EVENTS} for fewest, most in THEORY],
    replications=RUNS,
)
STORM: Final = ScenarioSource(
    "c17-storm",
    fast=("replications=2", "duration=20s"),
    fast_only=("evolution.regionals={min: 5, max: 15}",),
)
FAULTS: Final = ScenarioSource("c17-faults", in_fast=False)
IN_STORM: Final = {
    "evolution.double": "panes that count an agent twice",
    "evolution.uncounted": "share of values never counted",
    "evolution.out_of_range": "share of nodes with too few or too many children",
    "evolution.refused": "operations for which there was no room",
}
"""None of each is allowed."""


def judge(of: Evidence) -> Iterator[Finding]:
    """How often the tree changes, and what a storm of joins and leaves does to it."""
    for thresholds in THEORY:
        yield from _changes(of, *thresholds)
    for most in (15, 10):
        settings = {"evolution.regionals": f"{{min: 5, max: {most}}}"}
        when = f"in a storm, with 5 to {most} locals a regional"
        for metric, asked in IN_STORM.items():
            yield at_most(of(STORM.name, metric, settings), 0.0, asked, when)
    for metric, asked in IN_STORM.items():
        yield at_most(of(FAULTS.name, metric), 0.0, asked, "in a storm with a crash and a cut")


def _changes(of: Evidence, fewest: int, most: int) -> Iterator[Finding]:
    when = f"a node has {fewest} to {most} children"
    often = _often(of, fewest, most)
    if (fewest, most) != ADVISED:
        times = ratio(often, _often(of, *ADVISED))
        yield told(at_most(times, 1.0, "times the operations with 5 to 15 children", when))
    expected = THEORY[fewest, most]
    if expected * EVENTS * RUNS > 10:  # Fewer say nothing of so small a rate.
        yield told(at_most(often, expected, "operations a join or leave, beside theory", when))
    moved = of(CHURN.name, "moved", {"fewest": fewest, "most": most})
    yield at_most(moved, 1.0, "children moved for one that joins or leaves", when)


def _often(of: Evidence, fewest: int, most: int) -> Measured:
    return of(CHURN.name, "operations", {"fewest": fewest, "most": most})


CLAIM: Final = Claim(
    id="C17",
    promise="The tree re-balances as agents join and leave",
    sources=(CHURN, STORM, FAULTS),
    judge=judge,
    reading="It does, and counts nobody twice, where thresholds leave room: with 5 to 10 children "
    "it changes its shape several times as often, and finds no room in a storm. What is cut off is "
    "not counted until it is back.",
)
