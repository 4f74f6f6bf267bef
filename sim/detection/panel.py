"""What several witnesses know of an agent, merged so that a minority of liars cannot make it up.

Of k witnesses f = (k - 1) // 2 may lie. E-values go by their f-robust mean, which is an e-value
again whatever the f say; other scores by the (f + 1)-th largest, which is at most the largest of an
honest witness. A witness of whom nothing arrived supports nothing.
"""

import numpy as np

from sim.detection.contract import Bools, Floats
from sim.detection.controls.contract import Evidence
from sim.stats.e_values import robust_average


class Held:
    """The newest scores that one witness of each agent sent, and when."""

    def __init__(self, agents: int) -> None:
        self.known = np.full(agents, np.nan)
        self.sent_ns = np.full(agents, -np.inf)

    def receive(self, agents: slice | Bools, scores: Floats, sent_ns: int) -> None:
        """Take in what was sent of some agents; `scores` holds all agents."""
        self.known[agents] = scores[agents]
        self.sent_ns[agents] = sent_ns

    def forget(self, agents: Bools) -> None:
        """Lose what is known of these agents."""
        self.known[agents] = np.nan

    def since(self, from_ns: float) -> Floats:
        """The scores that were sent at an instant or later, (agents,); all others are NaN."""
        return np.where(self.sent_ns >= from_ns, self.known, np.nan)


def merged(scores: Floats, evidence: Evidence) -> Floats:
    """One score for each agent of those of its k witnesses; (agents, k) to (agents,).

    NaN where nothing is known, or where it is not enough to rule out that it is all lies.
    """
    k = scores.shape[1]
    f = (k - 1) // 2
    if k == 1:
        return scores[:, 0]
    if evidence == "log_e":
        found = robust_average(scores, f)
    else:
        found = np.sort(np.where(np.isnan(scores), -np.inf, scores), axis=1)[:, k - 1 - f]
    return np.where(np.isneginf(found), np.nan, found)
