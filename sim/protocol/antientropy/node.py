"""The node beside a replica that keeps it and the other replicas from drifting apart.

Each peer is compared with every `every_ns`, the peers one after the other within that time, and at
once after a `Reconnect`. With each peer there is at most one session that this node has opened and
one that the peer has. A session that moves is left alone; of two whose openings cross on their way,
that of the lower number stays. Genuine items are welcome even from a session that is over.
"""

from typing import Final, NamedTuple

from sim.protocol.antientropy.comparison import Session
from sim.protocol.antientropy.initiator import Initiator
from sim.protocol.antientropy.messages import (
    Compare,
    InSession,
    Items,
    Learnt,
    Reconnect,
    Write,
)
from sim.protocol.antientropy.replica import Replica
from sim.protocol.antientropy.responder import Responder
from sim.protocol.effects import Effect, Output, SetTimer
from sim.protocol.messages import Message
from sim.protocol.signatures import digest

_KEY_BYTES: Final = 32
_STUCK: Final = 2
"""So many times said again without progress."""

_PATIENCE_MAX: Final = 10


class _Watch(NamedTuple):
    """How a session stood at the last look; who has repeated often has more patience."""

    session: int
    progress: int = 0
    tries: int = 0
    """Looks since there was progress."""
    repeats: int = 0


class SyncNode:
    """One for each replica; puts out `Learnt` and `Synced`."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self._peers = [peer for peer in range(len(replica.names)) if peer != replica.member]
        self._initiated: dict[int, Initiator] = {}
        self._answered: dict[int, Responder] = {}
        self._sessions = replica.life << 32
        self._watched: dict[str, _Watch] = {}

    def start(self, now_ns: int) -> list[Effect]:
        """Begin (again): pair i, j has its own turn in the interval, i + j n-ths from its start.

        Of a pair, the one with the higher number is half an interval away from that.
        """
        self._initiated.clear()
        self._watched.clear()
        every_ns, member = self.replica.options.every_ns, self.replica.member
        turns_ns = {
            peer: every_ns * (peer + member) // (len(self._peers) + 1) for peer in self._peers
        }
        return [
            SetTimer(f"probe {peer}", (turn_ns + every_ns // 2 * (peer < member)) % every_ns)
            for peer, turn_ns in turns_ns.items()
        ]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """From the application on this machine, or from a peer in a session."""
        match message:
            case Write():
                for item in message.items:
                    self.replica.store.put(item)
                return []
            case Reconnect():
                known = message.peer in self.replica.names
                peer = self.replica.names.index(message.peer) if known else self.replica.member
                return [] if peer == self.replica.member else self._open(peer, now_ns)
            case InSession() if message.sender in self._peers:
                return self._in_session(message, now_ns)
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Time to compare, or to look whether a session has moved."""
        kind, _, number = name.partition(" ")
        peer = int(number)
        if kind == "probe":
            return [SetTimer(name, self.replica.options.every_ns), *self._open(peer, now_ns)]
        return self._look(name, kind, peer, now_ns)

    def _open(self, peer: int, now_ns: int) -> list[Effect]:
        """A session, unless there is one that moves."""
        mine, theirs = self._initiated.get(peer), self._answered.get(peer)
        if mine is not None and mine.is_answered and not self._is_stuck(f"ask {peer}"):
            return []
        if theirs is not None and theirs.is_shipping and not self._is_stuck(f"serve {peer}"):
            return []
        self._sessions += 1
        secret, member = self.replica.secret, self.replica.member
        key = digest("session", secret, member, peer, self._sessions)[:_KEY_BYTES]
        session = Session(member, self._sessions, key)
        self._initiated[peer] = Initiator(self.replica, peer, session, now_ns)
        return [*self._initiated[peer].start(), *self._watch(f"ask {peer}", session.number)]

    def _in_session(self, message: InSession, now_ns: int) -> list[Effect]:
        peer = message.sender
        mine = self._initiated.get(peer)
        if message.initiator == self.replica.member:
            if mine is None or message.session != mine.session.number:
                return self._late(message)
            effects = mine.on_message(message)
            if mine.is_over:
                del self._initiated[peer]
            return effects
        if message.initiator != peer:
            return []
        if isinstance(message, Compare):
            return self._opened(message, peer, now_ns)
        theirs = self._answered.get(peer)
        if theirs is None or theirs.number != message.session:
            return self._late(message)
        return self._serve(theirs, message)

    def _late(self, message: InSession) -> list[Effect]:
        """Of a session that is over: only what it brings counts."""
        news = self.replica.take(message.items) if isinstance(message, Items) else ()
        return [Output(Learnt(self.replica.names[message.sender], news))] if news else []

    def _opened(self, message: Compare, peer: int, now_ns: int) -> list[Effect]:
        """The peer opens a session, or repeats that it did."""
        mine = self._initiated.get(peer)
        if mine is not None and self._stays(mine, peer, now_ns):
            return []
        theirs = self._answered.get(peer)
        if len(message.key) != _KEY_BYTES or (theirs and message.session < theirs.number):
            return []
        if peer < self.replica.member:
            self._initiated.pop(peer, None)
        if theirs is None or theirs.number != message.session:
            theirs = Responder(self.replica, peer, message)
            self._answered[peer] = theirs
        return self._serve(theirs, message)

    def _stays(self, mine: Initiator, peer: int, now_ns: int) -> bool:
        """Whether an own session goes on though the peer opens one."""
        if mine.is_answered:
            return not self._is_stuck(f"ask {peer}")
        has_just_left = now_ns - mine.said_ns < self.replica.options.retry_ns
        return self.replica.member < peer and has_just_left

    def _is_stuck(self, name: str) -> bool:
        """Whether a session that is looked after has not moved in spite of repetitions."""
        watch = self._watched.get(name)
        return watch is None or watch.tries >= _STUCK

    def _serve(self, theirs: Responder, message: InSession) -> list[Effect]:
        was_shipping = theirs.is_shipping
        effects = theirs.on_message(message)
        if theirs.is_shipping and not was_shipping:
            effects += self._watch(f"serve {theirs.peer}", theirs.number)
        return effects

    def _watch(self, name: str, session: int) -> list[Effect]:
        """Look after a session from now on."""
        self._watched[name] = _Watch(session)
        return [SetTimer(name, self.replica.options.retry_ns)]

    def _look(self, name: str, kind: str, peer: int, now_ns: int) -> list[Effect]:
        """If nothing has moved since the last look, repeat; after too many times, give up."""
        end = (self._initiated if kind == "ask" else self._answered).get(peer)
        watch = self._watched.pop(name, None)
        if (
            watch is None
            or end is None
            or self._number(end) != watch.session
            or not self._is_waiting(end)
        ):
            return []
        tries = watch.tries + 1 if end.progress == watch.progress else 0
        if tries > self.replica.options.retries:
            self._give_up(end)
            return []
        repeats = min(watch.repeats + (tries > 0), _PATIENCE_MAX)
        self._watched[name] = _Watch(watch.session, end.progress, tries, repeats)
        effects = [] if tries == 0 else end.repeat(now_ns)
        options = self.replica.options
        delay_ns = min(options.retry_ns << repeats, max(options.retry_ns, options.every_ns))
        return [*effects, SetTimer(name, delay_ns)]

    def _give_up(self, end: Initiator | Responder) -> None:
        if isinstance(end, Initiator):
            del self._initiated[end.peer]
        else:
            del self._answered[end.peer]

    @staticmethod
    def _number(end: Initiator | Responder) -> int:
        return end.session.number if isinstance(end, Initiator) else end.number

    @staticmethod
    def _is_waiting(end: Initiator | Responder) -> bool:
        return isinstance(end, Initiator) or end.is_shipping
