"""The end of a session that asks: compare, have shipped what is missing here, ship what is there.

Alerts that the peer may lack leave as soon as they are known. The rest of what is offered waits for
the peer's items, which may be newer. Whatever a peer says, a session ends: comparisons are bounded,
so are chunks, and without progress the session is given up after a few repetitions.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.protocol.antientropy.comparison import EVERYTHING, Difference, Session, opening
from sim.protocol.antientropy.messages import (
    ID_BYTES,
    InSession,
    Items,
    Learnt,
    Same,
    Synced,
    Taken,
    Want,
)
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.antientropy.replica import Replica
from sim.protocol.antientropy.shipment import Arrivals, Shipment
from sim.protocol.antientropy.siphash import Words
from sim.protocol.antientropy.store import Rows
from sim.protocol.effects import Effect, Output


class Initiator:
    """One session with one peer. `progress` counts what moved it; `is_over` says that it ended.

    `said_ns` is when the opening was said last.
    """

    def __init__(self, replica: Replica, peer: int, session: Session, now_ns: int) -> None:
        self.peer, self.session, self.said_ns = peer, session, now_ns
        self.is_over = self.is_answered = False
        self.progress = 0
        self._replica = replica
        self._said = session.said_by(replica.member)
        self._opening = opening(session, replica.store)
        self._comparison = METHODS[replica.options.method].compare(
            session, replica.store, replica.options
        )
        self._arrivals = Arrivals()
        self._shipment = Shipment(self._said, replica.store, replica.options.chunk_bytes)
        self._wants: Sequence[Want] = ()
        self._offered = np.zeros(0, np.int64)
        self._offered_records: Words = np.zeros((0, 7), np.uint64)
        self._peer_has: NDArray[np.bool_] | None = None
        self._is_shipping_last = False
        self._bytes = self._comparison_bytes = 0
        self._trips = self._items_in = 0

    def start(self) -> list[Effect]:
        """Open; the method that has nothing to ask waits for items at once."""
        effects = self._send([self._opening])
        if self._comparison.difference is not None:
            self._begin_shipping(self._comparison.difference, is_asked=False)
        return effects

    def on_message(self, message: InSession) -> list[Effect]:
        """The peer says something in this session."""
        self._bytes += message.size_bytes
        self.is_answered = True
        match message:
            case Same():
                return self._finish(trips=1) if not self._trips and not self.progress else []
            case Items():
                return self._take_items(message)
            case Taken():
                return self._take_acknowledgement(message)
            case _ if self._comparison.difference is None:
                return self._compare(message)
            case _:
                return []

    def repeat(self, now_ns: int) -> list[Effect]:
        """Nothing has moved for a while: say again what has no answer."""
        if not self.is_answered:
            self.said_ns = now_ns
            return self._send([self._opening])
        if self._comparison.difference is None:
            return self._send(self._comparison.pending())
        wants = [] if self._arrivals.is_begun else self._wants
        return self._send([*wants, *self._shipment.again()])

    def _compare(self, message: InSession) -> list[Effect]:
        before = self._comparison.answers
        asked = self._comparison.take(message)
        difference = self._comparison.difference
        self.progress += self._comparison.answers - before
        if difference is None:
            return self._send(asked)
        self._trips = self._comparison.round_trips
        self._comparison_bytes = self._bytes
        return self._begin_shipping(difference, is_asked=True)

    def _begin_shipping(self, difference: Difference, *, is_asked: bool) -> list[Effect]:
        store = self._replica.store
        self._offered = difference.offered
        self._offered_records = store.records(difference.offered)
        if difference.wanted is EVERYTHING:
            self._peer_has = np.zeros(len(store), np.bool_)
            self._wants = [Want(*self._said, 0, 1, b"", everything=True)] if is_asked else []
            return self._send(self._wants)
        self._wants = self._parts(difference.wanted)
        self._shipment.add(self._offered[store.is_urgent(self._offered)])
        chunks = self._shipment.fill(self._replica.options.window)
        effects = self._send([*self._wants, *chunks])
        return effects if self._wants else effects + self._ship_the_rest()

    def _parts(self, ids: Words) -> list[Want]:
        """The ids in as many messages as they need."""
        raw, size = ids.astype("<u8").tobytes(), self._replica.options.chunk_bytes
        size -= size % ID_BYTES
        parts = [raw[first : first + size] for first in range(0, len(raw), size)]
        return [Want(*self._said, part, len(parts), ids) for part, ids in enumerate(parts)]

    def _take_items(self, message: Items) -> list[Effect]:
        is_expected = self._comparison.difference is not None and not self._is_shipping_last
        news = self._replica.take(message.items)
        self._items_in += len(news)
        self._note_what_peer_has(message)
        effects: list[Effect] = []
        if news:
            effects.append(Output(Learnt(self._replica.names[self.peer], news)))
        is_new = is_expected and self._arrivals.take(message.number, message.total)
        if self._arrivals.has(message.number):
            effects += self._send([Taken(*self._said, message.number)])
        if is_new:
            self.progress += 1
            if self._arrivals.is_complete:
                self._trips += 1
                effects += self._ship_the_rest()
        return effects

    def _note_what_peer_has(self, message: Items) -> None:
        if self._peer_has is None:
            return
        store = self._replica.store
        for item in message.items:
            row = store.find(item.key, item.epoch, item.version) if store.holds(item) else None
            if row is not None and row < len(self._peer_has):
                self._peer_has[row] = True

    def _ship_the_rest(self) -> list[Effect]:
        """Of what is offered, what is still so: the peer's items may have been newer."""
        self._is_shipping_last = True
        self._shipment.add(self._left_to_ship())
        if self._shipment.is_done:
            return self._finish(trips=self._trips)
        return self._send(self._shipment.fill(self._replica.options.window))

    def _left_to_ship(self) -> Rows:
        store = self._replica.store
        if self._peer_has is not None:
            return np.flatnonzero(~self._peer_has)
        unchanged = (store.records(self._offered) == self._offered_records).all(axis=1)
        left: Rows = self._offered[unchanged & ~store.is_urgent(self._offered)]
        return left

    def _take_acknowledgement(self, message: Taken) -> list[Effect]:
        if not self._shipment.acknowledge(message.number):
            return []
        self.progress += 1
        if self._shipment.is_done and self._is_shipping_last:
            return self._finish(trips=self._trips + 1)
        return self._send(self._shipment.fill(self._replica.options.window))

    def _finish(self, trips: int) -> list[Effect]:
        self.is_over = True
        synced = Synced(
            self._replica.names[self.peer],
            self._bytes,
            trips,
            self._items_in,
            self._shipment.items,
            self._comparison_bytes,
            self._comparison.round_trips,
        )
        return [Output(synced)]

    def _send(self, messages: Iterable[InSession]) -> list[Effect]:
        messages = tuple(messages)
        self._bytes += sum(message.size_bytes for message in messages)
        return self._replica.to(self.peer, *messages)
