"""The way from a tier to its parents, watched: whatever the network answers must be causal.

The plane does not trust the network: it keeps its own floor under every delay and its own log.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.errors import InvariantViolated
from sim.telemetry.emission import NEVER, BoolArray, Emission, FloatArray
from sim.telemetry.shim import Gate, taken_out

Log = Callable[[Emission, FloatArray, int], None]
"""Is told of every message: the reports, their arrivals, and the first child."""


class Channel(Protocol):
    """The network's judgement: decides when each report arrives, or that it never does."""

    def open_step(self) -> None:
        """A new step begins; report numbers of the last one may be asked for again."""

    def judge(
        self, first_tick: int, sent_ns: FloatArray, sent: BoolArray | None, first_child: int
    ) -> FloatArray:
        """Arrival instants (reports, senders) of reports; NEVER for the lost and the unsent."""


@dataclass(slots=True)
class Way:
    """A channel with the delays that nothing on it can beat; floor_ns has shape (senders,)."""

    name: str
    channel: Channel
    floor_ns: FloatArray
    log: Log | None = None
    gates: tuple[Gate, ...] = ()
    """Who else decides about what is on this way; they can make nothing faster than its path."""
    taken_out: int = 0
    """Messages that a gate took out although the network would have delivered them."""

    def carry(self, emission: Emission, first: int) -> FloatArray:
        """When the reports of children first... arrive. Raises InvariantViolated if too early."""
        arrivals = self.channel.judge(emission.first_tick, emission.sent_ns, emission.sent, first)
        for gate in self.gates:
            before = arrivals.copy()
            gate.judge(emission, first, arrivals)
            self.taken_out += taken_out(before, arrivals)
        self._check_causality(emission, arrivals, first)
        if self.log is not None:
            self.log(emission, arrivals, first)
        return arrivals

    def _check_causality(self, emission: Emission, arrivals: FloatArray, first: int) -> None:
        """Nothing is faster than its path (give or take the rounding to whole nanoseconds)."""
        if not arrivals.size:
            return
        # Compared as sums: where no path exists both sides are infinite, and a difference is NaN.
        earliest = emission.sent_ns + self.floor_ns[first : first + arrivals.shape[1]]
        earliest -= 1.0
        if (arrivals >= earliest).all():
            return
        tick, child = np.argwhere(arrivals < earliest)[0]
        latency = arrivals[tick, child] - emission.sent_ns[tick, child]
        assert latency < NEVER
        raise InvariantViolated(
            f"causality: {self.name} {first + child} report {emission.first_tick + tick} took "
            f"{latency:.0f} ns on a path of {self.floor_ns[first + child]:.0f} ns"
        )
