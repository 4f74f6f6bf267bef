"""Online procedures on p-values: hypotheses come one by one, and each is decided at once.

A procedure owns a little level that it spends on tests and earns back with every rejection
(generalised alpha-investing). All three here are one rule: the level of a test is

    share * sum over earlier rejections, and the start, of weight * gamma(1 + clock since then),

with weights W0 for the start, alpha - W0 for the first rejection and alpha for each other. They
differ in what the clock counts: every test (LORD++), tests that look null (SAFFRON), or tests that
look null and not conservative (ADDIS). gamma sums to at most 1, so at any time the false discovery
rate is at most alpha, if each p-value of a null is uniform (or larger) whatever the past was, and
tests do not depend on each other. Without rejections levels fall for ever: what comes late needs a
tiny p.

Ramdas, Yang, Wainwright & Jordan (2017) for LORD++; Ramdas, Zrnic, Wainwright & Jordan (2018) for
SAFFRON; Tian & Ramdas (2019) for ADDIS. gamma as in Javanmard & Montanari (2018) and in the two
later papers.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Bools, Floats, Ints, ahead, checked_alpha, checked_p

REMEMBERED: Final = 1000
"""Rejections that still pay. Older ones would add next to nothing; without them levels are lower,
which is safe."""
COSTS_MAX: Final = 2**50
"""As far as `Investing.patience` looks."""


class Investing(ABC):
    """The state of one stream of tests; alpha in (0, 1), initial wealth W0 in (0, alpha)."""

    share: float = 1.0
    """What part of tests of uniform p-values cost; levels are that part of what is spent."""
    highest: float = 1.0
    """No level is above this."""

    def __init__(self, alpha: float, wealth: float | None = None) -> None:
        self._alpha = checked_alpha(alpha)
        self._wealth = alpha / 2 if wealth is None else wealth
        if not 0 < self._wealth < alpha:
            raise ValueError(f"initial wealth must be between 0 and alpha, not {wealth}")
        self._clock = 0
        self._first: int | None = None
        self._later: deque[int] = deque(maxlen=REMEMBERED)

    def test(self, p: ArrayLike) -> Bools:
        """Which of the next p-values, in order, are rejected; (n,).

        NaN counts as p = 1. Raises ValueError for p outside [0, 1], and then nothing is tested.
        """
        values = checked_p(p)
        values = np.where(np.isnan(values), 1.0, values)
        ticks = self._ticks(values)
        before: Ints = self._clock + np.cumsum(ticks) - ticks
        rejected = np.zeros(len(values), np.bool_)
        position = 0
        while (hit := self._next(values, before, position)) is not None:
            rejected[hit] = True
            self._note(int(before[hit] + ticks[hit]))
            position = hit + 1
        self._clock += int(ticks.sum())
        return rejected

    def level(self) -> float:
        """The level of the next test."""
        return self._level(self._clock)

    def patience(self, p: float) -> float:
        """After how many more tests of uniform p-values, none rejected, the level is below `p`."""
        fallen = lambda cost: -self._level(self._clock + cost)  # noqa: E731
        return bisect_right(range(COSTS_MAX), -p, key=fallen) / self.share

    @abstractmethod
    def _ticks(self, p: Floats) -> Bools:
        """Which tests let the clock go on."""

    @abstractmethod
    def _gamma(self, number: Floats) -> Floats:
        """What part is spent on test `number`, from 1; falls, and sums to 1 at most."""

    def _next(self, p: Floats, before: Ints, start: int) -> int | None:
        """The first rejection from `start` on.

        Until then levels only fall, so nothing above the next level needs to be looked at.
        """
        for part in ahead(start, len(p)):
            near = part.start + np.flatnonzero(p[part] <= self._level(int(before[part.start])))
            hit = next((int(i) for i in near if p[i] <= self._level(int(before[i]))), None)
            if hit is not None:
                return hit
        return None

    def _level(self, clock: int) -> float:
        since = np.array([0, *([] if self._first is None else [self._first]), *self._later])
        spent = self._gamma(1.0 + clock - since)
        spent *= self._alpha
        spent[0] *= self._wealth / self._alpha
        if self._first is not None:
            spent[1] *= 1 - self._wealth / self._alpha
        return min(self.highest, self.share * float(spent.sum()))

    def _note(self, clock: int) -> None:
        if self._first is None:
            self._first = clock
        else:
            self._later.append(clock)


class LordPlusPlus(Investing):
    """LORD++: every test costs, every rejection pays."""

    def _ticks(self, p: Floats) -> Bools:
        return np.ones(len(p), np.bool_)

    def _gamma(self, number: Floats) -> Floats:
        return slow_gamma(number)


class Saffron(Investing):
    """SAFFRON: only p > `candidates` cost. More power where many hypotheses are not null."""

    def __init__(
        self, alpha: float, wealth: float | None = None, *, candidates: float = 0.5
    ) -> None:
        super().__init__(alpha, wealth)
        if not 0 < candidates < 1:
            raise ValueError(f"candidates must be between 0 and 1, not {candidates}")
        self.share, self.highest = 1 - candidates, candidates

    def _ticks(self, p: Floats) -> Bools:
        return np.asarray(p > self.highest)

    def _gamma(self, number: Floats) -> Floats:
        return fast_gamma(number)


class Addis(Investing):
    """ADDIS: only `candidates` < p <= `discard` cost. For nulls with p-values that are too large.

    A missing p counts as 1 and is discarded: it costs nothing.
    """

    def __init__(
        self,
        alpha: float,
        wealth: float | None = None,
        *,
        candidates: float = 0.25,
        discard: float = 0.5,
    ) -> None:
        super().__init__(alpha, wealth)
        if not 0 < candidates < discard < 1:
            raise ValueError(f"must be 0 < candidates < discard < 1: {candidates}, {discard}")
        self.share, self.highest, self._discard = discard - candidates, candidates, discard

    def _ticks(self, p: Floats) -> Bools:
        return np.asarray((p > self.highest) & (p <= self._discard))

    def _gamma(self, number: Floats) -> Floats:
        return fast_gamma(number)


def slow_gamma(number: Floats) -> Floats:
    """0.0772 log(max(j, 2)) / (j exp(sqrt(log j))); Javanmard & Montanari (2018), section 4."""
    logs = np.log(number)
    return np.asarray(0.07720838 * np.maximum(logs, np.log(2)) / (number * np.exp(np.sqrt(logs))))


def fast_gamma(number: Floats) -> Floats:
    """0.4375 / j^1.6; Ramdas, Zrnic, Wainwright & Jordan (2018), section 4."""
    return np.asarray(0.4374901658 * number**-1.6)
