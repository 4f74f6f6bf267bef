"""Every version of the baseline that was published: what it says, and how old that was.

A reader far from the root holds a version's number; here is what stands behind it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.resolver.contract import Held
from sim.protocol.resolver.widening import missing_sd
from sim.protocol.signatures import Certificate
from sim.stats.moments import Moments
from sim.telemetry import holdings

Z_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Ages:
    """What a root knew of the ages of its sources."""

    oldest_born_ns: int
    mean_born_ns: int
    agents: int
    coverage: float

    @classmethod
    def of(cls, view: NDArray[np.int64], agents: int) -> "Ages":
        """From the row of seven of `sim.telemetry.holdings`, of so many agents."""
        there = max(agents - int(view[holdings.LEFT]), 1)
        return cls(
            int(view[holdings.OLDEST]),
            int(view[holdings.BORN]) // there,
            there,
            int(view[holdings.FRESH]) / there,
        )


def held(
    number: int,
    moments: Moments,
    ages: Ages,
    signed: bytes = b"",
    certificate: Certificate | None = None,
) -> Held | None:
    """A published version as a reader holds it; None while there is nothing in it.

    `signed` is the digest that its certificate is under.
    """
    if not moments.count or moments.sources < 2:
        return None
    heard = round(ages.coverage * ages.agents)
    return Held(
        mean=moments.mean,
        standard_error=moments.half_width / Z_95,
        oldest_born_ns=ages.oldest_born_ns,
        mean_born_ns=ages.mean_born_ns,
        agents=ages.agents,
        coverage=ages.coverage,
        version=(0, number),
        missing_sd=missing_sd(moments.between_sd, ages.agents - heard, heard),
        digest=signed,
        certificate=certificate,
    )
