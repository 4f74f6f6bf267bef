"""C10: bounded staleness, 5 s for baselines and 1 s for anomalies, with availability in a cut.

What a region sends cannot cross a cut, so its age at the root grows by one second a second. A bound
B that is kept without faults is therefore broken for the length of the cut less the slack that was
left: at least L - B, whatever the design (theory 8.1).
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.c04 import EPSILON
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_least, at_most, told
from sim.units import parse_duration

SOURCE: Final = ScenarioSource(
    "c10-age-in-a-cut",
    fast=("replications=2",),
    fast_only=("faults[0].until=20.3s", "faults[0].until=29s"),
)
UNTIL: Final = "faults[0].until"
BEGIN_S: Final = 20.0
BOUNDS_S: Final = {"baseline": 5.0, "anomaly": 1.0}
WHEN: Final = {"baseline": "baselines", "anomaly": "anomalies"}


def judge(of: Evidence) -> Iterator[Finding]:
    """The time for which each bound is broken, for each length of the cut."""
    for what, bound_s in BOUNDS_S.items():
        metric = f"staleness.{what}.violation"
        for until, broken in of.along(SOURCE.name, metric, UNTIL):
            along = _along(until)
            floor = Floor(
                max(along.place - bound_s, 0.0),
                f"nothing crosses a cut that lasts more than {bound_s:g} s",
            )
            asked = f"time over the bound of {bound_s:g} s"
            yield at_most(broken, 0.0, asked, WHEN[what], floor=floor, along=along)
    for until in of.values(SOURCE.name, UNTIL):
        yield from _meanwhile(of, until)


def _meanwhile(of: Evidence, until: str) -> Iterator[Finding]:
    """Availability, which is promised too; and what the age costs, which is only told."""
    along = _along(until)
    for prefer in ("availability", "consistency"):
        answered = of(SOURCE.name, f"reads.answered.{prefer}", {UNTIL: until})
        asked = "reads at regional aggregators that are answered"
        when = f"only answers count, of readers who prefer {prefer}"
        found = at_least(answered, 1.0, asked, when, along=along)
        yield found if prefer == "availability" else told(found)
    error = of(SOURCE.name, "error.mean.max", {UNTIL: until})
    yield told(at_most(error, EPSILON, "largest error of the mean", "at the root", along=along))


def _along(until: str) -> Along:
    cut_s = round(parse_duration(until) / 1e9 - BEGIN_S, 6)
    return Along("a cut of", cut_s, f"{cut_s:g} s")


CLAIM: Final = Claim(
    id="C10",
    promise="Staleness is bounded, 5 s for baselines and 1 s for anomalies, also in a partition",
    sources=(SOURCE,),
    judge=judge,
    reading="The time in which some source at the root is older than the bound, and whether "
    "readers at regional aggregators are answered meanwhile. A bound can be kept through a cut "
    "that is shorter than the slack.",
)
