"""C08: consensus on an update in less than 1 ms.

Light in fibre takes 1 ms for 204 km, and nobody decides safely in fewer than two delays (theory 6:
reliable broadcast in two rounds iff n >= 4f), so above 102 km no protocol on any machine is below
1 ms. Below that it is a matter of rounds and of what machines need for a message, a signature
(Ed25519: 23 us made, 70 us checked) or a code (HMAC: 1.8 us; theory 13).
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_most, told
from sim.claims.measured import Measured, exactly

PBFT: Final = "{kind: pbft, timeout: 5s}"
HOTSTUFF: Final = "{kind: hotstuff, timeout: 5s}"
APPROXIMATE: Final = "{kind: approximate, round: 2s}"
ONE_VALUE: Final = {
    "consistent_broadcast": "consistent broadcast",
    "bracha": "Bracha's broadcast",
    PBFT: "PBFT",
    HOTSTUFF: "HotStuff",
}
"""They end with one value; averaging does not, so it is told and decides nothing."""
AVERAGES: Final = {APPROXIMATE: "averaging", "witness": "averaging by witness"}
CODES: Final = ScenarioSource(
    "c08-codes", fast_only=(f"agreement.protocol={PBFT}", f"agreement.protocol={HOTSTUFF}")
)
SIGNATURES: Final = ScenarioSource(
    "c08-signatures", fast_only=tuple(f"agreement.protocol={name}" for name in ONE_VALUE)
)
LIGHT: Final = ScenarioSource("c08-light", in_fast=False)
MACHINES: Final = {CODES.name: "authentication codes", SIGNATURES.name: "signatures"}
HALVES_KM: Final = (0.005, 5, 33, 500, 4000)
"""A link of the star; two of them lead from one replica to another."""
KM_PER_S: Final = 204_000
DELAYS_MIN: Final = 2
BOUND_S: Final = 1e-3
NEEDED_S: Final = 0.1
"""What a companion of the design asked for (theory 0)."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Until the last replica has decided, for each protocol, machine and distance."""
    for source, machine in MACHINES.items():
        for protocol, name in ONE_VALUE.items():
            for half_km in HALVES_KM:
                yield _finding(of, source, protocol, f"{name} with {machine}", half_km)
    for protocol, name in {**ONE_VALUE, **AVERAGES}.items():
        for half_km in HALVES_KM:
            when = f"{name} on machines without cost"
            yield told(_finding(of, LIGHT.name, protocol, when, half_km))
    for half_km in HALVES_KM:
        yield told(_needed(of, half_km))


def _finding(of: Evidence, source: str, protocol: str, when: str, half_km: float) -> Finding:
    least = Floor(
        DELAYS_MIN * 2 * half_km / KM_PER_S,
        f"light in fibre goes {BOUND_S / DELAYS_MIN * KM_PER_S:g} km in half a millisecond, and "
        "nobody decides in fewer than two delays",
    )
    latency = _latency(of, source, protocol, half_km)
    asked = "seconds until the last replica has decided"
    return at_most(latency, BOUND_S, asked, when, floor=least, along=_along(half_km))


def _needed(of: Evidence, half_km: float) -> Finding:
    latency = _latency(of, SIGNATURES.name, PBFT, half_km)
    asked = "seconds, beside the 100 ms that were asked for"
    return at_most(latency, NEEDED_S, asked, "PBFT with signatures", along=_along(half_km))


def _latency(of: Evidence, source: str, protocol: str, half_km: float) -> Measured:
    """Of the slowest replica: 95 % of so few decisions are all. Delays and costs are constant."""
    settings = {"agreement.protocol": protocol, "topology.length_km": half_km}
    return exactly(of(source, "agreement.latency.p95", settings))


def _along(half_km: float) -> Along:
    km = 2 * half_km
    return Along("sites", km, f"{km:,g} km apart" if km >= 1 else f"{1000 * km:g} m apart")


CLAIM: Final = Claim(
    id="C08",
    promise="Consensus on an update in less than 1 ms",
    sources=(CODES, SIGNATURES, LIGHT),
    judge=judge,
    reading="A statement about distance, rounds and signatures: for replicas in a rack (10 m "
    "apart), a city, a region, a continent and two. Four replicas, no faults, 20 us for a message "
    "taken in.",
)
