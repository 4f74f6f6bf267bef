"""Tables as a run would leave them, from a few lines of arithmetic and no engine.

Every region reports to the root every `PERIOD_NS` with a delay of its own; what is sent while the
region is cut is lost. So each age can be worked out by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables, empty
from sim.scenario.plan import (
    AgentsPlan,
    BaselinePlan,
    JournalPlan,
    MeasurePlan,
    Plan,
    RegistryPlan,
    RulePlan,
    StalenessPlan,
    Threshold,
    TierPlan,
    TopologyPlan,
    Variant,
)
from sim.scenario.plan_control import ControlPlan

S = 1_000_000_000
MS = 1_000_000
PERIOD_NS = 200 * MS
INSIDE_AGE_NS = 130 * MS
AGENTS = 100
MEAN = RulePlan("mean", None, 0.0, "sample", 0, 0.01, 0, 0.0, 0.0, quorum=False)


@dataclass(frozen=True)
class Fault:
    at_ns: int
    until_ns: int
    regions: tuple[int, ...]
    kind: str = "partition"
    cuts: bool = True
    relieved_ns: int = -1

    def covers(self, instant_ns: NDArray[Any], region: int) -> NDArray[Any]:
        until_ns = self.until_ns if self.until_ns >= 0 else np.iinfo(np.int64).max
        cut = self.cuts and region in self.regions
        return cut & (instant_ns >= self.at_ns) & (instant_ns < until_ns)


def make_plan(
    duration_ns: int = 60 * S,
    regions: int = 8,
    name: str = "partition-recovery",
    thresholds: tuple[Threshold, ...] = (),
) -> Plan:
    none = Variant("none", {})
    tiers = [("agent", regions * AGENTS), ("local", regions * 5), ("regional", regions)]
    return Plan(
        name=name,
        about="",
        seed=1,
        replications=1,
        duration_ns=duration_ns,
        agents=AgentsPlan(regions * AGENTS, 8, PERIOD_NS, none, 1.0),
        topology=TopologyPlan(none, 1.0, 0, none, none, "regions"),
        tiers=(
            *(TierPlan(tier, count, PERIOD_NS, None, None, 0) for tier, count in tiers),
            TierPlan("root", 1, 0, None, None, 0),
        ),
        baseline=BaselinePlan(S, 10 * S, 3, 0.01, MEAN),
        staleness=StalenessPlan(5 * S, 1 * S),
        faults=(),
        anomalies=(),
        detection=None,
        adversaries=(),
        registry=RegistryPlan(refuse=True, admission="open"),
        attest=None,
        evidence=None,
        control=ControlPlan(),
        reseat_ns=None,
        replicas=None,
        measure=MeasurePlan(100 * MS, 2 * S),
        journal=JournalPlan(False, ()),
        thresholds=thresholds,
        gate=(),
        directory="",
    )


def make_heard(rows: Sequence[tuple[int, int, int, int, float, int]]) -> dict[str, NDArray[Any]]:
    """Rows of (known, region, sent, oldest born, mean born, agents)."""
    names = list(empty("heard"))
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {name: np.array(column) for name, column in zip(names, columns, strict=True)}


def make_tables(
    faults: Sequence[Fault] = (), regions: int = 8, duration_ns: int = 60 * S, seed: int = 1
) -> Tables:
    """A run of `regions` regions under `faults`, as the engine would record it."""
    heard = _heard(faults, regions, duration_ns)
    time_ns = np.arange(0, duration_ns + 1, 100 * MS)
    by_region = [_region(heard, faults, region, time_ns) for region in range(regions)]
    rows = {name: np.concatenate([one[name] for one in by_region]) for name in by_region[0]}
    return Tables.of(
        {
            "samples": _samples(by_region, time_ns, faults, seed),
            "regions": rows,
            "heard": heard,
            "baselines": empty("baselines"),
            "faults": _faults(faults),
            "reliefs": _reliefs(faults),
            "traffic": {
                "tier": ["agent", "agent", "agent"],
                "kind": ["update"] * 3,
                "outcome": ["delivered", "partitioned", "in_flight"],
                "messages": [900, 100, 5],
                "bytes": [9000, 1000, 50],
            },
        }
    )


def with_samples(tables: Tables, **columns: NDArray[Any]) -> Tables:
    return replace(tables, samples={**tables.samples, **columns})


def _heard(faults: Sequence[Fault], regions: int, duration_ns: int) -> dict[str, NDArray[Any]]:
    parts = []
    for region in range(regions):
        sent = np.arange(region * PERIOD_NS // regions, duration_ns, PERIOD_NS)
        for fault in faults:
            sent = sent[~fault.covers(sent, region)]
        known = sent + (20 + 3 * region % 60) * MS
        kept = known < duration_ns
        parts.append((known[kept], np.full(kept.sum(), region), sent[kept]))
    known, region, sent = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(known, kind="stable")
    oldest = np.maximum(sent - INSIDE_AGE_NS, 0)
    columns = (known, region, sent, oldest, (sent + oldest) / 2, np.full(len(sent), AGENTS))
    return {name: column[order] for name, column in zip(empty("heard"), columns, strict=True)}


def _region(
    heard: Mapping[str, NDArray[Any]],
    faults: Sequence[Fault],
    region: int,
    time_ns: NDArray[Any],
) -> dict[str, NDArray[Any]]:
    mine = heard["region"] == region
    row = np.searchsorted(heard["known_ns"][mine], time_ns, side="right")
    oldest = time_ns - np.append(0, heard["oldest_born_ns"][mine])[row]
    reachable = np.ones(len(time_ns), dtype=bool)
    for fault in faults:
        reachable &= ~fault.covers(time_ns, region)
    return {
        "time_ns": time_ns,
        "region": np.full(len(time_ns), region),
        "oldest_age_ns": oldest,
        "mean_age_ns": time_ns - np.append(0.0, heard["mean_born_ns"][mine])[row],
        "inside_age_ns": np.minimum(time_ns, INSIDE_AGE_NS + time_ns % PERIOD_NS),
        "coverage": ((oldest <= 5 * S) & (row > 0)).astype(float),
        "reachable": reachable,
        "agents": np.full(len(time_ns), AGENTS),
    }


def _samples(
    by_region: Sequence[Mapping[str, NDArray[Any]]],
    time_ns: NDArray[Any],
    faults: Sequence[Fault],
    seed: int,
) -> dict[str, NDArray[Any]]:
    oldest = np.max([one["oldest_age_ns"] for one in by_region], axis=0)
    stale = np.mean([one["oldest_age_ns"] for one in by_region], axis=0)
    # The baseline is published every second, from what was known then; errors grow with age.
    published = time_ns // S * S
    noise = np.random.default_rng(seed).lognormal(0, 0.25, len(time_ns))
    row = np.searchsorted(time_ns, published)
    error = 0.0008 * noise[row] * (1 + stale[row] / S * 8)
    error[time_ns < S] = np.nan
    agents = AGENTS * len(by_region)
    known = np.where(time_ns < S, np.nan, 1.0)
    return {
        "time_ns": time_ns,
        "oldest_age_ns": oldest,
        "mean_age_ns": stale,
        "coverage": np.mean([one["coverage"] for one in by_region], axis=0),
        "heard": np.full(len(time_ns), agents),
        "registered": np.full(len(time_ns), agents),
        "count": np.full(len(time_ns), agents * 100),
        "error_mean": error,
        "error_sd": error * 1.4,
        "locals_oldest_ns": (S + time_ns % S + 80 * MS) * known,
        "locals_mean_ns": (S + time_ns % S + 50 * MS) * known,
    }


def _reliefs(faults: Sequence[Fault]) -> dict[str, Any]:
    early = [(place, one.relieved_ns) for place, one in enumerate(faults) if one.relieved_ns >= 0]
    return {
        "fault": [f"faults[{place}]" for place, _ in early],
        "relieved_ns": [relieved_ns for _, relieved_ns in early],
    }


def _faults(faults: Sequence[Fault]) -> dict[str, Any]:
    return {
        "fault": [f"faults[{place}]" for place in range(len(faults))],
        "kind": [fault.kind for fault in faults],
        "at_ns": [fault.at_ns for fault in faults],
        "until_ns": [fault.until_ns for fault in faults],
        "touched": [12 for _ in faults],
        "regions": [" ".join(map(str, fault.regions)) for fault in faults],
        "cuts": [fault.cuts for fault in faults],
    }
