"""Every version of the baseline that was published: what it says, how old that was, and of whom.

A reader far from the root holds a version's number; here is what stands behind it. A baseline is
the mean of the values of a window, so a source that is behind has fewer values in it than others,
and one that is cut off soon none: it weighs less than it should, which is the error of sampling.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.resolver.contract import Floats, Held
from sim.protocol.resolver.spans import Span
from sim.protocol.signatures import Certificate
from sim.stats.moments import Moments
from sim.telemetry import holdings

Ints = NDArray[np.int64]
_NOTHING: Final = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Ages:
    """What a root knew of the ages of its sources, and of how much of a window they are in."""

    oldest_born_ns: int
    mean_born_ns: int
    agents: int
    coverage: float
    in_it: int = 0
    """Sources with values in the window."""
    span: Span = _NOTHING
    """What of the window is in it: up to the mean birth of the sources with values in it."""
    uneven: float = 0.0
    """Sum of the squares of the sources' weights, less that of equal weights of all there are."""

    @classmethod
    def of(cls, view: Ints, agents: int) -> "Ages":
        """From the row of seven of `sim.telemetry.holdings`, of so many agents."""
        there = max(agents - int(view[holdings.LEFT]), 1)
        return cls(
            int(view[holdings.OLDEST]),
            int(view[holdings.BORN]) // there,
            there,
            int(view[holdings.FRESH]) / there,
        )

    def in_window(self, children: Ints, begin_ns: int) -> "Ages":
        """The same with the weights of the sources in a window, from the rows of the children.

        A source has values in the window from its begin to its birth, and weighs as much. Births
        below one child are taken to be spread evenly around their mean: variance (mean-oldest)^2/3.
        """
        heard = children[:, holdings.HEARD].astype(np.float64)
        born = children[:, holdings.BORN] / np.maximum(heard, 1)
        length = np.where(heard > 0, np.maximum(born - begin_ns, 0.0), 0.0)
        in_it, total = float(heard[length > 0].sum()), float(heard @ length)
        if not total:
            return replace(self, in_it=0, span=Span(begin_ns, begin_ns))
        oldest = np.maximum(children[:, holdings.OLDEST], begin_ns)
        apart = np.where(length > 0, np.maximum(born - oldest, 0.0) ** 2 / 3, 0.0)
        squares = float(heard @ (length**2 + apart)) / total**2
        return replace(
            self,
            in_it=round(in_it),
            span=Span(begin_ns, begin_ns + round(total / in_it)),
            uneven=max(0.0, squares - 1 / self.agents),
        )


def held(
    number: int,
    moments: Moments,
    ages: Ages,
    signed: bytes = b"",
    certificate: Certificate | None = None,
) -> Held | None:
    """A published version as a reader holds it; None while there is nothing in it.

    `signed` is the digest that its certificate is under. Sources that are missing are weights of 0:
    the standard error counts them already, and regions are taken to differ as their agents do.
    """
    if not moments.count or moments.sources < 2:
        return None
    within, between = variances(moments)
    return Held(
        mean=moments.mean,
        standard_error=np.sqrt(between * ages.uneven),
        oldest_born_ns=ages.oldest_born_ns,
        mean_born_ns=ages.mean_born_ns,
        agents=max(ages.in_it, 1),
        coverage=ages.coverage,
        version=(0, number),
        missing_sd=np.zeros_like(moments.mean),
        span=ages.span,
        noise=within / moments.count,
        digest=signed,
        certificate=certificate,
    )


def variances(moments: Moments) -> tuple[Floats, Floats]:
    """Of values within a source, and of the sources' own levels; (features,) each.

    One-way analysis of variance of sources with equally many values (Searle, Casella and McCulloch,
    Variance Components, 1992, section 3.6). From one value of each it cannot be told which is
    which; both are then all that there is.
    """
    count, sources = moments.count, moments.sources
    each = count / sources
    if count == sources:
        return moments.sd**2, moments.sd**2
    all_squares = (count - 1) * moments.sd**2
    between_squares = each * (sources - 1) * moments.between_sd**2
    within = np.maximum(0.0, all_squares - between_squares) / (count - sources)
    return within, np.maximum(0.0, moments.between_sd**2 - within / each)
