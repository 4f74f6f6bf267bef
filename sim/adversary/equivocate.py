"""Equivocate: tell the parent the truth, and everybody else something else.

Each of the two can be checked, and is fine; only who holds both has a proof.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from sim.adversary import sums as rewrite
from sim.adversary.contract import Floats, Ints, Liars, Strategy

_GOLDEN: Final = (5**0.5 - 1) / 2


class Equivocate(Strategy):
    """Commits to `by` more before everybody but its parent; options: by (sd).

    Each child is told a baseline of its own, off the true one by at most `by`, up or down.
    """

    tiers: ClassVar[Literal["aggregators"]] = "aggregators"
    expects = (
        "gives each child another baseline, and watchers another summary, than the root has; two "
        "signed statements for one round convict it"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._by: Floats = options["by"] * liars.scale_sd

    def commit_to_others(self, who: int, children: Ints, merged: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.commit_to_others`."""
        return rewrite.shifted(merged, self.liars.layout, rewrite.quanta(self._by))

    def down(self, values: Floats, child: Ints) -> Floats:
        """See `Strategy.down`."""
        # Multiples of the golden ratio, modulo 1, are all different and spread evenly.
        part = 2 * (child * _GOLDEN % 1) - 1
        return values + part[:, None] * self._by
