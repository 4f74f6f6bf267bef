"""A replicated log out of any agreement protocol: requests go in, entries come out in one order.

State machine replication (Schneider, "Implementing fault-tolerant services using the state machine
approach", ACM Computing Surveys 22(4), 1990), on top of agreement slot by slot:

- Everybody who knows a request that is not logged yet proposes the oldest one for the next slot.
- A request that is decided in two slots, because somebody proposed it too late, is logged in the
  first of them; so an entry's index is its slot, and some indices are missing in the log.
- A member that missed decisions asks another one for them, time and again: entries are certified,
  so one answer is enough, whoever gives it.

Clients are the same as such members: they ask, and believe certificates (see `petitioner`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.certify import is_certified
from sim.protocol.agreement.contract import (
    Acceptable,
    Decided,
    Membership,
    NodeMaker,
    Propose,
    Value,
)
from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.messages import HEADER_BYTES, Message
from sim.protocol.node import Node
from sim.protocol.signatures import DIGEST_BYTES
from sim.units import NS_PER_S

BATCH: Final = 16
"""Most entries in one answer; who is further behind asks again."""
PENDING_MAX: Final = 64
"""Requests of one client that a member keeps; it has to repeat the others."""
PATIENCE_NS: Final = 3 * NS_PER_S
"""Requests count together if they were made, or repeated, within so long (option `patience_ns`)."""
_CATCH_UP: Final = "catch up"

Combine = Callable[[Sequence[Value]], Value]
"""Makes one value of what several clients want: the same value, signed by all of them."""


def first(values: Sequence[Value]) -> Value:
    """Nothing to combine: whoever wants it can have it."""
    return values[0]


@dataclass(frozen=True, slots=True)
class Request(Message):
    """`client` wants a value in the log (None: nothing), and what comes after slot `known`."""

    client: str
    known: int
    value: Value | None = None

    @property
    def size_bytes(self) -> int:
        """Header, name, number and the value."""
        value = 0 if self.value is None else DIGEST_BYTES + self.value.size_bytes
        return HEADER_BYTES + len(self.client) + 8 + value

    @property
    def signatures(self) -> int:
        """The client's, under what it wants."""
        return 0 if self.value is None else 1


@dataclass(frozen=True, slots=True)
class Logged:
    """Put out by every member in the order of `index`, once for each request."""

    index: int
    decided: Decided
    """With the certificate that convinces anybody."""

    @property
    def value(self) -> Value:
        """What was asked for."""
        return self.decided.value


@dataclass(frozen=True, slots=True)
class Entries(Message):
    """Decisions of successive slots, each with its certificate."""

    decisions: tuple[Decided, ...]

    @property
    def size_bytes(self) -> int:
        """Of each its number, its value and its certificate."""
        return HEADER_BYTES + sum(_size_bytes(one) for one in self.decisions)

    @property
    def signatures(self) -> int:
        """Those of the certificates."""
        return sum(
            len(one.certificate.signatures) for one in self.decisions if one.certificate is not None
        )


def _size_bytes(decided: Decided) -> int:
    certificate = 0 if decided.certificate is None else decided.certificate.size_bytes
    return 8 + DIGEST_BYTES + decided.value.size_bytes + certificate


class Entered:
    """Decisions put in order: what a member or a client knows of the log.

    `take` gives out what is new, each value once; nothing that no certificate vouches for gets in,
    and nothing that is not acceptable: a certificate covers a value's digest, not its content.
    """

    def __init__(self, membership: Membership) -> None:
        self._notary, committee = membership.notary, membership.committee
        self._acceptable = membership.acceptable
        self._signers = int(membership.options.get("signers", committee.quorum))
        self.decisions: list[Decided] = []
        """Those of slots 1, 2, ..."""
        self._ahead: dict[int, Decided] = {}
        self._digests: dict[bytes, None] = {}

    @property
    def known(self) -> int:
        """All slots up to this one are known."""
        return len(self.decisions)

    def has(self, value: Value) -> bool:
        """Whether a value is in the log."""
        return value.digest in self._digests

    def take(self, decisions: Iterable[Decided]) -> list[Logged]:
        """Entries that are known now and were not before, in their order."""
        for one in decisions:
            is_near = self.known < one.slot <= self.known + PENDING_MAX
            if is_near and self._is_genuine(one):
                self._ahead.setdefault(one.slot, one)
        found: list[Logged] = []
        while (decided := self._ahead.pop(self.known + 1, None)) is not None:
            self.decisions.append(decided)
            if not self.has(decided.value):
                self._digests[decided.value.digest] = None
                found.append(Logged(decided.slot, decided))
        return found

    def _is_genuine(self, one: Decided) -> bool:
        certified = is_certified(self._notary, one, self._signers)
        return certified and self._acceptable(one.slot, one.value)

    def since(self, known: int) -> tuple[Decided, ...]:
        """What comes after a slot, as much as fits one answer."""
        first = max(0, known)
        return tuple(self.decisions[first : first + BATCH])


class Log:
    """One member. `make` builds a node whose decisions carry certificates (`make_certified`).

    Whoever is in `clients` is told of every entry; `acceptable` judges requests by the clients'
    signatures, so that a lying member cannot log what nobody asked for. What is not acceptable may
    become so when other clients want it, too: then `combine` makes one value of theirs. Option
    `catch_up_ns`: how often a member asks another one for what it may have missed.
    """

    def __init__(
        self,
        make: NodeMaker,
        membership: Membership,
        clients: Mapping[str, object],
        combine: Combine = first,
    ) -> None:
        self._combine = combine
        self._patience_ns = int(membership.options.get("patience_ns", PATIENCE_NS))
        self._inner: Node = make(membership)
        self._me, self._clients = membership, clients
        self._acceptable: Acceptable = membership.acceptable
        self._catch_up_ns = int(membership.options.get("catch_up_ns", NS_PER_S))
        self.entered = Entered(membership)
        self._pending: dict[bytes, dict[str, tuple[Value, int]]] = {}
        """By digest, who wants it and when they last said so."""
        self._proposed, self._turn = 0, membership.member

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or go on; after a restart without state all entries are asked for."""
        effects = self._carry_on(self._inner.start(now_ns), now_ns)
        return [*effects, *self._ask(), SetTimer(_CATCH_UP, self._catch_up_ns)]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """A client, a member that answers, or the inner protocol."""
        match message:
            case Request():
                return self._on_request(message, now_ns)
            case Entries():
                return self._log(message.decisions, now_ns)
        return self._carry_on(self._inner.on_message(message, now_ns), now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Ask for what was missed; all other timers are the inner node's."""
        if name != _CATCH_UP:
            return self._carry_on(self._inner.on_timer(name, now_ns), now_ns)
        return [*self._ask(), SetTimer(_CATCH_UP, self._catch_up_ns)]

    def _ask(self) -> list[Effect]:
        """One other member after the other."""
        others = self._me.committee.others(self._me.member)
        if not others:
            return []
        self._turn += 1
        request = Request(self._me.name, self.entered.known)
        return [Send(others[self._turn % len(others)], request)]

    def _on_request(self, request: Request, now_ns: int) -> list[Effect]:
        if request.client not in self._clients and request.client not in self._me.committee.names:
            return []
        missed = self.entered.since(request.known)
        effects: list[Effect] = [Send(request.client, Entries(missed))] if missed else []
        if request.value is not None and not self.entered.has(request.value):
            self._keep(request.client, request.value, now_ns)
            effects += self._propose(now_ns)
        return effects

    def _keep(self, client: str, value: Value, now_ns: int) -> None:
        """Note who wants what; of a client that wants too much the oldest is forgotten."""
        self._pending.setdefault(value.digest, {})[client] = (value, now_ns)
        wanted = [key for key, by in self._pending.items() if client in by]
        for key in wanted[:-PENDING_MAX]:
            del self._pending[key][client]
            if not self._pending[key]:
                del self._pending[key]

    def _ready(self, slot: int, now_ns: int) -> Value | None:
        """The oldest request that is acceptable by now."""
        for by in self._pending.values():
            recent = [value for value, at_ns in by.values() if now_ns - at_ns <= self._patience_ns]
            alone = [value for value, _ in by.values()]
            for value in (*alone, *([self._combine(recent)] if recent else [])):
                if self._acceptable(slot, value):
                    return value
        return None

    def _propose(self, now_ns: int) -> list[Effect]:
        """The oldest request, for the next slot, unless something was proposed for that before."""
        slot = self.entered.known + 1
        value = None if self._proposed >= slot else self._ready(slot, now_ns)
        if value is None:
            return []
        self._proposed = slot
        return self._carry_on(self._inner.on_message(Propose(slot, value), now_ns), now_ns)

    def _carry_on(self, effects: list[Effect], now_ns: int) -> list[Effect]:
        """The inner node's effects, with its decisions turned into entries."""
        out: list[Effect] = []
        for effect in effects:
            match effect:
                case Output(event=Decided() as decided):
                    out += self._log((decided,), now_ns)
                case _:
                    out.append(effect)
        return out

    def _log(self, decisions: Iterable[Decided], now_ns: int) -> list[Effect]:
        before = self.entered.known
        entries = self.entered.take(decisions)
        if self.entered.known == before:
            return []
        effects: list[Effect] = []
        for entry in entries:
            self._pending.pop(entry.value.digest, None)
            effects.append(Output(entry))
        news = Entries(tuple(self.entered.decisions[before:]))
        effects += [Send(client, news) for client in self._clients]
        return effects + self._propose(now_ns)
