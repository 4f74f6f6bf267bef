"""How many items a rule needs against how many liars. No numpy: `sim validate` asks this.

A rule's promise is a line in f: it holds from ``slope * f + extra`` items on. Sources: Blanchard
et al. (2017) for Krum, El Mhamdi et al. (2018) for Bulyan; the others need a correct majority.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

from sim.units import format_count

MAJORITY: Final = (2, 1)

NEEDS: Final[Mapping[str, tuple[int, int]]] = {
    "mean": (1, 1),  # it withstands nobody; all it needs is one correct item
    "median": MAJORITY,
    "trimmed_mean": MAJORITY,
    "median_of_means": MAJORITY,
    "geometric_median": MAJORITY,
    "krum": (2, 3),
    "multi_krum": (2, 3),
    "bulyan": (4, 3),
    "centred_clipping": MAJORITY,
    "spectral_filter": MAJORITY,
}
"""Slope and extra of each rule, by its name in the registry."""


def liars(share: float, n: int) -> int:
    """How many of `n` items lie if at most this share does: rounded down, but 0.3 of 10 is 3.

    >>> liars(0.3, 10), liars(0.33, 10)
    (3, 3)
    """
    return math.floor(share * n + 1e-9)


def least(kind: str, f: int, options: Mapping[str, Any] | None = None) -> int:
    """The smallest number of items with which the rule keeps its promise against `f` liars.

    >>> least("krum", 4), least("bulyan", 4)
    (11, 19)
    """
    slope, extra = NEEDS[kind]
    return max(slope * f + extra, int((options or {}).get("buckets", 0)))


def most(kind: str, n: int) -> int:
    """The largest number of liars among `n` items that the rule withstands; -1 if not even none.

    >>> most("krum", 10), most("krum", 2)
    (3, -1)
    """
    slope, extra = NEEDS[kind]
    return max((n - extra) // slope, -1)


def check(kind: str, n: int, f: int, options: Mapping[str, Any] | None = None) -> None:
    """Raise ValueError, which says what would do, unless `n` items are enough against `f` liars.

    >>> check("krum", 10, 4)
    Traceback (most recent call last):
    ValueError: krum against 4 liars needs 11 items, not 10
    """
    if f < 0:
        raise ValueError(f"the number of liars must not be negative, not {f}")
    needed = least(kind, f, options)
    if n < needed:
        liars = format_count(f, "liar")
        raise ValueError(f"{kind} against {liars} needs {needed} items, not {n}")
