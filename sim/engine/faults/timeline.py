"""The faults of a run: each begins and ends at its instant, and gives account of its effect."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engine.component import Rows
from sim.engine.faults import make_fault
from sim.engine.faults.base import Fault
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance
from sim.engine.roster import Nodes, minus
from sim.engine.world import World
from sim.scenario.outages import entry_of
from sim.scenario.plan import FaultPlan


@dataclass(slots=True)
class Effect:
    """What one fault did when it began."""

    fault: Fault
    touched: int = 0
    """Nodes and ways; what it does to messages is counted on the way."""
    cut_regions: list[int] = field(default_factory=list)
    """Regions that it cut off from the root."""
    cut: Nodes | None = None
    """Whom it keeps from reporting, also where others do so at first; None where it is nobody."""
    relieved_ns: int | None = None
    """When none of their rows had a node any more: others had taken over from them all."""


class Timeline:
    """All faults of a scenario, in its order."""

    def __init__(self, plans: Sequence[FaultPlan], duration_ns: int, world: World) -> None:
        self._effects = [Effect(make_fault(plan)) for plan in plans]
        self._duration_ns = duration_ns
        self._world = world
        world.observers.append(self._look_for_relief)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for each fault."""
        for effect in self._effects:
            yield self._happening(effect, kernel, advance)

    def rows(self) -> Rows:
        """The table of faults, and of those whose cut ended before they did."""
        reliefs = [
            {"fault": effect.fault.name, "relieved_ns": effect.relieved_ns}
            for effect in self._effects
            if effect.relieved_ns is not None
        ]
        faults = [self._row(effect) for effect in self._effects]
        return {"faults": faults, **({"reliefs": reliefs} if reliefs else {})}

    def idle(self) -> list[str]:
        """Entries of the scenario that touched nothing, with none of the faults they brought."""
        touched: dict[str, bool] = {}
        for one in self._effects:
            entry = entry_of(one.fault.name)
            touched[entry] = touched.get(entry, False) or self._touched(one) > 0
        return [entry for entry, is_hit in touched.items() if not is_hit]

    def _happening(self, effect: Effect, kernel: Kernel, advance: Advance) -> Script:
        fault, world = effect.fault, self._world
        yield kernel.instant(fault.plan.at_ns, order=Order.FAULT)
        advance(kernel.now_ns)
        self._change(effect, lambda: fault.begin(world))
        if fault.turn_ns is not None and fault.turn_ns < self._duration_ns:
            yield kernel.instant(fault.turn_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            self._change(effect, lambda: fault.turn(world))
        if fault.plan.until_ns is not None and fault.plan.until_ns <= self._duration_ns:
            yield kernel.instant(fault.plan.until_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            fault.end(world)
            world.refresh()

    def _change(self, effect: Effect, change: Callable[[], int | None]) -> None:
        """Let a fault change the world, and note whom that cuts off, or will when others end."""
        world = self._world
        could_not, could_reach = world.cut_nodes(), world.reachable_regions()
        effect.touched += change() or 0
        world.refresh()
        mine = self._kept_silent(effect.fault, could_not)
        before = minus(could_not, mine)
        root = len(world.up)
        could_reach = could_reach | mine[root - 1] | mine[root][0]
        newly_cut = np.flatnonzero(could_reach & ~world.reachable_regions()).tolist()
        effect.cut_regions = sorted({*effect.cut_regions, *newly_cut})
        cut = minus(world.cut_nodes(), before)
        if effect.fault.silences and any(rows.any() for rows in cut):
            known = world.roster.none() if effect.cut is None else effect.cut
            effect.cut = tuple(now | then for now, then in zip(cut, known, strict=True))

    def _kept_silent(self, fault: Fault, could_not: Nodes) -> Nodes:
        """Of those who could not report before a fault, whom it keeps from it when that is over."""
        world = self._world
        if not any(rows.any() for rows in could_not):
            return could_not
        mine = fault.keeps_silent(world)
        if world.in_use is not None:
            mine = tuple(one & used for one, used in zip(mine, world.in_use, strict=True))
        return mine

    def _look_for_relief(self) -> None:
        """In a tree that changes a cut may end before its fault does."""
        in_use = self._world.in_use
        if in_use is None:
            return
        for effect in self._effects:
            if effect.cut is not None and effect.relieved_ns is None:
                still = (one & used for one, used in zip(effect.cut, in_use, strict=True))
                if not any(rows.any() for rows in still):
                    effect.relieved_ns = self._world.telemetry.now_ns

    def _touched(self, effect: Effect) -> int:
        name = effect.fault.name
        hits = sum(line.channel.tally.hits[name] for line in self._world.lines)
        return effect.touched + hits + self._world.control_hits[name]

    def _row(self, effect: Effect) -> dict[str, Any]:
        plan, touched = effect.fault.plan, self._touched(effect)
        return {
            "fault": effect.fault.name,
            "kind": plan.kind,
            "at_ns": plan.at_ns,
            "until_ns": -1 if plan.until_ns is None else plan.until_ns,
            "touched": touched,
            "regions": " ".join(map(str, effect.cut_regions)) if touched else "",
            "cuts": effect.cut is not None and touched > 0,
        }
