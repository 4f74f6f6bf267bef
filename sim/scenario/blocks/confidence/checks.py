"""Intervals that cannot be stated: without locals, a law, time, or a tree that stays as it is."""

from collections.abc import Iterator, Mapping
from typing import Final

from sim.errors import Mistake
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.checks import Case, needs_locals
from sim.units import write_duration

_BY_PRECISION: Final = "weighs children by what they claim, and not by how many agents they have"
OF_LAWS: Final[Mapping[str, str]] = {
    "dersimonian_laird": _BY_PRECISION,
    "hartung_knapp": _BY_PRECISION,
    "sequence": "is about a law that stays as it is, and not about the agents of one pane",
}
"""Methods that are not about the agents there are, and why not."""


def check_confidence(case: Case) -> Iterator[Mistake]:
    """Every mistake in `confidence`, and in levels of groups that nobody could tell apart."""
    asked = case.plan.confidence
    if asked is not None:
        yield from _tree(case)
        yield from _law(case, asked)
        yield from _population(case, asked)
        yield from _time(case)
    yield from _groups(case)


def _tree(case: Case) -> Iterator[Mistake]:
    yield from needs_locals(case, ("confidence",), "which know their agents")
    if case.plan.reseat_ns is not None:
        problem = "is about nodes that keep their agents, and here `tree.reseat` deals them anew"
        yield case.document.mistake(("confidence",), problem, "leave one of the two out")


def _law(case: Case, asked: ConfidencePlan) -> Iterator[Mistake]:
    """Nobody knows the law behind a trace, nor how it drifts."""
    if asked.of == "process" and asked.interval.kind == "stratified":
        problem = "stratified is about these very agents, and says nothing of how they were made"
        yield case.document.mistake(("confidence", "of"), problem, "say `of: population`")
    if case.plan.agents.behaviour.kind == "synthetic":
        return
    if asked.of == "process":
        problem = "a trace has no law whose mean is known, so nothing could be held against it"
        yield case.document.mistake(("confidence", "of"), problem, "say `of: population`")
    if "age" in asked.widen:
        problem = "needs to know how values drift, and nobody knows that of a trace"
        yield case.document.mistake(("confidence", "widen"), problem)


def _population(case: Case, asked: ConfidencePlan) -> Iterator[Mistake]:
    """Some methods are about a law only."""
    kind = asked.interval.kind
    if asked.of == "process" or kind not in OF_LAWS:
        return
    problem = f"{kind} {OF_LAWS[kind]}"
    yield case.document.mistake(("confidence", "of"), problem, "say `of: process`")


def _time(case: Case) -> Iterator[Mistake]:
    """Intervals are about finished panes."""
    first_ns, end_ns = case.plan.baseline.first_whole_ns, case.plan.duration_ns
    if first_ns > end_ns:
        first, end = write_duration(first_ns), write_duration(end_ns)
        problem = f"begins at the first publication after a whole pane, at {first} of {end}"
        yield case.document.mistake(("confidence",), problem)


def _groups(case: Case) -> Iterator[Mistake]:
    behaviour = case.plan.agents.behaviour
    apart = behaviour.options.get("groups") or {} if behaviour.kind == "synthetic" else {}
    if case.plan.reseat_ns is not None and any(apart.values()):
        problem = "agents that `tree.reseat` deals anew belong to no group for good"
        yield case.document.mistake(("agents", "behaviour", "groups"), problem)
