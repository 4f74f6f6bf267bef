"""The partition-recovery figure: what a split does to what the root knows, and how it comes back.

Panels from top to bottom, on one time axis: which regions can reach the root, how long after the
heal each milestone was reached, what replicas, keepers and watchers did (where there are any), the
age of what the root knows of each region, coverage, and the error of the published baseline. Grey
bands are cuts, green lines are heals. What a region knows of itself is drawn while it is cut off:
else it is what the root knows, less the way.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.measure.metrics import after_start
from sim.measure.recovery import Recovery, recoveries
from sim.measure.spans import Spans
from sim.measure.staleness import held, violation_ns
from sim.measure.tables import Tables
from sim.report.control.lanes import control_panels
from sim.report.groups import cut_groups, noun, other_regions
from sim.report.lanes import (
    MARKERS,
    draw_lanes,
    draw_recovery,
    lanes,
    legend,
    others_label,
    unshown,
)
from sim.report.log_axis import log_axis
from sim.report.page import LANE_IN, Panel, compose
from sim.report.series import Grid, pivot, thin, tips, tooth_ns
from sim.report.style import (
    BLUE,
    GREY,
    HIGHLIGHTS,
    INK,
    VERMILLION,
    styled,
)
from sim.report.words import seconds, summary, the_root, title
from sim.scenario.plan import Plan

PANEL_IN: Final = {"age": 2.5, "coverage": 1.15, "error": 1.55}


def recovery_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its lanes need (about 9)."""
    found = recoveries(tables, plan)
    with styled():
        header = title(tables, plan), summary(tables, plan)
        return compose(_panels(tables, plan, found), tables, plan, header)


def _panels(tables: Tables, plan: Plan, found: Sequence[Recovery]) -> list[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    shown = lanes(tables, plan)
    duration_s = plan.duration_ns / 1e9
    panels: list[Panel] = [
        (
            LANE_IN * max(len(shown), 3 if len(shown) > 1 else 2),
            lambda axes: draw_lanes(axes, shown, duration_s, noun(plan), the_root(plan)),
        )
    ]
    if found:
        rows = len(found[0].parts) + 0.2
        panels.append((LANE_IN * rows, lambda axes: draw_recovery(axes, found, plan)))
    return [
        *panels,
        *control_panels(tables, plan),
        (PANEL_IN["age"], lambda axes: _draw_age(axes, tables, plan, found)),
        (PANEL_IN["coverage"], lambda axes: _draw_coverage(axes, tables, plan)),
        (PANEL_IN["error"], lambda axes: _draw_error(axes, tables, plan, found)),
    ]


def _draw_age(axes: Axes, tables: Tables, plan: Plan, found: Sequence[Recovery]) -> None:
    ages = pivot(tables.regions, "oldest_age_ns")
    inside = pivot(tables.regions, "inside_age_ns")
    key = "dashed: seen from inside"
    groups = cut_groups(tables, plan, len(HIGHLIGHTS))
    others = other_regions(tables, groups)
    if others:
        label = others_label(len(others), bool(groups), unshown(tables, plan), noun(plan))
        _band(axes, ages, others, plan, label)
    for place, (group, colour) in enumerate(zip(groups, HIGHLIGHTS, strict=False)):
        # Later lines are thinner, so that an earlier one below them still shows.
        solid: Any = {
            "color": colour,
            "linewidth": 1.8 + 0.5 * (len(groups) - 1 - place),
            "label": group.label,
        }
        dashed: Any = {"color": colour, "linewidth": 1.3, "linestyle": (0, (4, 2))}
        _curve(axes, ages, group.regions, plan, **solid)
        if _curve(axes, inside, group.regions, plan, group.cut, label=key, **dashed):
            key = "_"
    _bounds(axes, plan)
    _shade_violation(axes, tables, plan)
    log_axis(axes, "age (s)")
    axes.set_title(f"How old is what {the_root(plan)} knows: oldest source of each {noun(plan)}")
    _marks(axes, found, "fresh", plan.staleness.baseline_ns / 1e9)
    legend(axes)


def _bounds(axes: Axes, plan: Plan) -> None:
    baseline_ns, anomaly_ns = plan.staleness.baseline_ns, plan.staleness.anomaly_ns
    thick: Any = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
    thin_one: Any = {"color": INK, "linewidth": 0.9, "linestyle": ":"}
    axes.axhline(baseline_ns / 1e9, label=f"baseline bound {seconds(baseline_ns)}", **thick)
    axes.axhline(anomaly_ns / 1e9, label=f"anomaly bound {seconds(anomaly_ns)}", **thin_one)


def _shade_violation(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Between the baseline bound and the oldest age, while that is above it."""
    bound_ns, end_ns = plan.staleness.baseline_ns, plan.duration_ns
    broken_ns = violation_ns(held(tables, end_ns), bound_ns, 0, end_ns)
    if not broken_ns:
        return
    samples = tables.samples
    oldest_ns = samples["oldest_age_ns"].astype(float)
    at_s, oldest_ns = tips(samples["time_ns"], oldest_ns, tooth_ns(plan))
    label = f"bound broken for {seconds(broken_ns)}"
    above = oldest_ns >= bound_ns
    shade: Any = {"color": VERMILLION, "alpha": 0.15, "linewidth": 0, "label": label}
    axes.fill_between(at_s, bound_ns / 1e9, oldest_ns / 1e9, where=above, **shade)


def _curve(
    axes: Axes,
    ages: Grid,
    regions: Sequence[int],
    plan: Plan,
    only: Spans | None = None,
    **look: Any,
) -> bool:
    """The oldest of some regions, in some spans or always; False if there is nothing to draw."""
    oldest_ns = np.fmax.reduce(ages.only(regions), axis=1)
    at_s, oldest_ns = tips(ages.time_ns, oldest_ns, tooth_ns(plan))
    shown = oldest_ns > 0  # a log axis shows nothing else
    if only is not None:
        shown &= ((only[:, :1] <= at_s * 1e9) & (at_s * 1e9 <= only[:, 1:])).any(axis=0)
    if not shown.any():
        return False
    axes.plot(at_s, np.where(shown, oldest_ns / 1e9, np.nan), **look)
    return True


def _band(axes: Axes, ages: Grid, regions: Sequence[int], plan: Plan, label: str) -> None:
    """From the youngest to the oldest of some regions, each by the tips of its teeth."""
    curves = [tips(ages.time_ns, ages.of(region), tooth_ns(plan)) for region in regions]
    at_s = curves[0][0]
    ages_s = np.array([np.interp(at_s, own_s, age_ns / 1e9) for own_s, age_ns in curves])
    low, high = _positive(np.fmin.reduce(ages_s)), _positive(np.fmax.reduce(ages_s))
    axes.fill_between(at_s, low, high, color=GREY, alpha=0.45, linewidth=1.5, label=label)


def _positive(values: NDArray[Any]) -> NDArray[Any]:
    """What a log axis can show; nothing else is drawn."""
    return np.where(values > 0, values, np.nan)


def _draw_coverage(axes: Axes, tables: Tables, plan: Plan) -> None:
    samples, bound = tables.samples, seconds(plan.staleness.baseline_ns)
    at_s, share = thin(samples["time_ns"], samples["coverage"], np.fmin)
    axes.step(at_s, share * 100, where="post", color=BLUE)
    judged = after_start(tables, plan, "coverage")
    gap = max(5.0, 100 - 100 * float(judged.min())) if len(judged) else 100.0
    axes.set_ylim(max(0.0, 100 - 1.3 * gap), 100 + 0.08 * gap)
    axes.set_ylabel("sources (%)")
    axes.set_title(f"Coverage: sources no older than {bound} at {the_root(plan)}")


def _draw_error(axes: Axes, tables: Tables, plan: Plan, found: Sequence[Recovery]) -> None:
    epsilon = plan.baseline.epsilon
    at_s, error = thin(tables.samples["time_ns"], tables.samples["error_mean"], np.fmax)
    floor = (
        epsilon / 1000
    )  # a log axis has no 0: what is less is drawn there, and the label says so
    shown = np.maximum(error, floor)
    label = "published baseline" + (f"\n(0 drawn at {floor:g})" if (error < floor).any() else "")
    promise: Any = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
    broken: Any = {"color": VERMILLION, "alpha": 0.25, "linewidth": 0, "step": "post"}
    axes.step(at_s, shown, where="post", color=BLUE, label=label)
    axes.axhline(epsilon, label=f"promised: {epsilon:g} sd", **promise)
    above = shown > epsilon
    above[1:] |= above[:-1]  # a step lasts until the next value
    if above.any():
        axes.fill_between(at_s, epsilon, shown, where=above, label="promise broken", **broken)
    log_axis(axes, "error (sd)")
    axes.set_title("Error of the published baseline, against an oracle that sees every agent")
    _marks(axes, found, "accurate", epsilon)
    legend(axes)


def _marks(axes: Axes, found: Sequence[Recovery], milestone: str, level: float) -> None:
    """The instants at which a milestone was reached, on the line that it is about."""
    steps = [(one.heal_ns, getattr(one, milestone)) for one in found]
    at_s = [(heal_ns + step.after_ns) / 1e9 for heal_ns, step in steps if step.reached]
    axes.plot(at_s, [level] * len(at_s), MARKERS[milestone], color=INK, markersize=6,
              zorder=5, label=f"{milestone} again" if at_s else "_")  # fmt: skip
