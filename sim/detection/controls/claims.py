"""Whom a decision may find at all: under a quota, the most extreme agents of each local."""

import numpy as np

from sim.detection.contract import Floats, Ints
from sim.stats.multiplicity import within_quota


class Claims:
    """`groups` (agents,) is the local of each agent; `quota` the most alarms for one of them.

    A local that lies can make up `quota` alarms in a decision and no more, and one that is honest
    shows its most extreme agents. Who is beyond the quota counts as missing, which keeps what
    Benjamini-Hochberg, Benjamini-Yekutieli, e-BH and Bonferroni promise
    (`sim.stats.multiplicity.quota`). Of online procedures nothing is known then: whether an agent
    counts depends on those after it.
    """

    def __init__(self, groups: Ints | None = None, quota: int | None = None) -> None:
        if quota is not None and groups is None:
            raise ValueError("a quota needs groups: the local of each agent")
        if quota is not None and quota < 1:
            raise ValueError(f"a quota must be 1 or more, not {quota}")
        self._groups = groups
        self._quota = quota
        self._rows: Ints | None = None

    @property
    def groups(self) -> Ints | None:
        """The local of each agent that a decision is about; None where it is not known."""
        if self._groups is None or self._rows is None:
            return self._groups
        return self._groups[self._rows]

    def only(self, rows: Ints | None) -> None:
        """Decisions are about these agents from now on, ascending; None = all that there are.

        Who has left the network is no hypothesis any more, unlike one who is not heard of.
        """
        self._rows = rows

    def limit(self, scores: Floats) -> Floats:
        """The scores that may raise an alarm; all others are NaN."""
        groups = self.groups
        if self._quota is None or groups is None:
            return scores
        return np.where(within_quota(scores, self._quota, groups), scores, np.nan)
