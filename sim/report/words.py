"""What happened in a run, in words: the title and the sentence below it.

Plain text from plain facts, so that the figure needs no manual and the words can be tested.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.measure.metrics import after_start
from sim.measure.recovery import Cut, Recovery, cuts, recoveries
from sim.measure.spans import union
from sim.measure.staleness import held, oldest_age_ns, violation_ns
from sim.measure.tables import Tables
from sim.report.groups import noun
from sim.scenario.plan import Plan
from sim.units import format_duration

VISIBLY: Final = 2.0
"""A curve that is so many times what is said of it contradicts it."""


def who(regions: Sequence[int], total: int, child: str = "region") -> str:
    """The regions of a cut, by name as long as that is short; `child` is what they are.

    >>> who([2], 8), who([0, 3], 8), who(range(30), 60), who([], 8)
    ('region-2', 'region-0 and region-3', '30 of 60 regions', 'part of the tree')
    """
    if len(regions) > 2:
        return f"{len(regions)} of {total} {child}s"
    return " and ".join(f"{child}-{region}" for region in regions) or "part of the tree"


def the_root(plan: Plan) -> str:
    """Whose view is drawn: of several replicas that of the first.

    What each of them publishes has panels of its own.
    """
    return "the root" if plan.replicas is None else "replica 0 of the root"


def which_run(plan: Plan) -> str:
    """What a sentence is about: the figure of a run draws its first replication."""
    return f"Replication 1 of {plan.replications}" if plan.replications > 1 else "The run"


def seconds(duration_ns: float) -> str:
    """Seconds and nothing but seconds, so that neighbours compare at a glance.

    >>> seconds(76_000_000), seconds(2_140_000_000), seconds(15_000_000_000)
    ('0.076 s', '2.14 s', '15 s')
    """
    value = duration_ns / 1e9
    return (
        f"{value:.0f} s" if value >= 100 else f"{value:.3g} s" if value >= 0.1 else f"{value:.2g} s"
    )


def title(tables: Tables, plan: Plan) -> str:
    """One line: who was cut off for how long, and when all was fresh again."""
    total = max(len(np.unique(tables.regions["region"])), plan.tiers[-2].count)
    found = cuts(tables, plan.duration_ns)
    if not found:
        return f"{plan.name}: nothing was cut off from the root{_kept(tables, plan)}"
    away = "" if plan.replicas is None else f" from {the_root(plan)}"
    cuts_told = ", then ".join(
        _cut(cut, total, noun(plan), away) + _reached_anew(cut, tables) for cut in found
    )
    what = cuts_told if len(found) <= 2 else _count(found)
    return f"{plan.name}: {what}{_kept(tables, plan) or _outcome(recoveries(tables, plan))}"


def _cut(cut: Cut, total: int, child: str, away: str) -> str:
    """Who was cut off for how long; `away` is from whom, where there are several roots."""
    what = f"{who(cut.regions, total, child)} {f'cut off{away}' if cut.regions else 'silent'}"
    whole = _lasting([(cut.at_ns, cut.heal_ns)])
    own = _lasting(cut.of_regions) if cut.regions else whole
    return f"{what} {own}" + ("" if own == whole else f" and part of the tree {whole}")


def _reached_anew(cut: Cut, tables: Tables) -> str:
    """That regions which were lost for good have another way to the root, if they do."""
    rows = tables.regions
    since = np.isin(rows["region"], cut.regions) & (rows["time_ns"] >= cut.at_ns)
    lost = rows["time_ns"][since & ~rows["reachable"].astype(bool)]
    later = rows["time_ns"][since & (rows["time_ns"] > lost.max(initial=cut.at_ns))]
    if cut.heal_ns is not None or not len(later):
        return ""
    return f", reached another way within {seconds(int(later.min()) - cut.at_ns)}"


def _lasting(spans: Sequence[tuple[int, int | None]]) -> str:
    """How long all in all, each instant once; since when, if one of them has no end."""
    open_ns = [at_ns for at_ns, heal_ns in spans if heal_ns is None]
    if open_ns:
        return f"for good at {format_duration(min(open_ns))}"
    ends_ns = np.array(spans, np.int64)
    lengths_ns = np.diff(union(ends_ns[:, 0], ends_ns[:, 1]), axis=1)
    return f"for {format_duration(int(lengths_ns.sum()))}"


def _count(found: Sequence[Cut]) -> str:
    open_end = found[-1].heal_ns is None  # only the last can be: later ones would be part of it
    return f"{len(found)} cuts, the last one for good" if open_end else f"{len(found)} cuts"


def _kept(tables: Tables, plan: Plan) -> str:
    """Said only when no age ever broke the baseline bound."""
    bound_ns, end_ns = plan.staleness.baseline_ns, plan.duration_ns
    if violation_ns(held(tables, end_ns), bound_ns, 0, end_ns):
        return ""
    return f"; every age stayed within {seconds(bound_ns)}"


def _outcome(found: Sequence[Recovery]) -> str:
    """What came of the heals; nothing to say without one."""
    if len(found) == 1:
        return f"; {_fresh(found[0])}"
    never = sum(not one.fresh.reached for one in found)
    if never:
        return f"; after {never} of {len(found)} heals not all was fresh again"
    slowest_ns = max((one.fresh.after_ns for one in found), default=None)
    return (
        "" if slowest_ns is None else f"; all fresh again within {seconds(slowest_ns)} of each heal"
    )


def _fresh(one: Recovery) -> str:
    after = f"{seconds(one.fresh.after_ns)} after the heal"
    if one.fresh.reached:
        return f"all fresh again {after if one.fresh.after_ns else 'at the heal'}"
    if one.fresh.after_ns == one.watched_ns:
        return f"still not all fresh {after}"
    return f"all fresh {after}, but watched too briefly to say that it lasts"


def _error(tables: Tables, plan: Plan) -> str:
    """What is judged, and that it is not all: at the start baselines are of a few values."""
    judged = _largest(after_start(tables, plan, "error_mean"))
    start = plan.staleness.baseline_ns
    left_out = _largest(tables.samples["error_mean"]) > VISIBLY * judged
    return f"{judged:.2g} sd" + (f" after the first {seconds(start)}" if left_out else "")


def summary(tables: Tables, plan: Plan) -> str:
    """The worst of the run in one sentence: broken bound, coverage, error."""
    ages, end_ns = held(tables, plan.duration_ns), plan.duration_ns
    bound_ns = plan.staleness.baseline_ns
    broken_ns = violation_ns(ages, bound_ns, 0, end_ns)
    parts = [
        f"oldest age {seconds(oldest_age_ns(ages, 0, end_ns))}",
        f"bound of {seconds(bound_ns)} broken for {seconds(broken_ns)}"
        if broken_ns
        else f"bound of {seconds(bound_ns)} kept",
        f"coverage at least {_least(after_start(tables, plan, 'coverage')):.4g} %",
        f"largest baseline error {_error(tables, plan)}",
    ]
    which = f"replication 1 of {plan.replications}" if plan.replications > 1 else "the run"
    return f"Worst of {which}: " + ", ".join(part for part in parts if "nan" not in part)


def _least(coverage: np.ndarray) -> float:
    return float(coverage.min()) * 100 if len(coverage) else math.nan


def _largest(error: np.ndarray) -> float:
    known = error[~np.isnan(error)]
    return float(known.max()) if len(known) else math.nan
