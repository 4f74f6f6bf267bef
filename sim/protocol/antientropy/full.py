"""Full state: if the digests differ, everything is shipped. One round trip, N items."""

import numpy as np

from sim.protocol.antientropy.comparison import Difference, Options, Session
from sim.protocol.antientropy.messages import Compare, InSession
from sim.protocol.antientropy.siphash import Words
from sim.protocol.antientropy.store import Rows, Store


class FullComparison:
    """There is nothing to find out: what comes shows what the peer lacks."""

    def __init__(self, session: Session, store: Store, options: Options) -> None:
        self.difference: Difference | None = Difference()
        self.round_trips = self.answers = 0

    def take(self, message: InSession) -> list[InSession]:
        """Nothing is asked."""
        return []

    def pending(self) -> list[InSession]:
        """Nothing is asked."""
        return []


class FullAnswering:
    """Everything, at once."""

    ships_unasked = True

    def __init__(
        self, session: Session, member: int, store: Store, options: Options, opened: Compare
    ) -> None:
        pass

    def take(self, message: InSession) -> list[InSession]:
        """Nothing is asked."""
        return []

    def rows(self, ids: Words) -> Rows:
        """There are no ids."""
        return np.zeros(0, np.int64)
