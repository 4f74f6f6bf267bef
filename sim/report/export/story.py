"""What happened in a run beside its messages, as stretches of time, moments and gauges.

A stretch has a beginning and an end (a fault, a lie, a region that is cut off, a decision on its
way); a moment is an instant (a publication, a conviction); a gauge is a measured line. Each stands
in a group and on a track of it, as a viewer shows them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.spans import union
from sim.measure.tables import NEVER, Table
from sim.report.export.stored import Stored
from sim.scenario.selectors import tree_shape

Details = Mapping[str, str | int | float]

NETWORK: Final = "network"
ADVERSARIES: Final = "adversaries"
REGIONS: Final = "regions"
ROOT: Final = "what the root knows"
CONTROL: Final = "control plane"
GROUPS: Final[tuple[str, ...]] = (NETWORK, ADVERSARIES, ROOT, REGIONS, CONTROL)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Something that lasts; of one that does not end in the run, the end is the run's."""

    group: str
    track: str
    name: str
    begin_ns: int
    end_ns: int
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens at an instant."""

    group: str
    track: str
    name: str
    at_ns: int
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """A measured line without its gaps; both arrays have shape (points,)."""

    group: str
    name: str
    unit: str
    """UCUM: ``s``, ``1``, or ``{sd}``: standard deviations between agents."""
    time_ns: NDArray[np.int64]
    value: NDArray[np.float64]
    node: str = ""
    """Of whom; empty = of the whole system."""


def stretches(run: Stored) -> Iterator[Stretch]:
    """Faults, lies, regions that are cut off, and decisions on their way."""
    yield from _faults(run)
    yield from _lies(run)
    yield from _cut_regions(run)
    yield from _decisions(run)


def moments(run: Stored) -> Iterator[Moment]:
    """Publications, convictions, alerts, and changes of membership."""
    for row in _rows(run.tables.baselines):
        details = {"version": row["version"], "coverage": row["coverage"], "count": row["count"]}
        yield Moment(ROOT, "publications", "baseline", row["published_ns"], details)
    for row in _rows(run.tables.convictions):
        yield from _conviction(run, row)
    for row in _rows(run.tables.alerts):
        details = {"alert": row["alert"], "replica": row["replica"]}
        yield Moment(CONTROL, "alerts", f"alert {row['state']}", row["at_ns"], details)
    for row in _rows(run.tables.members):
        details = {"by": row["by"], "epoch": row["epoch"]}
        name = f"{row['member']} {row['event']}"
        yield Moment(CONTROL, "membership", name, row["at_ns"], details)


def gauges(run: Stored) -> Iterator[Gauge]:
    """Staleness, coverage and error of the whole system, then the age of each region shown."""
    samples = run.tables.samples
    for name, unit, column, scale in (
        ("staleness oldest", "s", "oldest_age_ns", 1e-9),
        ("staleness mean", "s", "mean_age_ns", 1e-9),
        ("baseline age at locals", "s", "locals_oldest_ns", 1e-9),
        ("coverage", "1", "coverage", 1.0),
        ("error mean", "{sd}", "error_mean", 1.0),
        ("error sd", "{sd}", "error_sd", 1.0),
    ):
        yield _gauge(ROOT, name, unit, samples["time_ns"], samples[column] * scale)
    regions = run.tables.regions
    for region in np.unique(regions["region"]).tolist():
        mine = regions["region"] == region
        age_s = regions["oldest_age_ns"][mine] * 1e-9
        time_ns, node = regions["time_ns"][mine], region_name(run, region)
        yield _gauge(REGIONS, "oldest age", "s", time_ns, age_s, node)


def region_name(run: Stored, region: int) -> str:
    """What a child of the root is called: ``regional-2``."""
    shape = tree_shape(run.plan)
    return shape.node_name(shape.top - 1, region)


def _gauge(
    group: str,
    name: str,
    unit: str,
    time_ns: NDArray[np.int64],
    value: NDArray[np.float64],
    node: str = "",
) -> Gauge:
    known = np.isfinite(value)
    return Gauge(group, name, unit, time_ns[known], value[known].astype(np.float64), node)


def _faults(run: Stored) -> Iterator[Stretch]:
    for row in _rows(run.tables.faults):
        details: dict[str, str | int | float] = {"touched": row["touched"]}
        if row["regions"]:
            details["regions"] = row["regions"]
        track = f"{row['fault']} {row['kind']}"
        yield Stretch(
            NETWORK, track, row["kind"], row["at_ns"], _end_ns(run, row["until_ns"]), details
        )


def _lies(run: Stored) -> Iterator[Stretch]:
    for row in _rows(run.tables.adversaries):
        tier = run.plan.tiers[row["tier"]].name
        details = {"nodes": row["nodes"], "tier": tier, "acts": row["acts"]}
        end_ns = _end_ns(run, row["until_ns"])
        track = f"{row['adversary']} {row['kind']}"
        yield Stretch(ADVERSARIES, track, row["kind"], row["at_ns"], end_ns, details)


def _cut_regions(run: Stored) -> Iterator[Stretch]:
    """As sampled: a region that could not reach the root at a sample counts until the next."""
    regions, every_ns = run.tables.regions, run.plan.measure.every_ns
    cut = ~regions["reachable"]
    for region in np.unique(regions["region"][cut]).tolist():
        time_ns = regions["time_ns"][cut & (regions["region"] == region)]
        for begin_ns, end_ns in union(time_ns, time_ns + every_ns).tolist():
            track = region_name(run, region)
            yield Stretch(REGIONS, track, "cut off", begin_ns, min(end_ns, run.plan.duration_ns))


def _decisions(run: Stored) -> Iterator[Stretch]:
    for row in _rows(run.tables.decisions):
        details = {"version": row["version"], "view": row["view"], "digest": row["digest"]}
        track = f"replica {row['replica']} decides"
        name = f"version {row['version']}"
        yield Stretch(CONTROL, track, name, row["proposed_ns"], row["decided_ns"], details)


def _conviction(run: Stored, row: Mapping[str, Any]) -> Iterator[Moment]:
    node = tree_shape(run.plan).node_name(row["tier"], row["node"])
    for what in ("lied", "convicted", "replaced"):
        if row[f"{what}_ns"] != NEVER:
            details = {"reason": row["reason"]} if what == "convicted" else {}
            yield Moment(ADVERSARIES, "court", f"{node} {what}", row[f"{what}_ns"], details)


def _end_ns(run: Stored, until_ns: int) -> int:
    return run.plan.duration_ns if until_ns == NEVER else min(until_ns, run.plan.duration_ns)


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table as plain values."""
    columns = [column.tolist() for column in table.values()]
    for values in zip(*columns, strict=True):
        yield dict(zip(table, values, strict=True))
