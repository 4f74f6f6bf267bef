"""Attacks in which all liars claim one vector, made from what they see of the others.

The vector is made at a look and holds until the next one. Which plan a report follows is decided
by its birth, so it does not matter when or how often a report is asked for.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Liars, Strategy, View


class Planned(Strategy, ABC):
    """Claims what `plan` made of the newest look; what was measured while that is not known."""

    tiers: ClassVar[Literal["agents"]] = "agents"
    looks = True
    needs_others = True

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._since_ns = 0
        self._plan = self._before = np.full(liars.layout.features, np.nan)

    @abstractmethod
    def plan(self, view: View) -> Floats:
        """What to claim from now on, (features,) in scales; NaN = what was measured."""

    def look(self, view: View) -> None:
        """See `Strategy.look`."""
        # Reports from before this look may be asked for again, never those from before the last.
        self._since_ns, self._before, self._plan = view.now_ns, self._plan, self.plan(view)

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.claim`."""
        newest = born_ns >= self._since_ns
        planned = (
            self._plan if newest.all() else np.where(newest[:, None], self._plan, self._before)
        )
        unknown = np.isnan(planned)
        if unknown.any():
            return np.where(unknown, measured, planned)
        return np.broadcast_to(planned, measured.shape)
