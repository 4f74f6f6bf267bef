"""Inner product manipulation: a small step against the mean of the others.

Xie, Koyejo & Gupta (2019), "Fall of Empires", section 4; ByzFL's convention -tau * mean. With a
small tau the lie is closer to many correct values than they are to each other.
"""

import numpy as np

from sim.adversary.contract import Floats, View
from sim.adversary.planned import Planned


class InnerProduct(Planned):
    """Claims -tau * the mean of the others; options: tau."""

    expects = (
        "is chosen by krum, and dragged along by centred clipping with a wrong radius; median and "
        "trimmed mean stop it at their bias floor"
    )

    def plan(self, view: View) -> Floats:
        """See `Planned.plan`."""
        return np.asarray(-self.options["tau"] * view.mean)
