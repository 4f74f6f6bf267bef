"""The level of an agent creeps away, a straight line from its begin to the end."""

from sim.workload.anomalies.shift import Shift
from sim.workload.behaviour import Floats, Ints


class Ramp(Shift):
    """options: size (reached at the end, in standard deviations of its own values), features."""

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """The values, shifted by the share of the way that is done."""
        begin_ns = self._begin_ns[who]
        done = (born_ns - begin_ns) / (self.injection.end_ns - begin_ns)
        shifted: Floats = values + done[:, None] * self.step
        return shifted
