"""C12: coherence is restored within 10 s of healing.

Coherent again (theory 8.3): all ages within their bound, the error within epsilon, all replicas of
the root the same; the clock starts at the physical heal. Nobody who lacks D bytes has them before
D / bandwidth has passed, and who only looks every T seconds adds up to T (a sixth of it where four
replicas look at each other in turn). So a promise of 10 s is one about state size, bandwidth and
period, and about what is kept of a source: its newest version, or a log of all.
"""

import math
from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_most, told
from sim.claims.measured import Measured, exactly
from sim.units import format_size, parse_bit_rate, parse_duration, parse_size

PROMISED_S: Final = 10.0
REGION: Final = ScenarioSource(
    "c12-region",
    fast=("replications=1",),
    fast_only=("faults[0].until=30.3s", "faults[0].until=620.3s"),
)
LENGTH: Final = ScenarioSource("c12-length", in_fast=False)
STATE: Final = ScenarioSource(
    "c12-state", fast=("replications=1",), fast_only=("agreement.rate=1Gbps",)
)
PROBE: Final = ScenarioSource("c12-probe", in_fast=False)
BEGIN_S: Final = {REGION: 20.3, LENGTH: 30.3}
SOURCES: Final = 40
"""Agents of `c12-state`: the cut replica has missed something of each."""
STORES: Final = {
    "snapshots": "replicas keep the newest version of each source",
    "log": "replicas keep a log of all versions",
}
LONGEST: Final = "longest time from the heal until all is coherent"
UNTIL: Final = "faults[0].until"
PARTS: Final = {
    "recovery.reconnected.max": "until it is heard again",
    "recovery.fresh.max": "until ages are within their bounds",
    "recovery.accurate.max": "until the error is within epsilon",
    "recovery.converged.max": "until replicas hold the same",
}
"""All begin at the heal, and the whole lasts as long as the longest."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Region cut off, replica cut off, size of state over bandwidth, and how often one looks."""
    yield from _region(of)
    yield from _lengths(of)
    yield from _state(of)
    yield from _probing(of)


def _region(of: Evidence) -> Iterator[Finding]:
    when = "a region is cut off and replicas miss nothing"
    for until, found in of.along(REGION.name, "recovery.time.max", UNTIL):
        along = _cut(REGION, until)
        yield at_most(_longest(found), PROMISED_S, LONGEST, when, along=along)
    for until in of.values(REGION.name, UNTIL)[-1:]:
        yield from _parts(of, REGION, {UNTIL: until}, when)


def _lengths(of: Evidence) -> Iterator[Finding]:
    for store, when in STORES.items():
        settings: dict[str, object] = {"anti_entropy.store": store}
        for until, found in of.along(LENGTH.name, "recovery.time.max", UNTIL, settings):
            along = _cut(LENGTH, until)
            yield at_most(_longest(found), PROMISED_S, LONGEST, when, along=along)
        for until in of.values(LENGTH.name, UNTIL, settings)[-1:]:
            yield from _parts(of, LENGTH, {**settings, UNTIL: until}, when)


def _parts(
    of: Evidence, source: ScenarioSource, settings: dict[str, object], when: str
) -> Iterator[Finding]:
    """What the time from the heal of the longest cut consists of, where it was measured."""
    along = _cut(source, str(settings[UNTIL]))
    for metric, asked in PARTS.items():
        found = of(source.name, metric, settings)
        if not math.isnan(found.value):
            yield told(at_most(_longest(found), PROMISED_S, f"longest {asked}", when, along=along))


def _state(of: Evidence) -> Iterator[Finding]:
    for rate in of.values(STATE.name, "agreement.rate"):
        settings = {"agreement.rate": rate}
        item = "anti_entropy.item"
        for size, found in of.along(STATE.name, "recovery.time.max", item, settings):
            missing = SOURCES * parse_size(size)
            written = format_size(missing)
            needed_s = 8 * missing / parse_bit_rate(rate)
            floor = Floor(needed_s, f"{written} take {needed_s:.3g} s over {_spaced(rate)}")
            along = Along("missing state of", missing, written)
            when = f"replicas have lines of {_spaced(rate)}"
            yield at_most(_longest(found), PROMISED_S, LONGEST, when, floor=floor, along=along)


def _probing(of: Evidence) -> Iterator[Finding]:
    """Over eighty heals at all phases, which is enough for a 95th percentile with an interval."""
    asked = "95th percentile of the time from the heal until all is coherent"
    for every, found in of.along(PROBE.name, "recovery.time.p95", "anti_entropy.every"):
        along = Along("replicas compare what they hold every", parse_duration(every) / 1e9, every)
        yield at_most(found, PROMISED_S, asked, "", along=along)


def _cut(source: ScenarioSource, until: str) -> Along:
    cut_s = parse_duration(until) / 1e9 - BEGIN_S[source]
    return Along("a cut of", cut_s, f"{cut_s:g} s")


def _spaced(rate: str) -> str:
    """``1 Gbps`` of ``1Gbps``."""
    number = rate.rstrip("bpskMGT")
    return f"{number} {rate.removeprefix(number)}"


def _longest(found: Measured) -> Measured:
    """The longest of these very heals is known, unless one of them was not seen to recover."""
    return found if math.isinf(found.value) else exactly(found)


CLAIM: Final = Claim(
    id="C12",
    promise="Coherence is restored within 10 s of healing",
    sources=(REGION, LENGTH, STATE, PROBE),
    judge=judge,
    reading="From the physical heal until ages, error (where a region is cut off) and replicas are "
    "all as they should be, for cuts of 1 s to 10 min. State size, bandwidth and period decide, "
    "not the length of the cut, as long as only the newest version of each source is kept.",
)
