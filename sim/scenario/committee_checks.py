"""Committees that cannot be: nobody in them, more liars than they withstand, or nothing to decide.

A committee that tolerates nobody (f = 0) is refused unless the file says ``f: 0``: with three
replicas it looks as if there were something to spare, and there is not. Consensus-free (`versions`)
nobody waits for anybody, so there the replicas are a committee only for alerts, and for the log
(PBFT whatever the protocol) of changes of membership and of alerts that are taken back.
"""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.plan_control import ControlPlan
from sim.scenario.resolve_control import most_tolerated

"""Protocols in which every replica decides the same of several candidates."""
QUORUM_COST: Final = 3
"""Quorums that share a correct member need n > 3f, whatever the protocol."""
_REPLICAS: Final[Path] = ("tree", "replicas")


def check_committee(case: Case) -> Iterator[Mistake]:
    """Every mistake about the replicas of the root as a committee."""
    if case.plan.replicas is None:
        yield from _nobody(case) if case.scenario.tree.replicas is None else ()
        return
    if ("agreement",) not in case.document.unsure:
        yield from _liars(case, case.plan.replicas.count)
    yield from _one_root(case)


def uses_quorums(plan: ControlPlan) -> bool:
    """Whether anything at all waits for a quorum of the replicas."""
    agrees = (
        plan.agreement is not None and PROTOCOLS[plan.agreement.protocol.kind].author != "itself"
    )
    return agrees or plan.alerts is not None or plan.membership is not None


def _nobody(case: Case) -> Iterator[Mistake]:
    """What replicas of the root do, where there are none."""
    control = case.scenario
    blocks: tuple[tuple[Path, bool, str], ...] = (
        (("agreement",), control.agreement is not None, "agree on a snapshot"),
        (("alerts",), control.alerts is not None, "commit alerts"),
        (("anti_entropy",), control.anti_entropy is not None, "mend each other"),
        (("membership",), control.membership is not None, "agree on who has failed"),
    )
    for path, is_there, what in blocks:
        if is_there:
            problem = f"it is replicas of the root that {what}, and there is only one root"
            yield case.document.mistake(path, problem, "say tree.replicas: {root: 4}")


def _liars(case: Case, members: int) -> Iterator[Mistake]:
    """An f that is too large, or that nobody asked to be 0."""
    agreement = case.plan.control.agreement
    assert agreement is not None, "replicas always have something to agree on"
    kind = agreement.protocol.kind
    bound, cost = most_tolerated(kind, members), max(PROTOCOLS[kind].liars_cost, QUORUM_COST)
    written = case.scenario.agreement
    if written is not None and written.f is not None:
        if written.f > bound:
            problem = f"{kind} needs n > {cost}f: {members} replicas tolerate {bound}"
            hint = f"say at most {bound}, or tree.replicas: {{root: {cost * written.f + 1}}}"
            yield case.document.mistake(("agreement", "f"), f"{problem}, not {written.f}", hint)
    elif bound == 0 and uses_quorums(case.plan.control):
        problem = f"{members} replicas tolerate nobody that lies: {kind} needs n > {cost}f"
        hint = f"say {cost + 1} replicas, or agreement.f: 0 if none of them ever lies"
        yield case.document.mistake(_REPLICAS, problem, hint)


def _one_root(case: Case) -> Iterator[Mistake]:
    """What goes to one root and is not replicated with it."""
    why = "go to one root, and it has replicas here"
    if case.plan.baseline.rule.estimator is not None:
        problem = f"digests for a rule other than mean {why}"
        yield case.document.mistake(("baseline", "rule"), problem, "say mean, or one root")
    if case.plan.attest is not None:
        yield case.document.mistake(("attest",), f"commitments {why}", "leave one of the two out")
    if case.plan.evidence is not None:
        problem = f"sums of evidence {why}"
        yield case.document.mistake(("evidence",), problem, "leave one of the two out")
