"""The deciding node: it turns the newest scores that it holds into alarms, all agents at once.

Scores come from each local aggregator in versions, newest wins. Scores older than the bound count
as missing: their agents raise no alarm, and a procedure over many agents keeps them in its total.
Agents that have left the network are in no total: everybody is told who leaves.
Several nodes may decide (one for each region, or local): each tests the agents below it.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Floats, Ints
from sim.detection.controls.contract import Control

Bools = NDArray[np.bool_]


class Decider:
    """All deciding nodes of one tier; agents of node i are ``starts[i]`` to ``starts[i + 1]``."""

    def __init__(
        self,
        control: Control,
        evidence: Literal["score", "log_e"],
        starts: Ints,
        calibrate_from_ns: int,
        calibrate_until_ns: int,
        bound_ns: float,
    ) -> None:
        self.control = control
        self.known = np.full(int(starts[-1]), np.nan)
        """The newest score held of each agent."""
        self.sent_ns = np.full(int(starts[-1]), -np.inf)
        """When it was sent."""
        self._evidence = evidence
        self._starts = starts
        self._calibrate_from_ns = calibrate_from_ns
        self._calibrate_until_ns = calibrate_until_ns
        self._bound_ns = bound_ns

    def receive(self, agents: slice | Bools, scores: Floats, sent_ns: int) -> None:
        """Take in what was sent of some agents; `scores` holds all agents."""
        self.known[agents] = scores[agents]
        self.sent_ns[agents] = sent_ns

    def forget(self, agents: Bools) -> None:
        """Lose what is known of these agents."""
        self.known[agents] = np.nan

    def decide(
        self, now_ns: int, decides: Bools | None = None, present: Bools | None = None
    ) -> tuple[Floats, Bools] | None:
        """Scores that count now and alarms, both (agents,); None until scores are calibrated.

        `decides` (agents,) says for which of them the deciding node is there at all, and `present`
        which belong to the network; both None = all.
        """
        counts = self.sent_ns >= now_ns - self._bound_ns
        if decides is not None:
            counts &= decides
        scores = np.where(counts, self.known, np.nan)
        if now_ns <= self._calibrate_until_ns:
            # What was sent by the end of learning is of values that were learnt from: they are
            # nearer to what was learnt than any value to come will be.
            is_fresh = self.sent_ns > self._calibrate_from_ns
            self.control.calibrate(np.where(is_fresh, scores, np.nan))
            return None
        return scores, self._alarms(scores, present)

    def _alarms(self, scores: Floats, present: Bools | None) -> Bools:
        """What the control makes of the agents that are present."""
        if present is None or present.all():
            self.control.claims.only(None)
            return self.control.decide(scores, self._evidence, self._starts)
        rows = np.flatnonzero(present)
        self.control.claims.only(rows)
        starts = np.searchsorted(rows, self._starts)
        alarms = np.zeros(len(scores), np.bool_)
        alarms[rows] = self.control.decide(scores[rows], self._evidence, starts)
        return alarms
