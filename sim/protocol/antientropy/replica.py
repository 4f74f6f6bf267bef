"""What the sessions of one replica have in common: who it is, what it holds, what it believes."""

from dataclasses import dataclass, field

from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.items import Genuine, Item, trusting
from sim.protocol.antientropy.messages import InSession
from sim.protocol.antientropy.store import Store
from sim.protocol.effects import Effect, Send


@dataclass(frozen=True, slots=True)
class Replica:
    """`names` are those of all replicas, by number; `secret` (any length) is this one's own.

    `life` counts its starts without memory, so that answers to an earlier life are not mistaken.
    """

    member: int
    names: tuple[str, ...]
    store: Store
    options: Options = field(default_factory=Options)
    genuine: Genuine = trusting
    secret: bytes = field(default=b"", repr=False)
    life: int = 0

    def take(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """Keep those items of a peer that are news and genuine; these."""
        news = (item for item in items if self.store.is_news(item) and self.genuine(item))
        return tuple(item for item in news if self.store.put(item))

    def to(self, peer: int, *messages: InSession) -> list[Effect]:
        """Send these."""
        return [Send(self.names[peer], message) for message in messages]
