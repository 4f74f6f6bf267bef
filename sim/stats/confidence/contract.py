"""What a node knows of a mean (`Group`), what it claims of it (`Interval`), and who turns one into
the other (`Method`).

All arrays of a group have one shape, of any axes: (features,), (nodes, features), (replications,
nodes, features). What is known of a node's children has one more axis, in front. Where too little
is known to bound the error, the interval is infinite: that is true, and a NaN would be lost in the
first comparison.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.confidence.quantiles import t_quantile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

HEARD: Final = ("complete", "current", "declared", "once")
"""What every method assumes of the values that it was given: all, of now, each counted once, and
what stands in for the rest declared rightly."""


@dataclass(frozen=True, slots=True, eq=False)
class Children:
    """Means that a node's children know, with the sampling variances that the children claim.

    Shape (children, ...). A child with a NaN in either is not there, so nodes with differing
    numbers of children stand side by side.
    """

    mean: Floats
    variance: Floats
    """Of the error of `mean`; not of the values."""
    degrees: Floats
    """Of freedom of the variance: K - 1 if it comes from K sources, infinite if it is known."""

    @classmethod
    def of(cls, mean: ArrayLike, variance: ArrayLike, degrees: ArrayLike = math.inf) -> "Children":
        """From arrays that broadcast together. Raises ValueError for a negative variance."""
        arrays = np.broadcast_arrays(_floats(mean), _floats(variance), _floats(degrees))
        means, variances, freedom = arrays
        if (variances < 0).any():
            raise ValueError("a variance must not be negative")
        return cls(means, variances, freedom)

    @property
    def there(self) -> Bools:
        """(children, ...): which of them say something."""
        return np.isfinite(self.mean) & np.isfinite(self.variance)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Values of several sources, seen from the node above them; every array has one shape."""

    count: Floats
    """N, of values."""
    sources: Floats
    """K, of sources with at least one value."""
    mean: Floats
    """Of all values; a source that sent more weighs more."""
    sd: Floats
    """Of all values, with N - 1."""
    source_mean: Floats
    """Mean of the sources' own means; all weigh the same."""
    between_sd: Floats
    """Standard deviation of the sources' own means, with K - 1."""
    effective_sources: Floats
    """Kish's N^2 / sum n_i^2 of the sources' counts n_i: K if all sent as many values."""
    reciprocal_size: Floats
    """Mean of 1 / n_i over the sources: K / N if all sent as many values."""
    children: Children | None = None

    @classmethod
    def of(
        cls,
        count: ArrayLike,
        sources: ArrayLike,
        mean: ArrayLike,
        sd: ArrayLike,
        between_sd: ArrayLike,
        *,
        source_mean: ArrayLike | None = None,
        effective_sources: ArrayLike | None = None,
        reciprocal_size: ArrayLike | None = None,
        children: Children | None = None,
    ) -> "Group":
        """From arrays that broadcast together; what is not given is as if sources were of one size.

        Raises ValueError for more sources than values and for a negative deviation.
        """
        N, K = _floats(count), _floats(sources)
        if (K > N).any() or (K < 0).any():
            raise ValueError("every source has at least one value")
        if (_floats(sd) < 0).any() or (_floats(between_sd) < 0).any():
            raise ValueError("a standard deviation must not be negative")
        with np.errstate(divide="ignore", invalid="ignore"):
            alike = K / N
        filled = (
            sd,
            mean if source_mean is None else source_mean,
            between_sd,
            K if effective_sources is None else effective_sources,
            alike if reciprocal_size is None else reciprocal_size,
        )
        arrays = np.broadcast_arrays(N, K, _floats(mean), *(_floats(array) for array in filled))
        values, heard, centre, spread, own, between, kish, size = arrays
        return cls(values, heard, centre, spread, own, between, kish, size, children)

    def as_children(self) -> Children:
        """The first axis as children, by what each knows from the spread between its sources."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = self.between_sd**2 / np.where(self.sources > 1, self.sources, np.nan)
        return Children(self.source_mean, variance, self.sources - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """A claim: the mean is within `half_width` of `centre`, with confidence `level`."""

    centre: Floats
    half_width: Floats
    """Infinite where nothing can be said."""
    standard_error: Floats
    degrees: Floats
    """Of freedom of the standard error; infinite where a normal quantile was taken."""
    level: float

    @classmethod
    def of(
        cls,
        centre: ArrayLike,
        standard_error: ArrayLike,
        level: float,
        *,
        degrees: ArrayLike = math.inf,
        half_width: ArrayLike | None = None,
    ) -> "Interval":
        """Student's quantile times the standard error to either side, unless a half width is given.

        Where any of them is NaN, or there is no degree of freedom, the interval is infinite.
        Raises ValueError for a level outside (0, 1).
        """
        error, freedom = _floats(standard_error), _floats(degrees)
        half = t_quantile(level, freedom) * error if half_width is None else _floats(half_width)
        known = (freedom > 0) & ~np.isnan(half + error)
        middle, half, error, freedom = np.broadcast_arrays(
            _floats(centre),
            np.where(known, half, math.inf),
            np.where(known, error, math.inf),
            freedom,
        )
        return cls(middle, half, error, freedom, level)

    @property
    def low(self) -> Floats:
        """Its lower end."""
        return np.where(np.isinf(self.half_width), -math.inf, self.centre - self.half_width)

    @property
    def high(self) -> Floats:
        """Its upper end."""
        return np.where(np.isinf(self.half_width), math.inf, self.centre + self.half_width)

    def covers(self, truth: ArrayLike) -> Bools:
        """Whether the truth is inside; an infinite interval covers anything."""
        value = _floats(truth)
        return np.asarray((self.low <= value) & (value <= self.high))


@dataclass(frozen=True)
class Method(ABC):
    """A way to an interval; subclasses are frozen dataclasses whose fields are its options."""

    name: ClassVar[str]
    assumes: ClassVar[tuple[str, ...]]
    """What has to hold for the claim to be true: names of `diagnosis.ASSUMPTIONS`."""

    @abstractmethod
    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """The claim about the mean of each entry of the group, of the group's shape.

        Raises ValueError for a level outside (0, 1), and for a group without children if the
        method is one for children.
        """


def _floats(array: ArrayLike) -> Floats:
    return np.asarray(array, np.float64)
