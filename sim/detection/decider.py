"""The deciding node: it turns the newest scores that it holds into alarms, all agents at once.

Scores come from each local aggregator in versions, newest wins. Scores older than the bound count
as missing: their agents raise no alarm, and a procedure over many agents keeps them in its total.
Agents that have left the network are in no total: everybody is told who leaves.
Several nodes may decide (one for each region, or local): each tests the agents below it. Where an
agent has several witnesses, their scores are merged first.
"""

import numpy as np

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.contract import Control, Evidence
from sim.detection.panel import Held, merged


class Decider:
    """All deciding nodes of one tier; agents of node i are ``starts[i]`` to ``starts[i + 1]``."""

    def __init__(
        self,
        control: Control,
        evidence: Evidence,
        starts: Ints,
        calibrate_from_ns: int,
        calibrate_until_ns: int,
        bound_ns: float,
        witnesses: int = 1,
    ) -> None:
        self.control = control
        self.held = tuple(Held(int(starts[-1])) for _ in range(witnesses))
        """What each witness of an agent sent; its own local is the first."""
        self._evidence = evidence
        self._starts = starts
        self._calibrate_from_ns = calibrate_from_ns
        self._calibrate_until_ns = calibrate_until_ns
        self._bound_ns = bound_ns

    def receive(
        self, agents: slice | Bools, scores: Floats, sent_ns: int, witness: int = 0
    ) -> None:
        """Take in what a witness of some agents sent; `scores` holds all agents."""
        self.held[witness].receive(agents, scores, sent_ns)

    def forget(self, agents: Bools) -> None:
        """Lose what is known of these agents."""
        for held in self.held:
            held.forget(agents)

    def decide(
        self, now_ns: int, decides: Bools | None = None, present: Bools | None = None
    ) -> tuple[Floats, Bools] | None:
        """Scores that count now and alarms, both (agents,); None until scores are calibrated.

        `decides` (agents,) says for which of them the deciding node is there at all, and `present`
        which belong to the network; both None = all.
        """
        if now_ns <= self._calibrate_until_ns:
            # What was sent by the end of learning is of values that were learnt from: they are
            # nearer to what was learnt than any value to come will be.
            learnt_ns = np.nextafter(self._calibrate_from_ns, np.inf)
            fresh_ns = max(now_ns - self._bound_ns, learnt_ns)
            self.control.calibrate(self._scores(fresh_ns, decides))
            return None
        scores = self._scores(now_ns - self._bound_ns, decides)
        return scores, self._alarms(scores, present)

    def _scores(self, from_ns: float, decides: Bools | None) -> Floats:
        """What is held of each agent, of scores sent at an instant or later."""
        scores = merged(np.stack([held.since(from_ns) for held in self.held], 1), self._evidence)
        return scores if decides is None else np.where(decides, scores, np.nan)

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
