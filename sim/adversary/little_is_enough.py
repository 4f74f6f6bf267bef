"""A little is enough: a lie inside the spread of the correct values, but always on one side.

Baruch, Baruch & Goldberg (2019), algorithm 3; ByzFL's convention mean + z * sd with n - 1.
"""

from statistics import NormalDist

import numpy as np

from sim.adversary.contract import Floats, View
from sim.adversary.planned import Planned


class LittleIsEnough(Planned):
    """Claims mean + z sd of the others in every feature; options: z ("auto" or a number)."""

    expects = (
        "passes every filter by distance and moves any rule a little, by no more than the bias "
        "floor of a rule that is robust"
    )

    def plan(self, view: View) -> Floats:
        """See `Planned.plan`."""
        z = self.options["z"]
        if z == "auto":
            z = largest_z(self.liars.population, len(self.liars.nodes))
        return np.asarray(view.mean + z * view.sd)


def largest_z(n: int, f: int) -> float:
    """How many sd the lies of `f` of `n` nodes may be off and still look like the majority.

    The liars need s = n // 2 + 1 - f correct nodes that are as far out as they are. 0 where there
    are not even half as many; where they need nobody, as far as the outermost correct node.

    >>> round(largest_z(50, 16), 3), round(largest_z(10, 3), 3)
    (0.541, 0.18)
    """
    correct = n - f
    supporters = max(n // 2 + 1 - f, 1)
    if 2 * supporters >= correct:
        return 0.0
    return NormalDist().inv_cdf((correct - supporters) / correct)
