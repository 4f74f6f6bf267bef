"""Writing down what a run shows: rows of samples, regions, publications, faults and traffic.

The recorder looks and never touches. What it writes depends only on the state it sees, so keeping
more or less of it cannot change a run. Tables are plain columns; `sim.measure` reads nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.fingerprint import Fingerprint
from sim.engine.heard_log import HeardLog
from sim.engine.shown import shown_regions
from sim.engine.traffic import traffic_rows
from sim.engine.world import World
from sim.scenario.plan import Plan
from sim.stats.moments import Moments, error_mean, error_sd
from sim.telemetry import holdings
from sim.telemetry.moves import Heard

Columns = Mapping[str, NDArray[Any]]

HEARD_MAX: Final = 5_000_000
"""With more moves than this expected, the root's view is not written down move by move."""


class Recorder:
    """Collects the rows of one run."""

    def __init__(self, plan: Plan, world: World, fingerprint: Fingerprint) -> None:
        self._plan = plan
        self._world = world
        self._fingerprint = fingerprint
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._regions: list[dict[str, NDArray[Any]]] = []
        counts = world.roster.shape.counts
        region_of_agent = world.roster.tree.region_of(0)
        self._shown = shown_regions(plan, world.roster)
        self._agents_of_region = np.bincount(region_of_agent, minlength=counts[-2])
        moves = counts[-2] * plan.duration_ns // plan.tiers[-2].period_ns
        self._published = dict.fromkeys(("error_mean", "error_sd"), np.nan)
        """Errors of the newest baseline that was published."""
        self._baselines: dict[int, dict[str, Any]] = {}
        """Row of each version that was published."""
        self._agreed: Moments | None = None
        """The newest baseline that replicas published, and its version."""
        self._agreed_version = 0
        self._heard = HeardLog(self._agents_of_region, keeps=moves <= HEARD_MAX)

    def sample(self, now_ns: int) -> None:
        """One row of the whole system, and one of each region."""
        self._take_heard()
        row = {"time_ns": now_ns, **self._ages(now_ns), **self._errors(now_ns)}
        row |= self._baseline_ages(now_ns)
        self._rows["samples"].append(row)
        self._fingerprint.add("samples", *row.values())
        self._fingerprint.add("samples", self._window(now_ns))
        self._regions.append(self._region_rows(now_ns))

    def publication(
        self,
        now_ns: int,
        version: int,
        estimate: Moments,
        truth: Moments,
        ages: Mapping[str, float] | None = None,
    ) -> None:
        """One row of a baseline that was due at `now_ns`, and what is true of it.

        `ages` has the columns about its sources as of then; left out, the root's of now. Published
        again, a version's last row counts.
        """
        ages = self._ages(now_ns) if ages is None else ages
        half_width = estimate.half_width
        row = {
            "published_ns": now_ns,
            "version": version,
            "count": estimate.count,
            "sources": estimate.sources,
            "error_mean": error_mean(estimate, truth),
            "error_sd": error_sd(estimate, truth),
            "oldest_age_ns": ages["oldest_age_ns"],
            "mean_age_ns": ages["mean_age_ns"],
            "coverage": ages["coverage"],
            "half_width_max": float(np.nanmax(half_width)) if _any(half_width) else np.nan,
        }
        self._baselines[version] = row
        self._fingerprint.add("baselines", *row.values())
        self._published = {name: row[name] for name in self._published}
        if version >= self._agreed_version:
            self._agreed_version, self._agreed = version, estimate

    def integrity(self, row: dict[str, Any]) -> None:
        """One row of how far a published baseline is off, and what vouches for it."""
        self._rows["integrity"].append(row)
        self._fingerprint.add("baselines", *row.values())

    def component(self, rows: Rows) -> None:
        """What a component leaves behind."""
        for table, some in rows.items():
            for row in some:
                self._rows[table].append(dict(row))
                self._fingerprint.add("faults", *row.values())

    def baselines(self, now_ns: int) -> tuple[Moments, Moments]:
        """What the root knows of the window of a baseline now, and what is true of it."""
        panes = self._plan.baseline.panes_at(now_ns)
        telemetry = self._world.telemetry
        return telemetry.estimate(*panes), telemetry.truth(*panes)

    def finish(self) -> None:
        """Write down the traffic of the whole run."""
        self._take_heard()
        # A committee may decide an old version after a newer one.
        if self._baselines:
            self._rows["baselines"] = [row for _, row in sorted(self._baselines.items())]
        self._rows.get("integrity", []).sort(key=lambda row: int(row["version"]))
        for row in traffic_rows(self._plan, self._world):
            self._rows["traffic"].append(row)
            self._fingerprint.add("traffic", *row.values())

    def tables(self) -> dict[str, dict[str, NDArray[Any]]]:
        """All tables, column by column."""
        tables = {
            name: {column: np.array([row[column] for row in rows]) for column in rows[0]}
            for name, rows in self._rows.items()
        }
        if self._regions:
            tables["regions"] = {
                column: np.concatenate([part[column] for part in self._regions])
                for column in self._regions[0]
            }
        tables["heard"] = self._heard.table()
        return tables

    def _ages(self, now_ns: int) -> dict[str, Any]:
        view = self._world.telemetry.root.view(now_ns)
        # The sources that the root takes to be there: it hears late of those that leave.
        agents = max(self._plan.agents.count - int(view[holdings.LEFT]), 1)
        return {
            "oldest_age_ns": now_ns - int(view[holdings.OLDEST]),
            "mean_age_ns": now_ns - int(view[holdings.BORN]) / agents,
            "claimed_age_ns": now_ns - int(view[holdings.CLAIMED]) / agents,
            "coverage": int(view[holdings.FRESH]) / agents,
            "heard": int(view[holdings.HEARD]),
            "registered": int(np.count_nonzero(self._world.registered())),
        }

    def _errors(self, now_ns: int) -> dict[str, Any]:
        estimate, truth = self.baselines(now_ns)
        if self._plan.control.agreement is not None:
            # What one replica knows is not what they publish, if they publish at all.
            return self._errors_of(self._agreed, truth)
        if self._plan.baseline.rule.kind != "mean":
            # What a robust rule says is known only when it is published.
            return {"count": estimate.count, **self._published}
        return self._errors_of(estimate, truth)

    def _errors_of(self, estimate: Moments | None, truth: Moments) -> dict[str, Any]:
        """Of a baseline against the truth of now; undefined before there is one."""
        if estimate is None:
            return {"count": 0, "error_mean": np.nan, "error_sd": np.nan}
        return {
            "count": estimate.count,
            "error_mean": error_mean(estimate, truth),
            "error_sd": error_sd(estimate, truth),
        }

    def _baseline_ages(self, now_ns: int) -> dict[str, Any]:
        posts = self._world.downlink.posts
        born_ns = posts[-1].born_ns if posts else np.array([np.nan])
        if posts and posts[-1].spare is not None:
            born_ns = born_ns[~posts[-1].spare]
        if np.isnan(born_ns).any():
            return {"locals_oldest_ns": np.nan, "locals_mean_ns": np.nan}
        return {
            "locals_oldest_ns": now_ns - float(born_ns.min()),
            "locals_mean_ns": now_ns - float(born_ns.mean()),
        }

    def _window(self, now_ns: int) -> NDArray[np.int64]:
        telemetry = self._world.telemetry
        return telemetry.root.window(
            *self._plan.baseline.panes_at(now_ns), telemetry.layout.features
        )

    def _region_rows(self, now_ns: int) -> dict[str, NDArray[Any]]:
        shown = self._shown
        held = holdings.as_rows(self._world.telemetry.root.children(now_ns))[shown]
        agents = self._agents_of_region[shown] - held[:, holdings.LEFT]
        known = np.maximum(agents, 1)
        recent = held[:, holdings.SENT] >= now_ns - self._plan.staleness.baseline_ns
        return {
            "time_ns": np.full(len(agents), now_ns),
            "region": shown,
            "oldest_age_ns": now_ns - np.minimum(held[:, holdings.OLDEST], now_ns),
            "mean_age_ns": np.where(agents, now_ns - held[:, holdings.BORN] / known, 0.0),
            "inside_age_ns": self._inside_ages(now_ns),
            "coverage": np.where(recent, held[:, holdings.FRESH], 0) / known,
            "reachable": self._world.reachable_regions()[shown],
            "agents": agents,
        }

    def _inside_ages(self, now_ns: int) -> NDArray[np.int64]:
        """Oldest age at each region's own aggregator, as it last reported."""
        aggregators = self._world.telemetry.aggregators
        if not aggregators:
            return np.zeros(len(self._shown), np.int64)
        oldest_ns = aggregators[-1].last_state[self._shown, holdings.OLDEST]
        return np.asarray(now_ns - oldest_ns)

    def _take_heard(self) -> None:
        heard = self._world.telemetry.take_heard()
        if heard and self._fingerprint.wants("heard"):
            self._fingerprint.extend("heard", _moves_in_order(heard))
        self._heard.extend(heard)


def _moves_in_order(heard: list[Heard]) -> NDArray[np.int64]:
    """All moves as rows, in the order of time.

    What is known before one sample comes before what is known after it, so the rows of a whole run
    are the same wherever the samples cut them.
    """
    rows = np.concatenate(
        [
            np.column_stack([moves.known_ns.astype(np.int64), moves.child, moves.state])
            for moves in heard
        ]
    )
    return np.asarray(rows[np.lexsort((rows[:, 1], rows[:, 0]))])


def _any(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).any())
