"""The source of updates about one agent: told each measurement, it sends what its policy says.

Pulses are periodic and owe nothing to the policy, so silence differs from death. A pulse says which
update was the last: whoever holds an older one knows that the silence rule does not cover it.
"""

from dataclasses import dataclass

import numpy as np

from sim.protocol.effects import Effect, Send, SetTimer
from sim.protocol.messages import Local, Message
from sim.protocol.routing.contract import Pulse, Ranked
from sim.protocol.routing.importance import Importance, Thresholds
from sim.protocol.routing.sending.contract import SendPolicy

_PULSE = "pulse"


@dataclass(frozen=True, slots=True)
class Measured(Local):
    """The application's measurement, and how remarkable its detector finds it."""

    values: tuple[float, ...]
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Pulses:
    """How often a source says that it is alive, when first, and in which class."""

    period_ns: int
    phase_ns: int = 0
    importance: Importance = Importance.ROUTINE


class Reporter:
    """`policy` is for this source alone; `epoch` is its life, as whoever restarts it counts."""

    def __init__(
        self,
        source: str,
        to: str,
        policy: SendPolicy,
        *,
        thresholds: Thresholds | None = None,
        pulses: Pulses | None = None,
        epoch: int = 0,
    ) -> None:
        self.source, self.to, self.epoch, self.version = source, to, epoch, 0
        self._policy, self._pulses = policy, pulses
        self._thresholds = Thresholds() if thresholds is None else thresholds

    def start(self, now_ns: int) -> list[Effect]:
        """Wait for measurements, and for the first pulse."""
        return [] if self._pulses is None else [SetTimer(_PULSE, self._pulses.phase_ns)]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """A measurement; nobody else can tell a source anything."""
        if not isinstance(message, Measured):
            return []
        if not self._policy.offer(np.array([message.values], np.float64), now_ns)[0]:
            return []
        self.version += 1
        return [Send(self.to, self._update(message, now_ns))]

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Say that one is alive, and what was sent last."""
        assert self._pulses is not None, "no timer was set"
        pulse = Pulse(
            self.source, self.epoch, self.version, now_ns, importance=self._pulses.importance
        )
        return [Send(self.to, pulse), SetTimer(_PULSE, self._pulses.period_ns)]

    def _update(self, measured: Measured, now_ns: int) -> Ranked:
        return Ranked(
            self.source,
            self.epoch,
            self.version,
            now_ns,
            measured.values,
            importance=self._thresholds.importance(measured.score),
            score=measured.score,
            silence=float(self._policy.silence[0]),
        )
