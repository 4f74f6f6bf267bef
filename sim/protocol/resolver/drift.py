"""How far a mean moves away while nobody reports: as a variance that grows with age.

A drift is known (its law is part of the scenario or of the domain) or estimated from the versions
that the reader itself held. An estimate from few versions has few degrees of freedom, and intervals
grow accordingly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np

from sim.protocol.resolver.contract import Floats
from sim.protocol.resolver.spans import Span, mean_variation
from sim.units import NS_PER_S

_SMALL: Final = 1e-3
"""Of tau: below it powers of the age say more than differences of nearly equal numbers."""


class Drift(Protocol):
    """A law of motion of the mean of `agents` independent sources."""

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the estimate; inf for what is known."""
        ...

    def variance(self, age_ns: int, agents: int) -> Floats:
        """Of the mean's movement within `age_ns`; (d,)."""
        ...

    def between(self, held: Span, wanted: Span, agents: int) -> Floats:
        """Of the difference between the means over two spans; (d,)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class OrnsteinUhlenbeck:
    """Each source wanders around its own level with standard deviation `sd` (d,).

    Its movement within an age has variance 2 sd^2 (1 - exp(-age / tau)): proportional to a small
    age, and twice the variance of the level when all memory is gone.

    >>> law = OrnsteinUhlenbeck(np.array([1.0]), 60 * NS_PER_S)
    >>> round(float(law.variance(5 * NS_PER_S, agents=1000)[0]) ** 0.5, 4)
    0.0126
    """

    sd: Floats
    tau_ns: int

    @property
    def degrees(self) -> float:
        """It is known."""
        return math.inf

    def variance(self, age_ns: int, agents: int) -> Floats:
        """Of the mean of so many sources; (d,)."""
        return 2 * self.sd**2 * -math.expm1(-age_ns / self.tau_ns) / max(1, agents)

    def between(self, held: Span, wanted: Span, agents: int) -> Floats:
        """Of the mean of so many sources; within a span their wandering averages out."""
        varied = mean_variation(self._twice_integrated, held, wanted)
        return 2 * self.sd**2 * varied / max(1, agents)

    def _twice_integrated(self, age_ns: float) -> float:
        """1 - exp(-h / tau), integrated twice from 0 to an age of either sign."""
        x = abs(age_ns) / self.tau_ns
        if x < _SMALL:
            return self.tau_ns**2 * x**3 * (1 / 6 - x / 24 + x**2 / 120)
        return self.tau_ns**2 * (x**2 / 2 - x - math.expm1(-x))


@dataclass(frozen=True, slots=True, eq=False)
class RandomWalk:
    """The mean itself moves with variance `rate` (d,) in each second, for ever."""

    rate: Floats
    degrees: float = math.inf

    def variance(self, age_ns: int, agents: int) -> Floats:
        """Proportional to age; the rate is that of the mean, of however many sources; (d,)."""
        return self.rate * (age_ns / NS_PER_S)

    def between(self, held: Span, wanted: Span, agents: int) -> Floats:
        """The rate is that of means as they were published: from the end of one to the other's."""
        return self.variance(max(0, wanted.end_ns - held.end_ns), agents)


class Version(NamedTuple):
    """One version of the mean that a reader held."""

    born_ns: int
    mean: Floats
    standard_error: Floats


def estimated(history: Sequence[Version], *, disjoint: bool = False) -> RandomWalk | None:
    """The rate of a random walk, from the versions that the reader held; None from fewer than two.

    Moments: an increment has variance rate * span + both sampling variances, so the latter are
    taken off if samples are `disjoint`. Versions of overlapping windows share their sampling errors
    and nothing is taken off: the rate is then too high rather than too low. Versions that bring
    nothing newer (a span of 0, or one born before the last) are left out.
    """
    kept = list(history[:1])
    for version in history[1:]:
        if version.born_ns > kept[-1].born_ns:
            kept.append(version)
    if len(kept) < 2:
        return None
    means = np.array([version.mean for version in kept])
    sampled = np.array([version.standard_error for version in kept]) ** 2
    moved = np.diff(means, axis=0) ** 2
    if disjoint:
        moved -= sampled[1:] + sampled[:-1]
    span_s = (kept[-1].born_ns - kept[0].born_ns) / NS_PER_S
    return RandomWalk(np.maximum(0.0, moved.sum(axis=0)) / span_s, degrees=len(kept) - 1)
