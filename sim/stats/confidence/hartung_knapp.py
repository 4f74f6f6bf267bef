"""The random-effects interval over few children: from how far they are apart, with Student's t.

Weights and centre are DerSimonian and Laird's; the variance is that of the children around the
centre, which needs no claim to be true, and the quantile is t_{k-1}. Hartung & Knapp (2001), Sidik
& Jonkman (2002); recommended by IntHout, Ioannidis & Borm (2014).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.confidence.contract import HEARD, Group, Interval, Method
from sim.stats.confidence.meta_analysis import combine


@dataclass(frozen=True)
class HartungKnapp(Method):
    """sum w* y / sum w* +- t_{k-1} sqrt(sum w* (y - mean)^2 / ((k - 1) sum w*))."""

    name: ClassVar[str] = "hartung_knapp"
    assumes: ClassVar[tuple[str, ...]] = (*HEARD, "one_look")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """Of the mean of the process from which children were drawn; infinite for one child."""
        whole = combine(group)
        return Interval.of(whole.mean, np.sqrt(whole.spread), level, degrees=whole.children - 1)
