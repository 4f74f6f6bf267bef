"""A watch: one detector, what it holds agents against, and how recently it has heard of them.

This is what runs at the aggregators next to the agents. It sees values only when they arrive. The
same class fed with every value at its birth, against baselines without delay, is the central twin.
"""

import numpy as np

from sim.detection.contract import Detector, Floats, Ints
from sim.detection.normal import Learnt, Normal


class Watch:
    """`bound_ns` is how old the newest value of an agent may be for it to have a score.

    Values born before `learn_ns` make up what is learnt, where `normal` is learnt at all.
    """

    def __init__(
        self, detector: Detector, normal: Normal, agents: int, learn_ns: int, bound_ns: int
    ) -> None:
        self.detector = detector
        self.normal = normal
        self.newest_ns = np.zeros(agents)
        """Birth of the newest value of each agent; 0 = none."""
        self._learn_ns = learn_ns
        self._bound_ns = bound_ns

    def take(self, rows: Ints, values: Floats, born_ns: Floats, known_ns: Floats) -> None:
        """Take in one value (a row of `values`) of each of the agents `rows`, all different."""
        self.newest_ns[rows] = born_ns
        if isinstance(self.normal, Learnt):
            early = born_ns < self._learn_ns
            if early.any():
                self.normal.history.add(rows[early], values[early])
        baseline, which = self.normal.at(rows, known_ns)
        self.detector.update(rows, values, baseline, which)

    def scores(self, now_ns: int) -> Floats:
        """The score of every agent, (agents,); NaN for those not heard of lately, or not yet."""
        silent = (self.newest_ns == 0) | (self.newest_ns < now_ns - self._bound_ns)
        if self.detector.forgets_the_silent:
            self.detector.forget(np.flatnonzero(silent))
        baseline, which = self.normal.now()
        scores = self.detector.scores(baseline, which)
        return np.where(silent, np.nan, scores)

    def freeze(self) -> None:
        """The time to learn is over."""
        if isinstance(self.normal, Learnt):
            self.normal.freeze()

    def forget(self, rows: Ints) -> None:
        """Lose what is known of these agents; what was learnt and frozen is on disk and stays."""
        self.newest_ns[rows] = 0
        self.detector.forget(rows)
        if isinstance(self.normal, Learnt):
            self.normal.history.forget(rows)
