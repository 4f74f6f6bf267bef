"""The resolved scenario: frozen, complete and free of text.

The loader turns a YAML file into a `Plan`; everything behind it reads only this. Times are
nanoseconds, sizes bytes, shares from 0 to 1. This module imports nothing heavy, so that
``sim validate`` stays instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Variant:
    """A choice by name (``kind:`` in the file) with its plain options, built by a registry."""

    kind: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AgentsPlan:
    """Who is watched: how many, how many features each sends, how often, and what they do."""

    count: int
    features: int
    period_ns: int
    behaviour: Variant
    scale: float
    """The unit of a feature; values are counted in 2**-20 of it and clipped at 16 of it."""


@dataclass(frozen=True, slots=True)
class TopologyPlan:
    """Where the sites are and what the way between two of them costs.

    One-way delay of a message = shortest path (a floor, from distances) + one draw of `jitter`.
    """

    source: Variant
    """topohub, graphml, rtt_csv, ring, grid, tree, waxman or point."""
    detour: float
    hop_ns: int
    jitter: Variant
    loss: Variant
    """none, independent or gilbert_elliott; per message and end to end."""
    placement: Literal["regions", "spread"]
    """regions (neighbours in the tree sit together) or spread."""


@dataclass(frozen=True, slots=True)
class TierPlan:
    """One level of the tree, from the agents (first) to the root (last)."""

    name: str
    """agent, local, regional, tier-3 ... root; node i of it is called ``<name>-<i>``."""
    count: int
    period_ns: int
    """How often each node reports to its parent (for the root: not used)."""
    link: Variant | None
    """Extra delay law of the last mile to the parent, on top of the path between the sites."""
    uplink_bps: int | None
    """Rate of the line on which each node sends to its parent (FIFO queue); None = unlimited."""
    ingress_ns: int
    """Time this node needs for each message that it receives (FIFO queue); 0 = no queue."""


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """What the root publishes: from the last `panes` panes, every `publish_ns`."""

    publish_ns: int
    pane_ns: int
    panes: int
    epsilon: float
    """Accuracy that is promised: largest error of a mean in standard deviations."""

    def panes_at(self, now_ns: int) -> tuple[int, int]:
        """First and last pane that is covered: the last finished ones and the running one."""
        running = now_ns // self.pane_ns
        return max(running - self.panes, 0), running


@dataclass(frozen=True, slots=True)
class StalenessPlan:
    """The bounds on age, a class each."""

    baseline_ns: int
    anomaly_ns: int


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """One thing that goes wrong at `at_ns` and, if it ever does, mends at `until_ns`."""

    kind: str
    at_ns: int
    until_ns: int | None
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``faults[0]``."""


@dataclass(frozen=True, slots=True)
class AnomalyPlan:
    """Behaviour of some agents that is wrong on purpose, with exact labels."""

    kind: str
    at_ns: int
    until_ns: int | None
    """None = until the end of the run."""
    agents: tuple[str, ...]
    """Selectors; a name of an aggregator or a region stands for all agents below it."""
    jitter_ns: int
    """Each agent begins later by a time of its own, uniform from 0 to this; its end stays."""
    options: Mapping[str, Any]
    path: str
    """Where it stands in the file, such as ``anomalies[0]``."""


@dataclass(frozen=True, slots=True)
class DetectionPlan:
    """How the aggregators next to the agents look for anomalies, and who decides."""

    detector: Variant
    scope: Literal["own", "local", "region", "population"]
    """Whose normal an agent is held against: its own history, or a published baseline."""
    control: Variant
    """threshold, bh or e_bh: from scores to decisions."""
    decide: Literal["local", "region", "root"]
    every_ns: int
    """How often scores are sent up, and how often there is a decision."""
    wait_ns: int
    """From the sending of scores to the decision; what arrives later counts the next time."""
    learn_ns: int
    """From the start: values of this time make up an agent's own history."""
    calibrate_ns: int
    """After that: scores of this time say what scores are normal. Then decisions begin."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The smallest worsening of a metric that matters when a run is held against its baseline."""

    metric: str
    worsening: float
    """In the metric's unit, more than 0, whichever direction is worse."""
    line: int


@dataclass(frozen=True, slots=True)
class MeasurePlan:
    """How often the state is sampled, and how long good must last to count as recovered."""

    every_ns: int
    sustain_ns: int


@dataclass(frozen=True, slots=True)
class JournalPlan:
    """What is kept beside the metrics."""

    messages: bool
    fingerprint: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on a metric; `line` is where it stands in the file (0 = unknown)."""

    metric: str
    minimum: float | None
    maximum: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole scenario, ready to run."""

    name: str
    about: str
    seed: int
    replications: int
    duration_ns: int
    agents: AgentsPlan
    topology: TopologyPlan
    tiers: tuple[TierPlan, ...]
    baseline: BaselinePlan
    staleness: StalenessPlan
    faults: tuple[FaultPlan, ...]
    anomalies: tuple[AnomalyPlan, ...]
    detection: DetectionPlan | None
    measure: MeasurePlan
    journal: JournalPlan
    thresholds: tuple[Threshold, ...]
    gate: tuple[Tolerance, ...]
    directory: str
    """Folder of the scenario file: relative paths of traces and topologies start here."""
