"""Attestation, evidence and re-seating that cannot be: without aggregators, watchers or time."""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.checks import Case, needs_locals
from sim.scenario.plan import AttestPlan
from sim.scenario.selectors import TreeShape
from sim.units import write_duration

WAYS: Final = 3
"""How often a round goes through the tree: commitments, proofs, acknowledgements."""


def check_integrity(case: Case) -> Iterator[Mistake]:
    """Every mistake in `attest`, `evidence` and `tree.reseat`."""
    if case.plan.attest is not None:
        yield from _attest(case, case.plan.attest)
    if case.plan.evidence is not None:
        yield from needs_locals(case, ("evidence",), "which gather it")
        yield from _hypothesis(case)
    if case.plan.reseat_ns is not None:
        yield from _reseat(case, case.plan.reseat_ns)


def _hypothesis(case: Case) -> Iterator[Mistake]:
    """What evidence is held against is the first baseline of a whole pane."""
    first_ns, end_ns = case.plan.baseline.first_whole_ns, case.plan.duration_ns
    if first_ns >= end_ns:
        first, end = write_duration(first_ns), write_duration(end_ns)
        problem = f"is gathered from the first baseline of a whole pane on, at {first} of {end}"
        yield case.document.mistake(("evidence",), problem)


def _attest(case: Case, attest: AttestPlan) -> Iterator[Mistake]:
    yield from needs_locals(case, ("attest",), "which commit to what they sum up")
    yield from _rounds(case, attest)
    most = strangers(case.tree)
    if attest.watchers > most:
        problem = f"only {most:,} agents are not below the aggregator that they would watch"
        yield case.document.mistake(("attest", "watchers"), problem, f"say at most {most}")


def _rounds(case: Case, attest: AttestPlan) -> Iterator[Mistake]:
    """Commitments go up, proofs down and acknowledgements up, a step a hop each time."""
    every, end_ns = write_duration(attest.every_ns), case.plan.duration_ns
    round_ns = WAYS * (len(case.plan.tiers) - 1) * attest.step_ns
    takes = write_duration(round_ns)
    if attest.every_ns + round_ns > end_ns:
        problem = f"the first round begins at {every}, takes {takes} and outlasts the run, "
        yield case.document.mistake(("attest", "every"), problem + write_duration(end_ns))
    elif round_ns > attest.every_ns:
        problem = f"a round takes {takes}, and the next begins {every} after it does"
        yield case.document.mistake(("attest", "step"), problem)


def strangers(tree: TreeShape) -> int:
    """The agents that can watch any aggregator: none of its own, if it does not have all."""
    agents, inner = tree.counts[0], range(1, len(tree.counts) - 1)
    # The larger groups come first on every tier, so node 0 has the most agents.
    largest = [tree.below(tier, 0, 1)[0][1] for tier in inner if tree.counts[tier] > 1]
    return agents - max(largest, default=0)


def _reseat(case: Case, reseat_ns: int) -> Iterator[Mistake]:
    path, pane_ns = ("tree", "reseat"), case.plan.baseline.pane_ns
    yield from needs_locals(case, path, "to which agents are dealt")
    if reseat_ns == 0 or reseat_ns % pane_ns:
        problem = f"must be a multiple of a pane, {write_duration(pane_ns)}"
        yield case.document.mistake(path, problem)
    elif reseat_ns > case.plan.duration_ns:
        end = write_duration(case.plan.duration_ns)
        problem = f"once every {write_duration(reseat_ns)} never happens in a run of {end}"
        yield case.document.mistake(path, problem)
    if case.plan.detection is not None and case.plan.detection.scope == "own":
        problem = "a local knows no history of an agent that has just been dealt to it"
        yield case.document.mistake(path, problem, "choose another detection.scope")
