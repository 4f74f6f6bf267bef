"""Where a rule breaks down: the smallest share of liars from which on its bias exceeds a limit.

A sweep knows the bias at some shares only, so the answer is a bracket: the last share at which all
was well, and the first from which on nothing was. "None up to 45 %" is an answer, too. Beside it
stands where a rule *departs* from the floor that no rule beats (the bias of the median with as many
liars, Huber 1964): the first share at which its bias is several times that.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from sim.stats.robust.max_bias import max_bias

LIMIT_SD: Final = 1.0
TIMES_FLOOR: Final = 3.0
METRIC: Final = "bias.max"
_SHARE_OF_LIARS: Final = re.compile(r"adversaries\[\d+\]\.share")


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
    """The bracket of the first bias of more than `times` the floor, on top of that without liars.

    The floor grows without bound towards a half of liars while a lie of some size does not, so a
    curve that comes back below it has recovered nothing: the first share counts. Where 0 is not
    among the shares the bias without liars counts as 0.
    """
    known = sorted(
        (share, bias) for share, bias in zip(shares, biases, strict=True) if not math.isnan(bias)
    )
    calm = known[0][1] if known and known[0][0] == 0 else 0.0
    floors = (_floors(bias - calm, share) for share, bias in known)
    return breakdown([share for share, _ in known], list(accumulate(floors, max)), times)


def _floors(excess: float, share: float) -> float:
    """How many floors an excess is; without liars there is none, and nothing to depart from."""
    floor = floor_sd(share)
    return excess / floor if 0 < floor < math.inf else 0.0


def floor_sd(share: float) -> float:
    """The bias that liars in this share can force on every rule; infinite from a half on.

    In standard deviations between correct agents, per feature, for normal agents.
    """
    floor = max_bias("median", share)
    assert floor is not None
    return floor


def is_share_of_liars(path: str) -> bool:
    """Whether a swept path is how many of an adversary's candidates lie.

    >>> is_share_of_liars("adversaries[1].share"), is_share_of_liars("topology.loss")
    (True, False)
    """
    return _SHARE_OF_LIARS.fullmatch(path) is not None
