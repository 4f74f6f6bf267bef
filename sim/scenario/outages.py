"""``kind: outages``: what a process of random faults amounts to, once its spells are known.

Each spell is a fault of an ordinary kind. It is named after the entry, its target and its number,
``faults[0]/local-3/2``, so whoever reads a table of faults can tell where one came from.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import PLURALS, REST, TreeShape

OUTAGES: Final = "outages"
REGIONS: Final = "regions"
"""Every region on its own; elsewhere regions are named one by one."""
OUTAGES_MAX: Final = 2000
"""Of a run. Each is two changes of the world, at which everything is derived anew."""


def targets(each: Sequence[str], tree: TreeShape) -> list[str]:
    """Selectors of what fails on its own: a plural stands for each of its nodes."""
    found: list[str] = []
    for text in each:
        if text == REGIONS:
            found += [f"region-{number}" for number in range(tree.regions)]
        elif text in PLURALS:
            name = PLURALS[text]
            count = tree.counts[tree.names.index(name)]
            found += [f"{name}-{number}" for number in range(count)]
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def process_span_ns(process: FaultPlan, plan: Plan) -> tuple[float, float]:
    """Begin and end of the process by its own clock, on which 0 is its `at`."""
    until_ns = plan.duration_ns if process.until_ns is None else process.until_ns
    last_ns = min(until_ns, plan.duration_ns) - process.at_ns
    return -float(process.options["before_ns"]), last_ns * float(process.options["speed"])


def spell(of: FaultPlan, target: str, number: int, at_ns: int, until_ns: int) -> FaultPlan:
    """One outage of a process as an ordinary fault."""
    kind = str(of.options["fault"])
    path = f"{of.path}/{target}/{number}"
    return FaultPlan(kind, at_ns, until_ns, _options(kind, target, of.options), path)


def _options(kind: str, target: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "partition":
        return {"groups": ((target,), (REST,)), "one_way": False}
    durable = {"durable": given["durable"]} if kind == "crash" else {}
    return {"nodes": (target,), **durable}


def entry_of(name: str) -> str:
    """The entry of the scenario that a fault comes from.

    >>> entry_of("faults[0]/root-0/1/12"), entry_of("faults[3]")
    ('faults[0]', 'faults[3]')
    """
    return name.partition("/")[0]


def target_of(name: str) -> str:
    """Whom a spell hits.

    >>> target_of("faults[0]/root-0/1/12")
    'root-0/1'
    """
    return name.partition("/")[2].rpartition("/")[0]
