"""The named shapes of a partition, spelled out as groups of nodes.

Regions and replicas of the root are dealt to the sides alike; replica 0 stays with whoever has
`rest`. Nothing is checked here: a shape that cuts nobody has an empty group, and is refused.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from sim.scenario.plan import ReplicasPlan
from sim.scenario.schema import faults
from sim.scenario.selectors import REPLICA, REST

Group = tuple[str, ...]
Groups = tuple[Group, ...]

REGIONS_MAX: Final = 10_000
"""The most regions of which a named shape can cut some off."""
RING_MIN: Final = 4
"""In a ring of three everybody has everybody else for a neighbour."""
NOBODY: Final[Groups] = ((), (REST,))


def partition_options(
    fault: faults.Partition, regions: int, replicas: ReplicasPlan | None
) -> Mapping[str, Any]:
    """The options of a partition: its groups, and what is special about them if anything is."""
    count = 1 if replicas is None else replicas.count
    options = {"groups": groups_of(fault, regions, count), "one_way": fault.one_way}
    reach = reach_of(count) if isinstance(fault.shape, faults.InRing) else fault.reach
    if reach is not None:
        options["reach"] = reach
    if isinstance(fault.shape, faults.Nested):
        options |= {"again_ns": _halfway_ns(fault), "then": _quarters(regions, count)}
    elif fault.then is not None:
        options |= {"again_ns": fault.again, "then": _written(fault.then)}
    return options


def groups_of(fault: faults.Partition, regions: int, replicas: int) -> Groups:
    """The groups of a partition when it begins."""
    if fault.groups is not None:
        return _written(fault.groups)
    if isinstance(fault.shape, faults.Isolate):
        return (tuple(fault.shape.target), (REST,))
    if regions > REGIONS_MAX:
        return NOBODY
    if isinstance(fault.shape, faults.InRing):
        return _ring(regions, replicas)
    if isinstance(fault.shape, faults.Minority):
        return (_names(regions // 2 + 1, regions, replicas - few(replicas), replicas), (REST,))
    return (_names((regions + 1) // 2, regions, (replicas + 1) // 2, replicas), (REST,))


def few(replicas: int) -> int:
    """How many replicas a minority has, so that the others still are a quorum.

    That is f of n >= 3 f + 1 replicas of whom f may lie; of three, one of n >= 2 f + 1.
    """
    return (replicas - 1) // (3 if replicas > RING_MIN - 1 else 2)


def reach_of(replicas: int) -> int:
    """How far each can see on a ring, either way, to see a majority: itself and its neighbours."""
    return (replicas // 2 + 1) // 2


def _ring(regions: int, replicas: int) -> Groups:
    """Each replica with the regions that are dealt to it; of fewer than four, nobody."""
    if replicas < RING_MIN:
        return NOBODY
    bounds = [regions * number // replicas for number in range(replicas + 1)]
    return tuple(
        (*((f"{REPLICA}-{number}",) if number else ("root",)), *_regions(*bounds[number:][:2]))
        for number in range(replicas)
    )


def _quarters(regions: int, replicas: int) -> Groups:
    """Both halves cut in two; the first quarter of all is `rest`."""
    _, *bounds = zip(_fourths(regions), _fourths(replicas), strict=True)
    parts = [_names(first, last, head, tail) for (first, head), (last, tail) in pairwise(bounds)]
    return (*(part for part in parts if part), (REST,))


def _fourths(count: int) -> tuple[int, ...]:
    """Where the quarters of so many things begin and end."""
    half = (count + 1) // 2
    return 0, (half + 1) // 2, half, half + (count - half + 1) // 2, count


def _halfway_ns(fault: faults.Partition) -> int | None:
    if fault.again is not None or fault.until is None:
        return fault.again
    return (fault.at + fault.until) // 2


def _names(first: int, last: int, head: int, tail: int) -> Group:
    """Regions first ... last - 1 and replicas head ... tail - 1, of which none is replica 0."""
    return (*_regions(first, last), *(f"{REPLICA}-{number}" for number in range(head, tail)))


def _regions(first: int, last: int) -> Group:
    return tuple(f"region-{number}" for number in range(first, last))


def _written(groups: list[list[str]]) -> Groups:
    return tuple(tuple(group) for group in groups)
