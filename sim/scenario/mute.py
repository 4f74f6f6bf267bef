"""``mute: [faults[0]]``: entries of a scenario that do nothing, to see what each of them does.

A muted entry keeps its place in the file, and with it the names of its random streams, the number
of its label and the nodes that it would have; so whatever is drawn for everything else stays as it
is. That makes a run with something muted the counterfactual twin of the run without. What needs
adversaries to be measured (bias) is measured in the twin as well.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, TypeVar

from sim.scenario.plan import AdversaryPlan, AnomalyPlan, FaultPlan, Muted, Plan
from sim.scenario.plan_control import LiarPlan

Entry = TypeVar("Entry", FaultPlan, AnomalyPlan, AdversaryPlan, LiarPlan)
AnyEntry = FaultPlan | AnomalyPlan | AdversaryPlan | LiarPlan

FAULTS: Final = "faults"
ADVERSARIES: Final = "adversaries"
ANOMALIES: Final = "anomalies"
BLOCKS: Final = (FAULTS, ADVERSARIES, ANOMALIES)
"""The blocks whose entries can be muted, in the order in which they are told."""


def entries(plan: Plan, blocks: Sequence[str] = BLOCKS) -> list[AnyEntry]:
    """What acts in a plan, block by block in the order of the file; without what is muted."""
    lies: list[AnyEntry] = [*plan.adversaries, *plan.control.liars]
    lies.sort(key=entry_number)
    found: dict[str, list[AnyEntry]] = {
        FAULTS: [*plan.faults],
        ADVERSARIES: lies,
        ANOMALIES: [*plan.anomalies],
    }
    return [entry for block in blocks for entry in found[block]]


def entry_number(entry: AnyEntry) -> int:
    """The number of an entry in its block, from 0."""
    return int(entry.path.partition("[")[2].partition("]")[0])


def merged(active: Iterable[Entry], muted: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries of one block in the order of the file, whether they act or not."""
    return tuple(sorted(chain(active, muted), key=entry_number))


def mute(plan: Plan, paths: Iterable[str]) -> Plan:
    """The plan in which these entries do nothing, besides those that are muted in it already.

    A path of nothing that acts changes nothing.
    """
    chosen = frozenset(paths)
    faults, idle_faults = _divided(plan.faults, chosen)
    anomalies, idle_anomalies = _divided(plan.anomalies, chosen)
    adversaries, idle_adversaries = _divided(plan.adversaries, chosen)
    liars, idle_liars = _divided(plan.control.liars, chosen)
    before = plan.muted
    return replace(
        plan,
        faults=faults,
        anomalies=anomalies,
        adversaries=adversaries,
        control=replace(plan.control, liars=liars),
        muted=Muted(
            faults=merged(before.faults, idle_faults),
            anomalies=merged(before.anomalies, idle_anomalies),
            adversaries=merged(before.adversaries, idle_adversaries),
            liars=merged(before.liars, idle_liars),
        ),
    )


def _divided(
    entries: Iterable[Entry], chosen: frozenset[str]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Those that act and those that are muted."""
    there = tuple(entries)
    return (
        tuple(one for one in there if one.path not in chosen),
        tuple(one for one in there if one.path in chosen),
    )
