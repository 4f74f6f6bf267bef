"""An agent reports nothing but zeros, as a sensor does that is unplugged."""

import numpy as np

from sim.workload.anomalies.base import Anomaly
from sim.workload.behaviour import Floats, Ints


class Zero(Anomaly):
    """options: features."""

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """Zeros, whatever was measured."""
        return np.zeros_like(values)
