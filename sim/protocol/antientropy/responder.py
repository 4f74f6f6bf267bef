"""The end of a session that is asked: answers, ships what is wanted, takes what is offered.

For each peer there is one session at a time, the newest; what it keeps is bounded by the store.
"""

from typing import Final

import numpy as np

from sim.protocol.antientropy.comparison import Session
from sim.protocol.antientropy.messages import (
    ID_BYTES,
    Compare,
    InSession,
    Items,
    Learnt,
    Same,
    Taken,
    Want,
)
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.antientropy.replica import Replica
from sim.protocol.antientropy.shipment import Shipment
from sim.protocol.antientropy.store import Rows
from sim.protocol.effects import Effect, Output

_SLACK: Final = 2


class Responder:
    """One session of one peer. `progress` counts what moved it."""

    def __init__(self, replica: Replica, peer: int, opened: Compare) -> None:
        self.peer, self.number, self.progress = peer, opened.session, 0
        self._replica = replica
        session = Session(peer, opened.session, opened.key)
        self._said = session.said_by(replica.member)
        self._is_same = opened.digest == replica.store.digest()
        self._answering = (
            None
            if self._is_same
            else METHODS[replica.options.method].answer(
                session, replica.member, replica.store, replica.options, opened
            )
        )
        self._parts: dict[int, Rows] = {}
        self._shipment: Shipment | None = None

    @property
    def is_shipping(self) -> bool:
        """Whether the peer has yet to acknowledge something."""
        return self._shipment is not None and not self._shipment.is_done

    def on_message(self, message: InSession) -> list[Effect]:
        """The peer says something in this session."""
        match message:
            case Items():
                return self._take_items(message)
            case Taken():
                return self._take_acknowledgement(message)
            case Want():
                return self._want(message)
            case _:
                return self._answer(message)

    def repeat(self, now_ns: int) -> list[Effect]:
        """Nothing has been acknowledged for a while."""
        again = [] if self._shipment is None else self._shipment.again()
        return self._replica.to(self.peer, *again)

    def _answer(self, message: InSession) -> list[Effect]:
        if self._is_same or self._answering is None:
            same = [Same(*self._said)] if isinstance(message, Compare) else []
            return self._replica.to(self.peer, *same)
        if self._answering.ships_unasked:
            return self._ship(np.arange(len(self._replica.store)))
        return self._replica.to(self.peer, *self._answering.take(message))

    def _want(self, message: Want) -> list[Effect]:
        if self._answering is None or self._shipment is not None:
            return []
        if message.everything:
            return self._ship(np.arange(len(self._replica.store)))
        size, rows = self._replica.options.chunk_bytes // ID_BYTES, len(self._replica.store)
        if not 0 <= message.part < message.parts <= rows // size + _SLACK:
            return []
        if len(message.ids) % ID_BYTES or len(message.ids) > size * ID_BYTES:
            return []
        self._parts[message.part] = self._answering.rows(np.frombuffer(message.ids, "<u8"))
        if len(self._parts) < message.parts:
            return []
        return self._ship(np.unique(np.concatenate(list(self._parts.values()))))

    def _ship(self, rows: Rows) -> list[Effect]:
        if self._shipment is None:
            self._shipment = Shipment(
                self._said, self._replica.store, self._replica.options.chunk_bytes
            )
            self._shipment.add(rows)
            self._shipment.add_nothing()
            self._parts.clear()
        return self._replica.to(self.peer, *self._shipment.fill(self._replica.options.window))

    def _take_items(self, message: Items) -> list[Effect]:
        news = self._replica.take(message.items)
        effects = self._replica.to(self.peer, Taken(*self._said, message.number))
        if news:
            effects.append(Output(Learnt(self._replica.names[self.peer], news)))
        return effects

    def _take_acknowledgement(self, message: Taken) -> list[Effect]:
        if self._shipment is None or not self._shipment.acknowledge(message.number):
            return []
        self.progress += 1
        return self._replica.to(self.peer, *self._shipment.fill(self._replica.options.window))
