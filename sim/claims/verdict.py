"""From what was found to one word.

A finding has an outcome; a claim has findings under different conditions. The verdict is what all
ways in which open findings could still come out agree on; where they do not, it is inconclusive.
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import product
from typing import Final


class Outcome(StrEnum):
    """What came of one finding."""

    HOLDS = "holds"
    FAILS = "fails"
    FORBIDDEN = "forbidden"
    """It fails, and a bound of theory says that it always will."""
    OPEN = "open"
    """The interval reaches across the bound, or there is none."""


class Verdict(StrEnum):
    """What is said of a claim."""

    HOLDS = "holds"
    HOLDS_WHEN = "holds when"
    """Under some of the conditions, which are told with it."""
    REFUTED = "refuted"
    INFEASIBLE = "infeasible"
    """Under no condition, and for each a bound forbids it."""
    INCONCLUSIVE = "inconclusive"


MAY_BECOME: Final = (Outcome.HOLDS, Outcome.FAILS)
"""What an open finding may turn out to be."""


def verdict(outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict on a claim whose findings came out like this, in any order.

    >>> str(verdict([Outcome.HOLDS, Outcome.FAILS, Outcome.OPEN]))
    'holds when'
    >>> str(verdict([Outcome.HOLDS, Outcome.OPEN]))
    'inconclusive'
    """
    found = list(outcomes)
    settled = {one for one in found if one is not Outcome.OPEN}
    # Which outcomes there are counts, not how many: two open ones show all that more could.
    left = min(found.count(Outcome.OPEN), 2)
    ends = {_settled(settled.union(more)) for more in product(MAY_BECOME, repeat=left)}
    return ends.pop() if len(ends) == 1 else Verdict.INCONCLUSIVE


def _settled(outcomes: set[Outcome]) -> Verdict:
    if not outcomes:
        return Verdict.INCONCLUSIVE
    if outcomes == {Outcome.HOLDS}:
        return Verdict.HOLDS
    if Outcome.HOLDS in outcomes:
        return Verdict.HOLDS_WHEN
    return Verdict.REFUTED if Outcome.FAILS in outcomes else Verdict.INFEASIBLE
