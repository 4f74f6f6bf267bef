"""C05: confidence intervals are preserved through every level.

Preserved is what covers the truth as often as it claims, at locals, regionals and the root (theory
2.4 (d): within 1 % of nominal; more than nominal is no fault). Which interval does depends on what
differs (agents, regions), on what is old or missing, and on how often one looks (theory 2.5).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, at_least, at_most
from sim.claims.measured import smallest

LEVEL: Final = 0.95
TOLERANCE: Final = 0.01
INTERVAL: Final = "confidence.interval"
WIDEN: Final = "confidence.widen"
BEHAVIOUR: Final = "agents.behaviour"
WORLDS: Final = ScenarioSource(
    "c05-worlds", fast=("replications=3",), fast_only=(f"{INTERVAL}=clustered",)
)
REPEATS: Final = ScenarioSource("c05-repeats", in_fast=False)
STALE: Final = ScenarioSource("c05-stale", fast=("replications=3", "agents.features=600"))
MISSING: Final = ScenarioSource("c05-missing", in_fast=False)
PEEKING: Final = ScenarioSource("c05-peeking", in_fast=False)
TIERS: Final = ("local", "regional", "root")
METHODS: Final[Mapping[str, str]] = {
    "clustered": "agents count as one value each",
    "hartung_knapp": "children may differ (Hartung and Knapp)",
}
LOOKS: Final[Mapping[str, str]] = {"clustered": "one look", "kind: sequence": "all looks together"}
DIFFERS: Final[Mapping[str, str]] = {
    "groups:": "regions differ",
    "common:": "all agents share noise",
    "": "agents differ",
}
COVERED: Final = "intervals that cover the truth, at the tier where fewest do"


def judge(of: Evidence) -> Iterator[Finding]:
    """By what differs, what is lost or repeated, what is old or missing, and by looking often."""
    yield from _worlds(of)
    for faults in of.values(REPEATS.name, "faults"):
        repeats = "nothing is" if faults == "[]" else "half of them are"
        when = f"agents count as one value each, a tenth of messages is lost and {repeats} repeated"
        yield _covers(of, REPEATS, {"faults": faults}, when)
    for source, what in ((STALE, "a region is old"), (MISSING, "an unlike region is missing")):
        for widen in of.values(source.name, WIDEN):
            allowed = "nothing is" if widen == "[]" else "intervals are"
            yield _covers(of, source, {WIDEN: widen}, f"{what} and {allowed} widened for it")
    yield from _looks(of)


def _worlds(of: Evidence) -> Iterator[Finding]:
    for interval in of.values(WORLDS.name, INTERVAL):
        for behaviour in of.values(WORLDS.name, BEHAVIOUR):
            settings = {INTERVAL: interval, BEHAVIOUR: behaviour}
            when = f"{METHODS[interval]} and {_named(DIFFERS, behaviour)}"
            yield _covers(of, WORLDS, settings, when)
    for behaviour in of.values(WORLDS.name, BEHAVIOUR)[:1]:
        settings = {INTERVAL: "clustered", BEHAVIOUR: behaviour}
        naive = of(WORLDS.name, "confidence.naive.root", settings)
        when = "all values count as independent and agents differ"
        yield at_least(naive, LEVEL - TOLERANCE, "intervals of the root that cover the truth", when)


def _looks(of: Evidence) -> Iterator[Finding]:
    asked = "features that any of twenty intervals of the root missed"
    for interval in of.values(PEEKING.name, INTERVAL):
        missed = of(PEEKING.name, "confidence.ever_missed.root", {INTERVAL: interval})
        when = f"one looks twenty times at intervals for {_named(LOOKS, interval)}"
        yield at_most(missed, 1 - LEVEL + TOLERANCE, asked, when)


def _covers(
    of: Evidence, source: ScenarioSource, settings: Mapping[str, object], when: str
) -> Finding:
    tiers = [of(source.name, f"confidence.coverage.{tier}", settings) for tier in TIERS]
    return at_least(smallest(tiers), LEVEL - TOLERANCE, COVERED, when)


def _named(names: Mapping[str, str], setting: str) -> str:
    """The first name whose key is in the setting."""
    return next(name for key, name in names.items() if key in setting)


CLAIM: Final = Claim(
    id="C05",
    promise="Confidence intervals are preserved through every level",
    sources=(WORLDS, REPEATS, STALE, MISSING, PEEKING),
    judge=judge,
    reading="Of the intervals that claim 95 %, at least 94 % are to cover the truth at locals, "
    "regionals and the root. Loss and repeats change nothing; what differs, is old, missing or "
    "looked at often needs an interval that allows for it, and there is one for all but shared "
    "noise, which no node can see in one look.",
)
