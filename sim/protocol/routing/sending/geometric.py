"""Geometric monitoring: is f(average of all) above a threshold? Nobody speaks until it might be.

Sharfman, Schuster and Keren, "A geometric approach to monitoring threshold functions over
distributed data streams" (SIGMOD 2006). All know the estimate e, the average when all last spoke,
and each its own move D since. The average now lies in the union of the balls with the diameters
[e, e + D_i]; so as long as f is on one side of the threshold in every ball, it is there for the
average. Each source tests its own ball alone. When one fails, all speak: a full synchronisation,
n values up and the new estimate to n.

Of a linear f no ball is needed: each source has the *slack* threshold - f(e), and no average of
moves within the slack passes the threshold. In one dimension that is the ball test; in more it
fails less often, since a ball also bulges sideways.
"""

from typing import Final, Protocol

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, LastSent
from sim.protocol.routing.sending.functions import Linear, Monitored

MESSAGES_PER_SOURCE: Final = 2
"""Of a full synchronisation: a value up, the estimate down."""


class LocalTest(Protocol):
    """Which sources cannot vouch for the side that f(estimate) is on."""

    def __call__(self, estimate: Floats, moves: Floats) -> Bools:
        """Estimate (d,), moves (n, d); (n,)."""
        ...


class BallTest:
    """Of any function whose range over a ball is known."""

    def __init__(self, function: Monitored, threshold: float) -> None:
        self._function, self._threshold = function, threshold

    def __call__(self, estimate: Floats, moves: Floats) -> Bools:
        """Those whose ball has points on both sides. A value on the threshold is not above it."""
        radii = np.linalg.norm(moves, axis=1) / 2
        low, high = self._function.range(estimate + moves / 2, radii)
        above = bool(self._function(estimate[None])[0] > self._threshold)
        failed: Bools = low <= self._threshold if above else high > self._threshold
        return failed


class SlackTest:
    """Of a linear function, without balls."""

    def __init__(self, function: Linear, threshold: float) -> None:
        self._function, self._threshold = function, threshold

    def __call__(self, estimate: Floats, moves: Floats) -> Bools:
        """Those who would pass the threshold if all had moved as they have."""
        value = self._function(estimate[None])[0]
        moved = value + self._function(moves)
        failed: Bools = (moved > self._threshold) != (value > self._threshold)
        return failed


class Geometric:
    """All n sources at once: they speak together or not at all. The first to be asked all do.

    Silence says that f of the average is on the side of f(`estimate`), and nothing of any value.
    Who has never spoken and measures nothing is absent: the average is one of all others.
    """

    def __init__(self, sources: int, features: int, *, test: LocalTest) -> None:
        self._test, self._last = test, LastSent(sources, features)
        self.synchronisations = 0
        self.messages = 0
        """What all synchronisations have cost."""
        self.violations = 0
        """Of single sources, those of one instant counted apart."""

    @property
    def estimate(self) -> Floats:
        """The average when all last spoke; (d,), NaN before."""
        heard = self._last.values[self._last.known]
        mean: Floats = heard.mean(axis=0) if len(heard) else np.full(heard.shape[1], np.nan)
        return mean

    @property
    def silence(self) -> Floats:
        """Of a single value it says nothing."""
        return np.full(len(self._last.values), np.inf)

    def offer(self, values: Floats, now_ns: int) -> Bools:
        """All but the absent if anybody's test fails, else nobody.

        Who measures no number has not moved.
        """
        current = np.where(_measured(values)[:, None], values, self._last.values)
        due = self.failing(current)
        self.violations += int(due.sum())
        if due.any():
            due = _measured(current)
            self._last.send(due, current)
            self.synchronisations += 1
            self.messages += MESSAGES_PER_SOURCE * int(due.sum())
        return due

    def forget(self, sources: Bools) -> None:
        """See `SendPolicy.forget`; when they are back, all speak, as the estimate lacks them."""
        self._last.forget(sources)

    def failing(self, values: Floats) -> Bools:
        """Whose own test fails; (n,). Each row needs itself and the estimate, and nothing else.

        The first number that a source measures fails; as long as there is none, nothing does.
        """
        known = self._last.known
        failed = _measured(values)
        failed[known] = False
        if known.any():
            failed[known] = self._test(self.estimate, (values - self._last.values)[known])
        return failed


def _measured(values: Floats) -> Bools:
    """Which rows are numbers, all of them; (n,)."""
    return np.asarray(np.isfinite(values).all(axis=1))
