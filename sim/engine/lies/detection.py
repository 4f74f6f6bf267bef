"""What lying aggregators do to detection: forge scores, and tell each child its own baseline."""

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Baseline
from sim.engine.lies.actor import Actor
from sim.engine.lies.lies import Lies
from sim.telemetry.tree import Tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Scores:
    """Forges the scores of the agents below liars (see `Detection.distort`)."""

    def __init__(self, lies: Lies, tree: Tree) -> None:
        self._lies = lies
        self._actors = [actor for actor in lies.actors if actor.overrides("scores")]
        self._tree = tree

    def __call__(self, scores: Floats, now_ns: int, at: Ints | None = None) -> Floats:
        """The scores (agents,) as they are sent by their locals, or by those in `at`."""
        scores = scores.copy()
        for actor in self._actors:
            for one, below in _below(self._lies, actor, self._tree, 0, now_ns, at):
                scores[below] = actor.strategy.scores(scores[below])
                actor.note(np.array([one]), now_ns)
        return scores


class Told:
    """What each local is told of a baseline on its way down past liars."""

    def __init__(self, lies: Lies, tree: Tree) -> None:
        self._lies = lies
        self._actors = [
            actor for actor in lies.actors if actor.overrides("down") and actor.plan.tier > 1
        ]
        self._tree = tree

    @property
    def any(self) -> bool:
        """Whether anybody on the way lies about baselines."""
        return bool(self._actors)

    def __call__(self, baseline: Baseline, now_ns: int) -> Baseline:
        """A row for each local, of the one that was published."""
        locals_ = self._tree.counts[1]
        count = np.repeat(baseline.count, locals_)
        mean = np.repeat(baseline.mean, locals_, axis=0)
        for actor in self._actors:
            child = self._tree.ancestor_of(1, actor.plan.tier - 1).astype(np.int64)
            for one, below in _below(self._lies, actor, self._tree, 1, now_ns):
                mean[below] = actor.strategy.down(mean[below], child[below])
                actor.note(np.array([one]), now_ns)
        covariance = baseline.covariance
        if covariance is not None:
            covariance = np.repeat(covariance, locals_, axis=0)
        return Baseline(count, mean, np.repeat(baseline.sd, locals_, axis=0), covariance)


def _below(
    lies: Lies, actor: Actor, tree: Tree, tier: int, now_ns: int, at: Ints | None = None
) -> list[tuple[int, Ints]]:
    """The liars of an aggregator tier that act now, each with the nodes of `tier` below it.

    `at` are the locals that these nodes are below; None: their own.
    """
    if actor.plan.tier <= tier:
        return []
    if at is None:
        ancestor = tree.ancestor_of(tier, actor.plan.tier)
    else:
        ancestor = tree.ancestor_of(1, actor.plan.tier)[at]
    return [
        (one, np.flatnonzero(ancestor == actor.nodes[one]))
        for one in lies.acting(actor, now_ns).tolist()
    ]
