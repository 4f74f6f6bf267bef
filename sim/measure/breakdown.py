"""Where a rule breaks down: the smallest share of liars from which on its bias exceeds a limit.

A sweep knows the bias at some shares only, so the answer is a bracket: the last share at which all
was well, and the first from which on nothing was. "None up to 45 %" is an answer, too. Two limits
are of interest: a bias of so many sd, and so many times the floor that no rule beats (the bias of
the median with as many liars, Huber 1964), beyond what the bias was without any.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.stats.robust.max_bias import max_bias

LIMIT_SD: Final = 1.0
TIMES_FLOOR: Final = 3.0
METRIC: Final = "bias.max"
_SHARE_OF_LIARS: Final = re.compile(r"adversaries\[(\d+)\]\.share")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The bracket; NaN is "no such share", and all three are NaN if no bias is known."""

    last_good: float
    """Largest swept share before `first_bad`; NaN if even the smallest one was too many."""
    first_bad: float
    """NaN if the rule never broke down."""
    up_to: float
    """Largest share at which the bias is known."""

    @property
    def is_known(self) -> bool:
        """Whether there was any bias to judge."""
        return not math.isnan(self.up_to)

    @property
    def is_broken(self) -> bool:
        """Whether the rule broke down at some share."""
        return not math.isnan(self.first_bad)


UNKNOWN: Final = Breakdown(math.nan, math.nan, math.nan)


def breakdown(
    shares: Sequence[float], biases: Sequence[float], limit: float = LIMIT_SD
) -> Breakdown:
    """The bracket of a curve of biases (sd) over shares of liars, from 0 to 1, in any order.

    An infinite bias exceeds every limit; a share whose bias is NaN does not count.

    >>> breakdown([0.0, 0.1, 0.2, 0.33], [0.01, 0.2, 1.5, 40.0])
    Breakdown(last_good=0.1, first_bad=0.2, up_to=0.33)
    """
    known = sorted(
        (share, bias) for share, bias in zip(shares, biases, strict=True) if not math.isnan(bias)
    )
    if not known:
        return UNKNOWN
    good = [place for place, (_, bias) in enumerate(known) if bias <= limit]
    first_bad = good[-1] + 1 if good else 0
    return Breakdown(
        last_good=known[first_bad - 1][0] if first_bad else math.nan,
        first_bad=known[first_bad][0] if first_bad < len(known) else math.nan,
        up_to=known[-1][0],
    )


def departure(
    shares: Sequence[float], biases: Sequence[float], times: float = TIMES_FLOOR
) -> Breakdown:
    """The same for a bias of more than `times` the floor, on top of the bias without liars.

    Where 0 is not among the shares nothing is known of that bias, and it counts as 0.
    """
    pairs = list(zip(shares, biases, strict=True))
    calm = next((bias for share, bias in pairs if share == 0 and not math.isnan(bias)), 0.0)
    return breakdown(shares, [_times_floor(bias - calm, share) for share, bias in pairs], times)


def _times_floor(excess: float, share: float) -> float:
    """How many floors an excess is; without liars it is 0 (or unknown), and so is the floor."""
    return excess / floor_sd(share) if share else excess


def floor_sd(share: float) -> float:
    """The bias that liars in this share can force on every rule; infinite from a half on.

    In standard deviations between correct agents, per feature, for normal agents.
    """
    floor = max_bias("median", share)
    assert floor is not None
    return floor


def adversary_of(path: str) -> int | None:
    """Which adversary's share a swept path is; None for any other path.

    >>> adversary_of("adversaries[1].share"), adversary_of("topology.loss")
    (1, None)
    """
    found = _SHARE_OF_LIARS.fullmatch(path)
    return int(found[1]) if found else None
