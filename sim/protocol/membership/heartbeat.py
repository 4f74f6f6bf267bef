"""Heartbeats: say every period that one is alive, and suspect whoever falls silent.

The node does both for whom it has: in a tree the children beat and the parent watches. How long
silence may last is a `Timing`; it works on any of them.
"""

from dataclasses import dataclass

from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.membership.contract import Alive, Failed, Post, Suspected
from sim.protocol.membership.timing import Timing, TimingMaker
from sim.protocol.messages import Message

_BEAT = "beat"
_QUIET = "quiet "
_DEAD = "dead "


@dataclass(frozen=True, slots=True)
class Heartbeat(Message):
    """I am alive. `source` is the sender: the network lets nobody send in another's name.

    `life` counts restarts that lost the state, `number` the heartbeats within a life.
    """

    source: str
    life: int
    number: int


class Heartbeats:
    """Beats every `period_ns`, first after `phase_ns`; fails a suspect after `confirm_ns` more.

    Only a heartbeat newer than all before is a sign of life: a message that the network repeats or
    brings late says nothing about now.
    """

    def __init__(
        self,
        post: Post,
        timing: TimingMaker,
        period_ns: int,
        *,
        phase_ns: int = 0,
        confirm_ns: int = 0,
    ) -> None:
        self._post, self._period_ns = post, period_ns
        self._phase_ns, self._confirm_ns = phase_ns, confirm_ns
        self._make, self._number = timing, 0
        self._sources: dict[str, _Source] = {}

    def start(self, now_ns: int) -> list[Effect]:
        """Listen from now on; what was thought of others before a restart is forgotten."""
        self._sources = {name: _Source(self._make()) for name in self._post.watches}
        effects: list[Effect] = [SetTimer(_BEAT, self._phase_ns)] if self._post.watched_by else []
        for name, source in self._sources.items():
            source.timing.begin(now_ns)
            effects += source.listen(name, now_ns)
        return effects

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """A heartbeat of somebody who is watched; anything else is not meant for this node."""
        if not isinstance(message, Heartbeat):
            return []
        source = self._sources.get(message.source)
        if source is None or (message.life, message.number) <= source.newest:
            return []
        source.newest = (message.life, message.number)
        source.timing.heard(now_ns)
        effects = source.listen(message.source, now_ns)
        if source.is_suspected:
            source.is_suspected = source.is_failed = False
            effects.append(Output(Alive(message.source, self._post.name)))
        return effects

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Time to beat, or somebody may have been silent for too long."""
        if name == _BEAT:
            return self._beat()
        if name.startswith(_QUIET):
            return self._quiet(name.removeprefix(_QUIET), now_ns)
        return self._give_up(name.removeprefix(_DEAD))

    def suspects(self) -> list[str]:
        """Whom this node suspects or has given up now, in the order in which they are watched."""
        return [name for name, source in self._sources.items() if source.is_suspected]

    def _beat(self) -> list[Effect]:
        self._number += 1
        beat = Heartbeat(self._post.name, self._post.life, self._number)
        return [*(Send(to, beat) for to in self._post.watched_by), SetTimer(_BEAT, self._period_ns)]

    def _quiet(self, name: str, now_ns: int) -> list[Effect]:
        source = self._sources[name]
        source.due_ns = None
        if source.timing.suspect_at_ns() > now_ns:
            return source.listen(name, now_ns)
        source.is_suspected = True
        suspected = Output(Suspected(name, self._post.name))
        if not self._confirm_ns:
            return [suspected, *self._give_up(name)]
        return [suspected, SetTimer(_DEAD + name, self._confirm_ns)]

    def _give_up(self, name: str) -> list[Effect]:
        source = self._sources[name]
        if not source.is_suspected or source.is_failed:
            return []
        source.is_failed = True
        return [Output(Failed(name, self._post.name))]


class _Source:
    """What is known of one source.

    A heartbeat does not touch the timer unless it must fire earlier than it would: when it fires
    too early it is set again. That is one timer event in a timeout, not one in a period.
    """

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.newest = (-1, -1)
        self.due_ns: int | None = None
        self.is_suspected = self.is_failed = False

    def listen(self, name: str, now_ns: int) -> list[Effect]:
        """See to it that the timer fires no later than the silence becomes suspicious."""
        due_ns = max(now_ns, self.timing.suspect_at_ns())
        if self.due_ns is not None and self.due_ns <= due_ns:
            return []
        self.due_ns = due_ns
        return [SetTimer(_QUIET + name, due_ns - now_ns)]
