"""Lanes of membership: whom others suspected, took for failed, re-homed, and saw again."""

from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.measure.membership import FAILED, REHOMED
from sim.measure.tables import Tables
from sim.report.lanes import HEIGHT, label_rows, legend
from sim.report.style import INK, ORANGE, VERMILLION
from sim.scenario.plan import Plan

MEMBERS_MAX: Final = 8
SUSPECTED: Final = "suspected"
LOOKS: Final[Any] = {
    SUSPECTED: {"facecolor": ORANGE, "edgecolor": "white", "hatch": "////", "linewidth": 0},
    FAILED: {"facecolor": VERMILLION, "linewidth": 0},
}
HOME: Final[Any] = {"color": INK, "marker": ">", "markersize": 7, "linestyle": ""}
WELL: Final = ("alive", "returned")


def watched(tables: Tables) -> list[str]:
    """The members that anybody ever suspected or took for failed, in that order, not too many."""
    return _missed(tables)[:MEMBERS_MAX]


def _missed(tables: Tables) -> list[str]:
    rows = tables.members
    bad = (rows["event"] == SUSPECTED) | (rows["event"] == FAILED)
    return list(dict.fromkeys(rows["member"][bad].tolist()))


def draw_watch(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A row a member: hatched while it is suspected, full while somebody takes it for failed."""
    members = watched(tables)
    states: dict[str, None] = {}
    has_home = False
    for row, member in enumerate(members):
        for state, begin_ns, until_ns in spans(tables, member, plan.duration_ns):
            states[state] = None
            begin_s, length_s = begin_ns / 1e9, (until_ns - begin_ns) / 1e9
            axes.barh(row, length_s, HEIGHT, begin_s, **LOOKS[state])
        rows = tables.members
        moved = rows["at_ns"][(rows["member"] == member) & (rows["event"] == REHOMED)] / 1e9
        axes.plot(moved, [row] * len(moved), zorder=4, **HOME)
        has_home |= bool(len(moved))
    label_rows(axes, members)
    left = len(_missed(tables)) - len(members)
    axes.set_title("Whom others miss" + (f" (and {left} more members)" if left else ""))
    key: list[Artist] = [Patch(label=state, **LOOKS[state]) for state in LOOKS if state in states]
    if has_home:
        key.append(Line2D([], [], label="its agents have a new parent", **HOME))
    legend(axes, key)


def spans(tables: Tables, member: str, end_ns: int) -> list[tuple[str, int, int]]:
    """What was thought of a member (suspected or failed), from when to when in ns.

    The worst that any watcher thinks; a member that has come back is well for everybody.
    """
    rows = tables.members
    thoughts: dict[str, str] = {}
    found: list[tuple[str, int, int]] = []
    worst, since_ns = "", 0
    for row in (rows["member"] == member).nonzero()[0]:
        event, at_ns = str(rows["event"][row]), int(rows["at_ns"][row])
        if event == "returned":
            thoughts.clear()
        elif event in (*LOOKS, *WELL):
            thoughts[str(rows["by"][row])] = event
        now = _worst(thoughts)
        if now != worst:
            found += [(worst, since_ns, at_ns)] if worst else []
            worst, since_ns = now, at_ns
    return [*found, (worst, since_ns, end_ns)] if worst else found


def _worst(thoughts: dict[str, str]) -> str:
    held = list(thoughts.values())
    return next((state for state in (FAILED, SUSPECTED) if state in held), "")
