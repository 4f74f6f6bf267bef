"""The replicas of the root as the control plane sees them: what each of them knows, and where."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.control.editions import Ages
from sim.engine.control.fabric import Place
from sim.engine.control.plane import ControlPlane
from sim.engine.parts import Parts
from sim.protocol.agreement.contract import Value
from sim.protocol.signatures import digest
from sim.stats.moments import Layout, Moments, moments
from sim.telemetry import holdings
from sim.telemetry.root import Root

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one replica would publish: the sums of the panes that a baseline covers."""

    moments: Moments
    row: Ints
    ages: Ages


class Replicas:
    """All replicas of the root of one run; replica 0 is what there is without replication."""

    def __init__(self, parts: Parts, plane: ControlPlane) -> None:
        self._plan = parts.plan
        self._layout: Layout = parts.layout
        self._world = plane.world
        self._each = plane.world.replicas
        self.roots: tuple[Root, ...] = tuple(one.root for one in self._each)
        self.rows = tuple(one.row for one in self._each)
        self.places: tuple[Place, ...] = tuple(plane.place(row, 0) for row in self.rows)

    def __len__(self) -> int:
        return len(self.roots)

    @property
    def names(self) -> tuple[str, ...]:
        """root-0/0 and so on; root where there is one alone."""
        return tuple(one.name for one in self._each)

    def round_trip_ns(self) -> float:
        """The longest between two of them that can reach each other now."""
        sites = [one.site for one in self._each]
        there_ns = self._world.delay_ns[np.ix_(sites, sites)]
        both_ns = there_ns + there_ns.T
        return float(both_ns[np.isfinite(both_ns)].max(initial=0.0))

    def is_up(self, replica: int) -> bool:
        """Whether it acts now."""
        return self._each[replica].is_up()

    def snapshot(self, replica: int, now_ns: int) -> Snapshot:
        """What a replica knows of the window of a baseline now."""
        panes = self._plan.baseline.panes_at(now_ns)
        row = self.roots[replica].window(*panes, self._layout.features)
        return Snapshot(moments(row, self._layout.features), row, self.ages(replica, now_ns))

    def ages(self, replica: int, now_ns: int) -> Ages:
        """What a replica knows of the ages of its sources now."""
        root, baseline = self.roots[replica], self._plan.baseline
        first, _ = baseline.panes_at(now_ns)
        ages = Ages.of(root.view(now_ns), self._plan.agents.count)
        return ages.in_window(holdings.as_rows(root.children(now_ns)), first * baseline.pane_ns)

    def candidate(self, version: int, snapshot: Snapshot) -> Value:
        """The snapshot as a value to agree on."""
        mean = np.nan_to_num(snapshot.moments.mean) / self._plan.agents.scale
        return Value(
            digest(version, snapshot.row.tobytes()),
            size_bytes=self._layout.wire_bytes(panes=1),
            numbers=tuple(mean.tolist()),
            content=snapshot,
        )

    def finished(self, replica: int, now_ns: int) -> bytes:
        """A digest of the finished panes that a replica knows: what must be the same everywhere."""
        first, last = self._plan.baseline.panes_at(now_ns)
        row = self.roots[replica].window(first, last - 1, self._layout.features)
        return digest(first, last, row.tobytes())
