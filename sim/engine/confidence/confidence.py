"""The intervals of one run: what every tier claims at every publication, held against the truth.

A row of the table is about all nodes of a tier that are looked at, and all their features: how many
of their intervals cover the truth, and how many would if all values were taken for independent.
Intervals without an end cover anything and claim nothing: they are counted apart, and in neither.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.confidence.claims import Claim, Claims
from sim.engine.confidence.heard import Heard, Tier, newest
from sim.engine.confidence.running import Running
from sim.engine.confidence.truth import Truth
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance
from sim.engine.world import World
from sim.scenario.plan import Plan
from sim.stats.confidence.contract import Floats, Group

Bools = NDArray[np.bool_]


def scatter(missed: NDArray[np.int64], stated: NDArray[np.int64]) -> float:
    """Sum over streams of the squared misses beyond the share of all: of clusters of looks.

    Over the square of all that were stated it is the variance of the share that missed, however
    much the looks of a stream have in common (a ratio of cluster totals; Cochran, 1977, section
    11.12: streams many and independent).
    """
    share = missed.sum() / max(stated.sum(), 1)
    return float(((missed - share * stated) ** 2).sum())


class Confidence:
    """States and judges the intervals of all tiers."""

    def __init__(
        self, plan: Plan, world: World, tiers: Sequence[Tier], claims: Claims, truth: Truth
    ) -> None:
        self._plan, self._world = plan, world
        self.tiers = tuple(tiers)
        self._claims, self._truth = claims, truth
        self._running = [Running(tier) for tier in tiers]
        """For a method that is about all values since the start."""
        self._missed = [np.zeros((len(tier.nodes), tier.features), np.int64) for tier in tiers]
        """How many intervals of a node and feature have missed the truth, of `_stated` so far."""
        self._stated = [np.zeros_like(missed) for missed in self._missed]
        self._rows: list[dict[str, Any]] = []

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One, which looks at every publication from the first finished pane on."""
        yield self._looking(kernel, advance)

    def rows(self) -> Rows:
        """A row for each tier and publication."""
        return {"intervals": self._rows}

    def idle(self) -> list[str]:
        """Nobody had anything to state."""
        return [] if self._rows else ["confidence"]

    def _looking(self, kernel: Kernel, advance: Advance) -> Script:
        baseline = self._plan.baseline
        for version in range(1, self._plan.duration_ns // baseline.publish_ns + 1):
            yield kernel.instant(version * baseline.publish_ns, order=Order.PUBLISH)
            advance(kernel.now_ns)
            last_pane = kernel.now_ns // baseline.pane_ns - 1
            if last_pane >= 0:
                self._look(version, kernel.now_ns, last_pane)

    def _look(self, version: int, now_ns: int, last_pane: int) -> None:
        first_pane = max(0, last_pane + 1 - max(self._plan.baseline.panes, 1))
        for index, tier in enumerate(self.tiers):
            heard = newest(tier, first_pane, last_pane, now_ns)
            truth = self._truth.of(tier, last_pane)
            group = None if heard is None else self._group(index, heard, last_pane)
            up = self._world.is_up(tier.number)[tier.nodes]
            if heard is None or truth is None or group is None or not up.any():
                continue
            share = self._share(heard)
            claim = self._claims.state(heard, group, share[:, None], last_pane)
            age_ns = heard.mean_age(last_pane)[up] * self._plan.baseline.pane_ns
            self._rows.append(
                {
                    "published_ns": now_ns,
                    "version": version,
                    "tier": tier.number,
                    **self._judged(index, claim, group, truth, up),
                    "age_ns": float(age_ns.mean()),
                    "coverage": float(share[up].mean()),
                }
            )

    def _group(self, index: int, heard: Heard, last_pane: int) -> Group | None:
        """A sequence is about all values so far, any other method about one pane of each source."""
        if self._claims.method.name == "sequence":
            return self._running[index].group(last_pane)
        return heard.group

    def _share(self, heard: Heard) -> Floats:
        """Of the agents that belong to the network, those that a node has heard; (nodes,)."""
        tier = heard.tier
        node = self._world.roster.tree.ancestor_of(0, tier.number)
        there = np.bincount(node[self._world.registered()], minlength=int(tier.nodes.max()) + 1)
        known = tier.sums(heard.sources)
        return np.asarray(np.minimum(known / np.maximum(there[tier.nodes], 1), 1.0))

    def _judged(
        self, index: int, claim: Claim, group: Group, truth: Floats, up: Bools
    ) -> dict[str, Any]:
        missed, stated = self._missed[index], self._stated[index]
        covered = claim.interval.covers(truth)
        missed += ~covered & up[:, None]
        stated += np.isfinite(claim.interval.half_width) & up[:, None]
        half = claim.interval.half_width[up]
        bounded = np.isfinite(half)
        with np.errstate(divide="ignore", invalid="ignore"):
            in_sd = (half / group.sd[up])[bounded]
        return {
            "intervals": int(half.size),
            "covered": int(np.count_nonzero(covered[up] & bounded)),
            "naive": int(np.count_nonzero(claim.naive.covers(truth)[up] & bounded)),
            "unbounded": int(half.size - np.count_nonzero(bounded)),
            "half_width": float(np.mean(in_sd)) if in_sd.size else np.nan,
            "streams": int(missed.size),
            "ever_missed": int(np.count_nonzero(missed)),
            "scatter": scatter(missed, stated),
            "broken": " ".join(claim.broken),
        }
