"""How a tree that changes keeps its shape and its counts, and what that costs.

Operations are those that change which nodes there are, or even them out. Whoever gets another local
has moved, whatever made it move. The denominator is every agent that joined or left.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables
from sim.scenario.plan import Plan

STRUCTURAL: Final = ("borrow", "merge", "replace", "split")
MOVING: Final = ("borrow", "merge", "move", "replace", "reseat", "split")
"""What gives agents another local: of tier 1."""
COMING: Final = ("join", "leave")


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _is(tables: Tables, kinds: tuple[str, ...]) -> NDArray[np.bool_]:
    return np.isin(tables.operations["kind"], kinds)


def _events(tables: Tables) -> int:
    """Agents that joined or left; a spare aggregator that is put in use joins, too."""
    rows = _is(tables, COMING) & (tables.operations["tier"] == 1)
    return int(tables.operations["moved"][rows].sum())


def _operations(tables: Tables, _: Plan) -> float:
    return _share(int(np.count_nonzero(_is(tables, STRUCTURAL))), _events(tables))


def _moved(tables: Tables, _: Plan) -> float:
    """Agents alone: an aggregator that moves is one child, and those below it move with it."""
    return _share(agents_moved(tables), _events(tables))


def agents_moved(tables: Tables) -> int:
    """How often an agent got another local."""
    rows = _is(tables, MOVING) & (tables.operations["tier"] == 1)
    return int(tables.operations["moved"][rows].sum())


def _refused(tables: Tables, _: Plan) -> float:
    """Wishes: what has no room is wanted, and refused, again at every epoch."""
    refused = np.char.startswith(tables.operations["kind"], "refused")
    return float(np.count_nonzero(refused & ~tables.operations["again"]))


def _messages(tables: Tables, _: Plan) -> float:
    return _share(int(tables.operations["messages"].sum()), _events(tables))


def _double(tables: Tables, _: Plan) -> float:
    census = tables.census
    more = (census["agents_counted"] > census["agents"]) | (
        census["values_counted"] > census["values"]
    )
    return float(np.count_nonzero(more))


def _uncounted(tables: Tables, _: Plan) -> float:
    values = int(tables.census["values"].sum())
    return _share(values - int(tables.census["values_counted"].sum()), values)


def _fan_in_max(tables: Tables, _: Plan) -> float:
    most = tables.shapes["most"]
    return float(most.max()) if len(most) else math.nan


def _out_of_range(tables: Tables, _: Plan) -> float:
    """The first shape is the scenario's, not the tree's doing."""
    later = tables.shapes["at_ns"] > 0
    nodes = int(tables.shapes["nodes"][later].sum())
    return _share(int(tables.shapes["out_of_range"][later].sum()), nodes)


EVOLUTION_FIGURES: Final[Mapping[str, Callable[[Tables, Plan], float]]] = {
    "evolution.operations": _operations,
    "evolution.moved": _moved,
    "evolution.messages": _messages,
    "evolution.refused": _refused,
    "evolution.double": _double,
    "evolution.uncounted": _uncounted,
    "evolution.fan_in.max": _fan_in_max,
    "evolution.out_of_range": _out_of_range,
}
