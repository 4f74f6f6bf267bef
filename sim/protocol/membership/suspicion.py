"""Lifeguard: be slow to condemn when alone with a suspicion, and when oneself may be the slow one.

Dadgar, Phillips and Currey, "Lifeguard: local health awareness for more accurate failure
detection", arXiv 1707.00788: section IV.A (local health), IV.B (timeout of a suspicion).
"""

from math import log, log10


def suspicion_ns(confirmations: int, needed: int, shortest_ns: int, longest_ns: int) -> int:
    """How long a suspicion waits for a refutation: less and less, the more members share it.

    max(min, max - (max - min) * ln(C + 1) / ln(K + 1)); the shortest if no confirmation is needed.

    >>> [suspicion_ns(c, 3, 5, 30) for c in (0, 1, 3, 9)]
    [30, 18, 5, 5]
    """
    if needed < 1:
        return shortest_ns
    share = log(confirmations + 1) / log(needed + 1)
    return max(shortest_ns, round(longest_ns - (longest_ns - shortest_ns) * share))


def shortest_suspicion_ns(members: int, period_ns: int, factor: float) -> int:
    """factor * log10(n) periods, at least factor: time for a claim to reach all and come back."""
    return round(factor * max(1.0, log10(members)) * period_ns)


class Suspicion:
    """One suspicion against one member: since when, and who shares it."""

    def __init__(
        self, now_ns: int, by: str, needed: int, shortest_ns: int, longest_ns: int
    ) -> None:
        self._since_ns, self._by, self._needed = now_ns, by, needed
        self._span_ns = (shortest_ns, longest_ns)
        self._confirmed: list[str] = []

    @property
    def due_ns(self) -> int:
        """When the member has failed, unless it refutes before."""
        return self._since_ns + suspicion_ns(len(self._confirmed), self._needed, *self._span_ns)

    def confirm(self, by: str) -> bool:
        """Another member says so as well; False if that changes nothing."""
        if by == self._by or by in self._confirmed or len(self._confirmed) >= self._needed:
            return False
        self._confirmed.append(by)
        return True


class Health:
    """How far this node doubts itself: 0, well, up to `worst`; stretches its periods by 1 + that.

    Answers that did not come may mean that the others are gone, or that this node is too slow to
    hear them.
    """

    def __init__(self, worst: int = 8) -> None:
        self._worst = worst
        self.score = 0

    def better(self) -> None:
        """A probe was answered."""
        self.score = max(0, self.score - 1)

    def worse(self, by: int = 1) -> None:
        """A probe or a proxy was not answered, or a suspicion against oneself was refuted."""
        self.score = min(self._worst, self.score + by)
