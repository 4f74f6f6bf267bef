"""C14: the false discovery rate is controlled across distributed tests.

One procedure over all nodes keeps what it promises (theory 10): BH under independence or positive
dependence, BY and e-BH under any. A procedure at each node makes a promise for each node and none
for all. What is missing counts as p = 1 or e = 0 and stays in the total. A node that is the only
one to watch its agents can make up as many discoveries as it may; a quota bounds how many, and is
paid for with power, so no floor forbids the rate itself.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.claim import Claim, Experiment, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, at_least, at_most, told
from sim.claims.measured import Measured, largest

ALPHA: Final = 0.1
NAMES: Final = {"bh": "BH", "by": "BY", "e_bh": "e-BH"}
HONEST: Final = ("honest", "missing", "shared")
PAIRS: Final = (
    ("bh", "honest"),
    ("bh", "missing"),
    ("bh", "shared"),
    ("bh_by_node", "one_place"),
    ("bh", "liar"),
    ("bh", "liar_witnessed"),
    ("bh_quota", "liar"),
    *((procedure, world) for procedure in ("by", "e_bh") for world in HONEST),
    ("e_bh", "liar"),
    ("e_bh", "liar_witnessed"),
)
PURE: Final = Experiment(
    "false_discoveries",
    cells=[{"procedure": procedure, "world": world} for procedure, world in PAIRS],
    replications=10,
    fast=7,
)
RUNS: Final = ScenarioSource("c14-runs", in_fast=False)
LOCALS: Final = ScenarioSource("c14-locals", in_fast=False)
LIAR: Final = ScenarioSource(
    "c14-liar", fast=("replications=2",), fast_only=("detection.control.kind=bh",)
)
CONTROL: Final = "detection.control.kind"
BH_POWER: Final = 0.722
"""Of BH over all nodes if nothing is wrong (theory 10 (c))."""
RATE: Final = "false share of all discoveries"
POWER: Final = "share of what is anomalous that is found"


def judge(of: Evidence) -> Iterator[Finding]:
    """Plain hypotheses, whole runs with faults, and lies in both."""
    yield from _hypotheses(of)
    yield from _runs(of)
    yield from _lies(of)


def _hypotheses(of: Evidence) -> Iterator[Finding]:
    for procedure, name in NAMES.items():
        worst = largest([_pure(of, procedure, world) for world in HONEST])
        when = f"{name} tests all nodes together and all are honest, some missing or dependent"
        yield at_most(worst, ALPHA, RATE, when)
        yield _power(of, procedure, "honest", f"{name} tests all nodes together")
    alone = _pure(of, "bh_by_node", "one_place")
    yield at_most(alone, ALPHA, RATE, "each node tests its own by BH, all signals at one")


def _runs(of: Evidence) -> Iterator[Finding]:
    for control in of.values(RUNS.name, CONTROL):
        cells = of.along(RUNS.name, "detection.fdr", "faults", {CONTROL: control})
        worst = largest([found for _, found in cells])
        when = f"the root tests by {NAMES[control]} in runs with a cut or a dead local"
        yield at_most(worst, ALPHA, RATE, when)
    locally = of(LOCALS.name, "detection.fdr")
    yield at_most(locally, ALPHA, RATE, "locals test their own by BH in runs")


def _lies(of: Evidence) -> Iterator[Finding]:
    for procedure in ("bh", "e_bh"):
        name = NAMES[procedure]
        when = f"one of 20 nodes lies to {name}"
        lied, seen = (_pure(of, procedure, world) for world in ("liar", "liar_witnessed"))
        yield at_most(lied, ALPHA, RATE, when)
        made_up = _pure(of, procedure, "liar", "made_up")
        yield told(at_most(made_up, ALPHA, "false share if all lies and all signals count", when))
        yield at_most(seen, ALPHA, RATE, f"one of 20 lies to {name} and all have four witnesses")
    when = "one of 20 nodes lies to BH and may make one discovery"
    yield at_most(_pure(of, "bh_quota", "liar"), ALPHA, RATE, when)
    yield _power(of, "bh_quota", "liar", when)
    yield from _lies_in_runs(of)


def _lies_in_runs(of: Evidence) -> Iterator[Finding]:
    witnesses = "detection.witnesses"
    for control in of.values(LIAR.name, CONTROL):
        for count, found in of.along(LIAR.name, "detection.fdr", witnesses, {CONTROL: control}):
            when = f"one of 20 locals lies to {NAMES[control]} in runs"
            if count != "1":
                when = f"{when} and agents have {count} witnesses"
            yield at_most(found, ALPHA, RATE, when)


def _power(of: Evidence, procedure: str, world: str, when: str) -> Finding:
    """Control is cheap for who finds nothing, so what is found is told beside it."""
    found = _pure(of, procedure, world, "power")
    return told(at_least(found, BH_POWER, POWER, when))


def _pure(of: Evidence, procedure: str, world: str, metric: str = "fdr") -> Measured:
    return of(PURE.name, metric, {"procedure": procedure, "world": world})


CLAIM: Final = Claim(
    id="C14",
    promise="The false discovery rate is controlled across distributed tests",
    sources=(PURE, RUNS, LOCALS, LIAR),
    judge=judge,
    reading="The false share of all discoveries at a promised 10 %, over 1000 hypotheses at 20 "
    "nodes and in runs. It is controlled by one procedure over all nodes that says what missing "
    "nodes count as; not by one at each node, and not against a node that nobody else checks.",
)
