"""Sign flip: say the opposite of what is so.

Liars who see others claim -scale times their mean (the convention of ByzFL); one who sees nobody
turns round its own value. The mean of n values, f of them such lies, is pulled towards 0 by the
share f / n * (1 + scale).
"""

import numpy as np

from sim.adversary.contract import Floats, Ints, View
from sim.adversary.planned import Planned


class SignFlip(Planned):
    """Claims -scale * the mean of the others, or of its own value; options: scale."""

    expects = "moves the plain mean through zero as the scale grows; every robust rule stops it"
    needs_others = False

    def plan(self, view: View) -> Floats:
        """See `Planned.plan`."""
        return np.asarray(-self.options["scale"] * view.mean)

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:
        """See `Strategy.claim`."""
        if self.liars.knows == "own":
            return np.asarray(-self.options["scale"] * measured)
        return super().claim(tick, born_ns, who, measured)
