"""Where every update is, from its source to the root: books of their own, beside all routers.

An update is on its way to a host, or waits at one; it ends at the root, or is lost. It waits from
when it comes to a machine, also to one that is paused and lets its router know later. `check` holds
these books against what routers hold and what the kernel has in flight, so a message that vanished
or came twice, anywhere, is found at the next sample.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sim.engine.routing.meter import Meter
from sim.errors import InvariantViolated
from sim.protocol.messages import Message
from sim.protocol.routing.contract import Pulse, Ranked

NOT_YET: Final = -1

_Key = tuple[bool, int, int, int]
"""Whether it is a pulse, epoch, version, and (of pulses, which share versions) birth."""


@dataclass(slots=True)
class Parcel:
    """An update under way."""

    rank: str
    """What it is to whoever counts; see `meter.RANKS`."""
    at: str
    """The host at which it is, or to which it is on its way."""
    is_there: bool
    arrived_ns: int
    """When it came to that host, or to its paused machine; NOT_YET while it is on its way."""
    waited_ns: int
    """At all hosts so far, without the time on their lines."""


class Ledger:
    """The books of one run, by source."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._parcels: dict[str, dict[_Key, Parcel]] = {}
        self._sent: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()

    # The life of an update

    def send(self, message: Ranked, rank: str, to: str) -> None:
        """Its source sends it; a source never sends the same twice."""
        mine, key = self._parcels.setdefault(message.source, {}), _key(message)
        assert key not in mine, (message.source, key)
        mine[key] = Parcel(rank, to, False, NOT_YET, 0)
        self._sent[rank] += 1
        self._meter.sent(rank)

    def postpone(self, message: Message, at: str) -> None:
        """It comes to a machine that is paused; messages that are no updates are no concern."""
        if isinstance(message, Ranked):
            self._find(message, at, is_there=False).arrived_ns = self._now_ns

    def arrive(self, message: Ranked, at: str) -> None:
        """It comes to a router."""
        parcel = self._find(message, at, is_there=False)
        parcel.is_there = True
        if parcel.arrived_ns == NOT_YET:
            parcel.arrived_ns = self._now_ns

    def take(self, message: Ranked, at: str) -> int:
        """It is put on the line; how long it has waited here, in ns."""
        parcel = self._find(message, at, is_there=True)
        waited_ns = self._now_ns - parcel.arrived_ns
        parcel.waited_ns += waited_ns
        return waited_ns

    def leave(self, message: Ranked, at: str, to: str) -> None:
        """Its last bit is sent."""
        parcel = self._find(message, at, is_there=True)
        parcel.at, parcel.is_there, parcel.arrived_ns = to, False, NOT_YET

    def deliver(self, message: Ranked, at: str) -> str:
        """It is at the root; its rank."""
        parcel = self._find(message, at, is_there=False)
        self._end(message.source, _key(message))
        if parcel.arrived_ns != NOT_YET:
            parcel.waited_ns += self._now_ns - parcel.arrived_ns
        age_ns = self._now_ns - message.born_ns
        self._meter.arrived(parcel.rank, parcel.waited_ns, age_ns)
        return parcel.rank

    def lose(self, message: Message) -> None:
        """It is lost; messages that are no updates are no concern of these books."""
        if isinstance(message, Ranked):
            self._lose(message.source, _key(message))

    def make_room(self, at: str, newer: Ranked, number: tuple[int, int]) -> None:
        """At a router the update of that epoch and version has made room for a newer one.

        Or it was not newer itself. Both are of one kind, and pulses of one number are alike.
        """
        key = _key(newer)
        if number != key[1:3]:
            mine = self._parcels[newer.source].items()
            key = next(k for k, one in mine if k[:3] == (key[0], *number) and _is_at(one, at))
        self._lose(newer.source, key)

    def forget(self, at: str) -> None:
        """A router has lost all that it held."""
        for source, mine in self._parcels.items():
            for key in [key for key, one in mine.items() if _is_at(one, at)]:
                self._lose(source, key)

    # What must hold

    def check(self, held: Mapping[str, int], moving: Iterable[Message]) -> None:
        """Hold the books against messages held, by router, and those on their way.

        Raises InvariantViolated with what disagrees.
        """
        there = Counter(one.at for one in self._all() if one.is_there)
        for router, count in held.items():
            _same(f"updates held by {router}", there[router], count)
        updates = [message for message in moving if isinstance(message, Ranked)]
        for message in updates:
            self._find(message, None, is_there=False)
        under_way = Counter(one.rank for one in self._all())
        _same("updates on their way", under_way.total() - there.total(), len(updates))
        for rank, sent in self._sent.items():
            _same(f"{rank} updates sent", sent, self._ended[rank] + under_way[rank])

    # The books

    @property
    def _now_ns(self) -> int:
        return self._meter.clock()

    def _all(self) -> Iterator[Parcel]:
        return (one for mine in self._parcels.values() for one in mine.values())

    def _find(self, message: Ranked, at: str | None, *, is_there: bool) -> Parcel:
        parcel = self._parcels.get(message.source, {}).get(_key(message))
        if parcel is None or parcel.is_there != is_there or at not in (None, parcel.at):
            raise InvariantViolated(
                f"conservation: an update of {message.source} turns up at {at}, but is {parcel}"
            )
        return parcel

    def _end(self, source: str, key: _Key) -> str:
        parcel = self._parcels[source].pop(key)
        self._ended[parcel.rank] += 1
        return parcel.rank

    def _lose(self, source: str, key: _Key) -> None:
        self._meter.dropped(self._end(source, key))


def _key(message: Ranked) -> _Key:
    is_pulse = type(message) is Pulse
    return is_pulse, message.epoch, message.version, message.born_ns if is_pulse else -1


def _is_at(parcel: Parcel, at: str) -> bool:
    return parcel.is_there and parcel.at == at


def _same(what: str, expected: int, found: int) -> None:
    if expected != found:
        raise InvariantViolated(f"conservation: {what}: {expected} expected, {found} found")
