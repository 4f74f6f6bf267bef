"""How long until all is well again, counted from the physical heal.

Cuts that overlap or touch are one cut: it heals when the last of them ends. In a tree that changes
a cut also ends when others have taken over from all that it cut off. After a heal come
*reconnected* (first message across), *fresh* (all ages within the baseline bound) and *accurate*
(baseline error within epsilon); where the root has replicas also *converged* (they know the same),
and where there are alerts *settled* (none is provisional). Recovery is the last of them. What was
not reached before the run ended, or before the next cut, is *censored*: kept as "at least so long",
never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.measure.agreement import differing, has_replicas
from sim.measure.alerts import unresolved
from sim.measure.censored import CensoredSample
from sim.measure.spans import Milestone, Spans, first_lasting_gap, union
from sim.measure.staleness import broken, held
from sim.measure.tables import NEVER, Table, Tables
from sim.scenario.plan import Plan

MILESTONES: Final = ("reconnected", "fresh", "accurate", "converged", "settled")


@dataclass(frozen=True, slots=True)
class Cut:
    """A time in which nodes were cut from the root; `heal_ns` is None if that outlives the run."""

    at_ns: int
    heal_ns: int | None
    regions: tuple[int, ...]
    faults: tuple[str, ...]
    of_regions: tuple[tuple[int, int | None], ...] = ()
    """From when to when (None: not in this run) each fault cut off whole regions."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What followed one heal. Nothing is known from `horizon_ns` on (next cut, or the end)."""

    cut: Cut
    heal_ns: int
    horizon_ns: int
    reconnected: Milestone
    fresh: Milestone
    accurate: Milestone
    converged: Milestone | None = None
    """None where the root is alone."""
    settled: Milestone | None = None
    """None in a scenario without alerts."""

    @property
    def parts(self) -> dict[str, Milestone]:
        """The milestones that the scenario has, in the order of MILESTONES."""
        found = {name: getattr(self, name) for name in MILESTONES}
        return {name: step for name, step in found.items() if step is not None}

    @property
    def watched_ns(self) -> int:
        """How long this heal could be watched."""
        return self.horizon_ns - self.heal_ns

    @property
    def time(self) -> Milestone:
        """The last milestone; censored when any of them is."""
        parts = self.parts.values()
        return Milestone(max(p.after_ns for p in parts), all(p.reached for p in parts))


def relieved_ns(tables: Tables, fault: str) -> int:
    """When others had taken over from all that a fault had cut off; NEVER if they did not."""
    rows = tables.reliefs["fault"] == fault
    return int(tables.reliefs["relieved_ns"][rows][0]) if rows.any() else NEVER


def cuts(tables: Tables, end_ns: int) -> list[Cut]:
    """The cuts of a run in order, overlapping ones merged."""
    faults = tables.faults
    rows = np.flatnonzero(faults["cuts"] & (faults["at_ns"] < end_ns))
    merged: list[Cut] = []
    for row in rows[np.argsort(faults["at_ns"][rows], kind="stable")]:
        cut = _cut(tables, int(row), end_ns)
        if merged and _overlap(merged[-1], cut):
            merged[-1] = _join(merged[-1], cut)
        else:
            merged.append(cut)
    return merged


def _cut(tables: Tables, row: int, end_ns: int) -> Cut:
    faults = tables.faults
    ends_ns = int(faults["until_ns"][row]), relieved_ns(tables, str(faults["fault"][row]))
    at_ns = int(faults["at_ns"][row])
    heal_ns = min((end for end in ends_ns if end != NEVER and end < end_ns), default=None)
    regions = tuple(sorted(int(region) for region in str(faults["regions"][row]).split()))
    return Cut(
        at_ns=at_ns,
        heal_ns=heal_ns,
        regions=regions,
        faults=(str(faults["fault"][row]),),
        of_regions=((at_ns, heal_ns),) if regions else (),
    )


def _overlap(before: Cut, after: Cut) -> bool:
    return before.heal_ns is None or after.at_ns <= before.heal_ns


def _join(before: Cut, after: Cut) -> Cut:
    open_end = before.heal_ns is None or after.heal_ns is None
    return Cut(
        at_ns=before.at_ns,
        heal_ns=None if open_end else max(before.heal_ns or 0, after.heal_ns or 0),
        regions=tuple(sorted({*before.regions, *after.regions})),
        faults=(*before.faults, *after.faults),
        of_regions=(*before.of_regions, *after.of_regions),
    )


def recoveries(tables: Tables, plan: Plan) -> list[Recovery]:
    """What followed each heal of one run; empty when nothing healed."""
    end_ns = plan.duration_ns
    found = cuts(tables, end_ns)
    horizons = [*(cut.at_ns for cut in found[1:]), end_ns]
    stale = broken(held(tables, end_ns), plan.staleness.baseline_ns, 0, end_ns)
    wrong = _inaccurate(tables.samples, plan.baseline.epsilon, end_ns)
    split = differing(tables, end_ns) if has_replicas(plan) else None
    pending = unresolved(tables, end_ns) if plan.control.alerts is not None else None
    sustain_ns = plan.measure.sustain_ns
    return [
        Recovery(
            cut=cut,
            heal_ns=cut.heal_ns,
            horizon_ns=horizon_ns,
            reconnected=_reconnected(tables.heard, cut.regions, cut.heal_ns, horizon_ns),
            fresh=first_lasting_gap(stale, cut.heal_ns, horizon_ns, sustain_ns),
            accurate=first_lasting_gap(wrong, cut.heal_ns, horizon_ns, sustain_ns),
            converged=_gap(split, cut.heal_ns, horizon_ns, sustain_ns),
            settled=_gap(pending, cut.heal_ns, horizon_ns, sustain_ns),
        )
        for cut, horizon_ns in zip(found, horizons, strict=False)
        if cut.heal_ns is not None
    ]


def _gap(spans: Spans | None, heal_ns: int, horizon_ns: int, sustain_ns: int) -> Milestone | None:
    return None if spans is None else first_lasting_gap(spans, heal_ns, horizon_ns, sustain_ns)


def _reconnected(
    heard: Table, regions: tuple[int, ...], heal_ns: int, horizon_ns: int
) -> Milestone:
    """First version of a cut region that was sent after the heal (of any, if none was whole)."""
    across = (heard["sent_ns"] >= heal_ns) & (heard["known_ns"] < horizon_ns)
    if regions:
        across &= np.isin(heard["region"], regions)
    if not across.any():
        return Milestone(horizon_ns - heal_ns, False)
    return Milestone(int(heard["known_ns"][across].min()) - heal_ns, True)


def _inaccurate(samples: Table, epsilon: float, end_ns: int) -> Spans:
    """When the baseline error was above epsilon or unknown; a sample holds until the next one."""
    begin_ns = np.append(0, samples["time_ns"])
    error = np.append(np.nan, samples["error_mean"])
    end = np.append(samples["time_ns"], end_ns)
    bad = ~(error <= epsilon)
    return union(begin_ns[bad], end[bad])


def pool(found: Iterable[Recovery], milestone: str) -> CensoredSample:
    """One milestone, or ``"time"``, over many heals, in seconds."""
    every = (getattr(recovery, milestone) for recovery in found)
    steps: list[Milestone] = [step for step in every if step is not None]
    return CensoredSample(
        observed=tuple(step.after_ns / 1e9 for step in steps if step.reached),
        at_least=tuple(step.after_ns / 1e9 for step in steps if not step.reached),
    )
