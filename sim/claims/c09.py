"""C09: "consensus-free" coordination suffices.

It is a matter of what is asked (theory 1 and 6). Streams of one writer need no agreement; a
broadcast makes all say the same; and nobody says the same on two sides of a cut while both go on,
since two quorums share a correct member (theory 0: CAP). Consensus-free is not faster: averaging
to 1 % takes 28 delays, PBFT 3. What is decided in the end is only told: a broadcast of these runs
says nothing twice, so what a cut swallows stays undecided, which lines that say it again would
mend; consensus repeats itself.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims import c08
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, Floor, at_least, at_most, told
from sim.claims.measured import Measured, exactly, largest, number, ratio, smallest
from sim.protocol.agreement.registry import PROTOCOLS

OWN: Final = ("versions", "approximate")
SAME: Final = ("consistent_broadcast", "bracha", "imbs_raynal", "witness")
"""Consensus-free all of them; these end with one value (`witness`: within its epsilon)."""
CONSENSUS: Final = ("pbft", "hotstuff")
CUT: Final = ScenarioSource("c09-cut", fast=("replications=2",))
CRASH: Final = ScenarioSource("c09-crash", in_fast=False)
REPLICAS: Final = 4
"""Where messages and delays are counted, without faults."""
HALF_KM: Final = 500
DELAY_S: Final = 0.005
GOES_ON: Final = Floor(8 / 11, "3 of 11 are due in a cut in which nobody has a quorum")
"""The cut lasts from 4.5 to 8.5 s: what is published at 5, 6 and 7 s is due before it heals."""
IN_TIME: Final = "share published before the next is due"
DECIDED: Final = "share decided in the end"


def judge(of: Evidence) -> Iterator[Finding]:
    """What the consensus-free ones can do, what consensus can beside them, and what each costs."""
    yield from _own(of)
    yield from _same(of)
    for name in CONSENSUS:
        yield from map(told, _beside(of, name))
    for name in (*SAME, "approximate", *CONSENSUS):
        yield from map(told, _costs(of, name))


def _own(of: Evidence) -> Iterator[Finding]:
    """The worse of the two has to do it."""
    when = "each replica may publish its own"
    for source, words in ((CUT, "in a cut"), (CRASH, "while the first is down")):
        every = [of(source.name, "agreement.available", _by(name)) for name in OWN]
        yield at_least(smallest(every), 1.0, f"{IN_TIME}, {words}", when)
    for name in OWN:
        apart = of(CUT.name, "agreement.divergence.max", _by(name))
        yield told(at_most(apart, 0.0, f"sd between two replicas, {name}", when))


def _same(of: Evidence) -> Iterator[Finding]:
    """The best of them has to do it, but none may say two things."""
    same = "all are to publish the same"
    apart = [of(CUT.name, "agreement.divergence.max", _by(name)) for name in SAME]
    yield at_most(largest(apart), 0.0, "sd between two replicas", same)
    when = f"{same} and go on in a cut"
    yield at_least(_best(of, CUT, "available"), 1.0, IN_TIME, when, floor=GOES_ON)
    when = f"{same} and nothing that a cut swallows is said again"
    yield told(at_least(_best(of, CUT, "decided"), 1.0, DECIDED, when))
    when = f"{same} and go on while the first is down"
    yield at_least(_best(of, CRASH, "available"), 1.0, IN_TIME, when)


def _beside(of: Evidence, name: str) -> Iterator[Finding]:
    """The same asked of consensus."""
    in_time = of(CUT.name, "agreement.available", _by(name))
    yield at_least(in_time, 1.0, f"{IN_TIME}, in a cut", name, floor=GOES_ON)
    yield at_least(of(CUT.name, "agreement.decided", _by(name)), 1.0, DECIDED, name)
    down = of(CRASH.name, "agreement.available", _by(name))
    yield at_least(down, 1.0, f"{IN_TIME}, while the first is down", name)


def _costs(of: Evidence, name: str) -> Iterator[Finding]:
    """Of four replicas without faults, beside what PBFT takes by theory."""
    if name == "imbs_raynal":
        return  # Four are too few for it.
    pbft = PROTOCOLS["pbft"]
    protocol = {"pbft": c08.PBFT, "hotstuff": c08.HOTSTUFF, "approximate": c08.APPROXIMATE}
    settings = {"agreement.protocol": protocol.get(name, name), "topology.length_km": HALF_KM}
    sent = exactly(of(c08.LIGHT.name, "agreement.messages", settings))
    yield at_most(sent, pbft.messages(REPLICAS), "messages a version, beside PBFT", name)
    lasts = exactly(of(c08.LIGHT.name, "agreement.latency.p95", settings))
    delays = ratio(lasts, number(DELAY_S, "s", "a delay"))
    yield at_most(delays, pbft.delays, "delays until all have decided, beside PBFT", name)


def _best(of: Evidence, source: ScenarioSource, what: str) -> Measured:
    return largest([of(source.name, f"agreement.{what}", _by(name)) for name in SAME])


def _by(name: str) -> dict[str, object]:
    return {"agreement.protocol": name}


CLAIM: Final = Claim(
    id="C09",
    promise='"Consensus-free" coordination suffices',
    sources=(CUT, CRASH, c08.LIGHT),
    judge=judge,
    reading="It suffices for what one writer numbers and for what each replica may say for itself. "
    "By theory membership, identical snapshots of many writers and taking an alert back need "
    "consensus, which in turn decides nothing without a quorum; that is not measured here.",
)
