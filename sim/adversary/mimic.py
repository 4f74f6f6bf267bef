"""Mimic: all liars repeat one correct agent, and so give it many votes.

Karimireddy, He & Jaggi (2022), "Byzantine-robust learning on heterogeneous datasets", section 3.
Every claim is a value that a correct agent really has, so nothing in the values gives a liar away.
"""

from collections.abc import Mapping
from typing import Any

from sim.adversary.contract import Floats, Liars, View
from sim.adversary.distances import squared_lengths
from sim.adversary.planned import Planned


class Mimic(Planned):
    """Claims the window mean of one agent: of those it sees first, the farthest from their mean.

    It stays with that agent, and with its last mean while that is not to be seen. No options.
    """

    expects = (
        "moves every rule towards one correct agent, the more the agents differ; mixing and one "
        "vote for each identity limit it to the bias floor"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._model: int | None = None

    def plan(self, view: View) -> Floats:
        """See `Planned.plan`."""
        if self._model is None and len(view.others):
            farthest = squared_lengths(view.others - view.mean).argmax()
            self._model = int(view.nodes[farthest])
        seen = view.others[view.nodes == self._model]
        return seen[0] if len(seen) else self._plan
