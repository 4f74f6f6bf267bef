"""A member that is watched: runs its detector, tells its parents what it thinks, learns of epochs.

Parents are the wardens of one node and its replicas (see `warden`). In SWIM the wards watch each
other, and their parents hear of it from them; else a ward only sends heartbeats.
"""

from dataclasses import dataclass
from typing import Final

from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.membership.aggregator import NewEpoch
from sim.protocol.membership.contract import Alive, Failed
from sim.protocol.membership.ownership import Holding
from sim.protocol.membership.view import View
from sim.protocol.messages import HEADER_BYTES, Message
from sim.protocol.node import Node

TELL: Final = "tell parents"


@dataclass(frozen=True, slots=True)
class Sightings(Message):
    """Whom `by` takes to have failed, all of them; a higher number is newer."""

    by: str
    number: int
    failed: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        """Names and a number."""
        return HEADER_BYTES + 8 + sum(len(name) for name in (self.by, *self.failed))


@dataclass(frozen=True, slots=True)
class Knows(Message):
    """`by` has adopted the view of this epoch."""

    by: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Due(Message):
    """The machine of a ward is to report so many sources to its parents. It never leaves it."""

    number: int
    sources: int
    state_bytes: int


@dataclass(frozen=True, slots=True)
class Adopted:
    """Put out by wards and wardens: the view that holds from now on, as far as they know."""

    by: str
    view: View


class Ward:
    """`name` is the member's, `host` what its messages come from, as the detector knows it.

    `tells`: whether its parents go by what it thinks of its siblings. A ward in its second `life`
    has forgotten which epoch it is, and does not report before it has learnt it.
    """

    def __init__(
        self,
        name: str,
        detector: Node,
        parents: tuple[str, ...],
        view: View,
        *,
        life: int = 0,
        tells: bool = False,
        repeat_ns: int = 1_000_000_000,
    ) -> None:
        self.name, self.view, self.is_sure = name, view, life == 0
        self._detector, self._parents = detector, parents
        self._tells, self._repeat_ns = tells, repeat_ns
        self._failed: dict[str, None] = {}
        # Numbers of a later life are newer than all of those before.
        self._number = life << 32

    def start(self, now_ns: int) -> list[Effect]:
        """Begin to watch, or to be watched."""
        effects = self._carry_on(self._detector.start(now_ns))
        return [*effects, SetTimer(TELL, self._repeat_ns)] if self._tells else effects

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """News of the committee, something to report, or the detector's."""
        match message:
            case NewEpoch():
                return self._adopt(message.view)
            case Due():
                return self._report(message)
        return self._carry_on(self._detector.on_message(message, now_ns))

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Time to repeat what is thought of others; all else is the detector's."""
        if name == TELL:
            return [*self._tell(), SetTimer(TELL, self._repeat_ns)]
        return self._carry_on(self._detector.on_timer(name, now_ns))

    def _adopt(self, view: View) -> list[Effect]:
        effects: list[Effect] = []
        if view.epoch > self.view.epoch or not self.is_sure:
            self.view, self.is_sure = view, True
            effects.append(Output(Adopted(self.name, view)))
        knows = Knows(self.name, self.view.epoch)
        return [*effects, *(Send(parent, knows) for parent in self._parents)]

    def _report(self, due: Due) -> list[Effect]:
        member = self.view.member(self.name)
        if member is None or not self.is_sure:
            return []
        numbers = (member.since, 0, due.number, due.sources)
        holding = Holding(self.name, *numbers, state=None, state_bytes=due.state_bytes)
        return [Send(parent, holding) for parent in self._parents]

    def _tell(self) -> list[Effect]:
        self._number += 1
        said = Sightings(self.name, self._number, tuple(self._failed))
        return [Send(parent, said) for parent in self._parents]

    def _carry_on(self, effects: list[Effect]) -> list[Effect]:
        """The detector's effects; parents are told at once of what changes."""
        before = len(self._failed)
        for effect in effects:
            match effect:
                case Output(event=Failed(member)):
                    self._failed[member] = None
                case Output(event=Alive(member)):
                    self._failed.pop(member, None)
        is_news = self._tells and len(self._failed) != before
        return [*effects, *self._tell()] if is_news else effects
