"""The level of an agent jumps."""

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.behaviour import Behaviour, Floats, Ints, StreamAt


class Shift(Anomaly):
    """options: size (in standard deviations of the agent's own values; may be negative), features.

    Raises InputError if none of the features ever changes, so that a deviation of it is nothing.
    """

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:
        super().__init__(behaviour, injection, stream_at)
        self.step: Floats = injection.options["size"] * behaviour.deviation()
        if not self.step[self.columns].any():
            raise injection.refused("changes nothing: these features are constant")

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """The values, shifted."""
        shifted: Floats = values + self.step
        return shifted
