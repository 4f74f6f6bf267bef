"""C15: statistical Merkle trees protect the integrity of what is added up.

Every single tampering of an aggregator is refused (theory 7 c), one that lies in a run is convicted
or its rounds are not attested, and nobody innocent is convicted. What the tree cannot show is
whether a reading is true (theory 7 d): agents that lie about themselves are attested as they are.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.c07 import TOLERATED_SD
from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, at_least, at_most, told
from sim.claims.measured import growth

TAMPERING: Final = Experiment(
    "merkle_tampering",
    [
        {"field": field, "children": 10}
        for field in (
            "a child's summary",
            "a child's hash",
            "the merged summary",
            "the hash",
            "which children there are",
            "how often a child counts",
            "the sum to the largest child",
            "a child's words of the round before",
            "nothing",
        )
    ],
    exact=True,
)
PROOFS: Final = Experiment(
    "merkle_proofs",
    [{"children": 10, "tiers": tiers} for tiers in (2, 3, 4)],
    replications=3,
    fast=2,
)
AGGREGATORS: Final = ScenarioSource(
    "c15-aggregators",
    fast=("replications=2",),
    fast_only=("adversaries[0].kind=max_for_sum", "adversaries[0].kind=drop"),
)
AGENTS: Final = ScenarioSource("c15-agents", fast=("replications=2",))

ROUNDS: Final = 5
ROUNDS_BEFORE: Final = 2
"""Rounds in a run of 30 s, every 5 s, and those of them before the lie at 12 s."""
WRONG_SD: Final = TOLERATED_SD
"""As C07 has it: beyond it the mean is no longer that of the correct agents."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Tampering bit by bit; lies in runs; what agents say of themselves; the size of proofs."""
    for field, refused in of.along(TAMPERING.name, "refused", "field"):
        if field == "nothing":
            yield at_most(refused, 0.0, "refused although it is right", "aggregators are correct")
        else:
            asked = f"refused, of all ways to change {field}"
            yield at_least(refused, 1.0, asked, "an aggregator tampers with one thing")
    for kind in of.values(AGGREGATORS.name, "adversaries[0].kind"):
        yield from _in_runs(of, kind)
    yield at_most(
        of(AGENTS.name, "bias.max"),
        WRONG_SD,
        "bias of what is attested",
        "a fifth of the agents lie",
    )
    yield from _proofs(of)


def _in_runs(of: Evidence, kind: str) -> Iterator[Finding]:
    """Convicted; or, where nothing false was said, at least never attested."""
    settings, when = {"adversaries[0].kind": kind}, "an aggregator lies in a run"
    if kind == "drop":
        attested = of(AGGREGATORS.name, "attest.attested", settings)
        yield at_most(attested, ROUNDS_BEFORE / ROUNDS, f"rounds that are attested: {kind}", when)
    else:
        convicted = of(AGGREGATORS.name, "attest.convicted", settings)
        yield at_least(convicted, 1.0, f"liars that are convicted: {kind}", when)
    innocent = of(AGGREGATORS.name, "attest.innocent", settings)
    yield at_most(innocent, 0.0, f"innocent ones that are convicted: {kind}", when)


def _proofs(of: Evidence) -> Iterator[Finding]:
    """Told, for nothing was promised: they grow with the depth, and a check is quick."""
    tiers = [int(one) for one in of.values(PROOFS.name, "tiers")]
    sizes = [of(PROOFS.name, "size", {"tiers": one}) for one in tiers]
    if len(tiers) > 2:
        grown = growth([10.0**one for one in tiers], sizes)
        yield told(at_most(grown, 0.5, "growth of a proof with the agents", "ten children each"))
    for one in tiers:
        along = Along("with", 10**one, f"{10**one:,} agents")
        took = of(PROOFS.name, "check", {"tiers": one})
        yield told(at_most(took, 0.01, "time to check a proof", "ten children each", along=along))


CLAIM: Final = Claim(
    id="C15",
    promise="Statistical Merkle trees protect integrity",
    sources=(TAMPERING, AGGREGATORS, AGENTS, PROOFS),
    judge=judge,
    reading="What is protected is the adding up, not the truth of what is added: whoever tampers "
    "is refused and convicted, whoever leaves children out gets no attested root, and agents that "
    "lie about themselves are attested.",
)
