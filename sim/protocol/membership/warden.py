"""A parent of members that are watched: has the committee agree on who failed, and acts on it.

It goes by its own detector or, where members watch each other, by what most of those say that it
hears of. Who has failed is to be expelled, in favour of a sibling; who is back, after it had been
seen to fail here, is to return. Both are petitions to the committee. What the committee decides
comes back as certified entries of its log; they make the view, which the members are told of until
they know it.

From the moment a view is adopted, what is reported under an older ownership is refused (`Fenced`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.log import Entries
from sim.protocol.agreement.petitioner import RESEND, Petitioner
from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.membership.aggregator import NewEpoch
from sim.protocol.membership.contract import Alive, Failed
from sim.protocol.membership.ownership import Holding
from sim.protocol.membership.succession import Return, Succession, succeeded, successor
from sim.protocol.membership.view import View
from sim.protocol.membership.ward import Adopted, Knows, Sightings
from sim.protocol.messages import Message
from sim.protocol.node import Node

REPEAT: Final = "repeat"
PATIENCE: Final = 3
"""A member that has been silent for so many repeats has no say in who failed."""

Ordered = Callable[[Succession | Return, int], Value]
"""Makes a petition of a change that is wanted in an epoch, signed by who wants it."""
ChangeIn = Callable[[Value], object]
"""What change a logged value is; None if it is about something else."""


@dataclass(frozen=True, slots=True)
class Believed:
    """Put out when the parent changes its mind about a member."""

    by: str
    member: str
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Fenced:
    """Put out for each report that was refused because its ownership is over."""

    by: str
    owner: str
    sources: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """Put out for each report that was not; see `engine.control.membership`."""

    by: str
    owner: str
    sources: int


class Warden:
    """`node` is its name in the view, `by` its own; `wards` are the hosts of its children by name.

    `detector` watches them (None: they watch each other). `rehome`: failures have consequences.
    """

    def __init__(
        self,
        by: str,
        node: str,
        view: View,
        wards: Mapping[str, str],
        petitioner: Petitioner,
        ordered: Ordered,
        change_in: ChangeIn,
        detector: Node | None = None,
        *,
        rehome: bool = True,
        repeat_ns: int = 1_000_000_000,
    ) -> None:
        self.by, self.view = by, view
        self._node, self._wards, self._detector = node, wards, detector
        self._homes = {name: view.owned(name) for name in wards}
        self._names = {host: name for name, host in wards.items()}
        self._petitioner, self._ordered, self._change_in = petitioner, ordered, change_in
        self._rehome, self._repeat_ns = rehome, repeat_ns
        self._wanted: dict[str, tuple[Succession | Return, Value]] = {}
        self._own: dict[str, None] = {}
        self._said: dict[str, tuple[int, tuple[str, ...], int]] = {}
        self.failed: dict[str, None] = {}
        self._was_failed: dict[str, None] = {}
        self._known: dict[str, int] = {}

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or go on."""
        watching = [] if self._detector is None else self._detector.start(now_ns)
        effects = [*self._petitioner.start(), SetTimer(REPEAT, self._repeat_ns)]
        return effects + self._carry_on(watching, now_ns)

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """From the committee, from members, or the detector's."""
        match message:
            case Entries():
                return self._follow(message, now_ns)
            case Sightings():
                return self._on_sightings(message, now_ns)
            case Knows():
                self._known[message.by] = max(self._known.get(message.by, 0), message.epoch)
                return []
            case Holding():
                return self._on_holding(message)
        if self._detector is None:
            return []
        return self._carry_on(self._detector.on_message(message, now_ns), now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Repeat what has not been answered; all else is the detector's."""
        if name == RESEND:
            return self._petitioner.resend()
        if name == REPEAT:
            late = [one for one in self._wards if self._known.get(one, 0) < self.view.epoch]
            again = SetTimer(REPEAT, self._repeat_ns)
            return [*self._judge(now_ns), *self._announce(late), again]
        if self._detector is None:
            return []
        return self._carry_on(self._detector.on_timer(name, now_ns), now_ns)

    # Who has failed

    def _carry_on(self, effects: list[Effect], now_ns: int) -> list[Effect]:
        before = len(self._own)
        for effect in effects:
            match effect:
                case Output(event=Failed(member)):
                    self._own[self._names[member]] = None
                case Output(event=Alive(member)):
                    self._own.pop(self._names[member], None)
        return effects if len(self._own) == before else effects + self._judge(now_ns)

    def _on_sightings(self, said: Sightings, now_ns: int) -> list[Effect]:
        number, _, _ = self._said.get(said.by, (-1, (), 0))
        if said.by not in self._wards or said.number <= number:
            return []
        failed = tuple(self._names[host] for host in said.failed if host in self._names)
        self._said[said.by] = (said.number, failed, now_ns)
        return self._judge(now_ns)

    def _judge(self, now_ns: int) -> list[Effect]:
        """Who has failed by now, and what follows."""
        effects: list[Effect] = []
        for name in self._wards:
            is_out = name in self._own if self._detector else self._most_say(name, now_ns)
            if is_out == (name in self.failed):
                continue
            if is_out:
                self.failed[name] = self._was_failed[name] = None
            else:
                del self.failed[name]
            effects.append(Output(Believed(self.by, name, is_out)))
        return effects + self._petition()

    def _most_say(self, name: str, now_ns: int) -> bool:
        since_ns = now_ns - PATIENCE * self._repeat_ns
        votes = [
            name in failed
            for by, (_, failed, heard_ns) in self._said.items()
            if by != name and heard_ns > since_ns
        ]
        if not votes:
            return name in self.failed
        return 2 * sum(votes) > len(votes)

    # What is wanted, and what was decided

    def _petition(self) -> list[Effect]:
        """Ask for what is wanted, and no more for what is not."""
        if not self._rehome:
            return []
        wanted = {name: change for name in self._wards if (change := self._want(name))}
        self._wanted = {
            name: one for name, one in self._wanted.items() if wanted.get(name) == one[0]
        }
        for name, change in wanted.items():
            if name not in self._wanted:
                self._wanted[name] = change, self._ordered(change, self.view.epoch)
        values = [value for _, value in self._wanted.values()]
        self._petitioner.keep(values)
        return [effect for value in values for effect in self._petitioner.ask(value)]

    def _want(self, name: str) -> Succession | Return | None:
        is_member = self.view.member(name) is not None
        if name in self.failed and is_member:
            to = successor(self.view, name, self.failed)
            return None if to is None else Succession(name, to)
        if name not in self.failed and not is_member and name in self._was_failed:
            return Return(name, self._node, self._homes[name])
        return None

    def _follow(self, entries: Entries, now_ns: int) -> list[Effect]:
        """Apply what is new in the log."""
        found, effects = self._petitioner.hear(entries)
        before = self.view
        for entry in found:
            self.view = succeeded(self.view, self._change_in(entry.value))
        if self.view is before:
            return effects
        adopted = Output(Adopted(self.by, self.view))
        return [*effects, adopted, *self._announce(list(self._wards)), *self._petition()]

    def _announce(self, names: list[str]) -> list[Effect]:
        if self.view.epoch == 0:
            return []
        return [Send(self._wards[name], NewEpoch(self.view)) for name in names]

    # The fence

    def _on_holding(self, holding: Holding) -> list[Effect]:
        kind = Fenced if self._is_fenced(holding) else Accepted
        return [Output(kind(self.by, holding.owner, holding.sources))]

    def _is_fenced(self, holding: Holding) -> bool:
        """As in `ownership.Keeper`."""
        member = self.view.member(holding.owner)
        return member is None or member.parent != self._node or holding.epoch < member.since
