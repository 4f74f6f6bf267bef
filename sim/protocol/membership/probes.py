"""What SWIM is set to, and what one member remembers of the probes that are under way."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.protocol.membership.claims import Ack


@dataclass(frozen=True, slots=True)
class SwimOptions:
    """Spans in ns. `timeout_ns` must be more than a round trip, and less than the period."""

    period_ns: int = 1_000_000_000
    timeout_ns: int = 300_000_000
    proxies: int = 3
    """k: through how many others an unanswered ping is repeated."""
    round_robin: bool = True
    """Each member once in a turn, in an order that is shuffled each turn; otherwise at random."""
    lifeguard: bool = True
    suspicion: float = 4
    """The shortest takes so many times log10(n) periods (and at least so many) ..."""
    stretch: float = 6
    """... and the longest (Lifeguard) so many times that."""
    confirmations: int = 3
    """K: as many others make a suspicion shortest."""
    claims_per_message: int = 6
    phase_ns: int = 0


class Probing:
    """The probe of this period."""

    def __init__(self, target: str, number: int) -> None:
        self.target, self.number = target, number
        self.proxies: Sequence[str] = ()
        self.nacks: dict[str, None] = {}
        self.is_answered = False

    def may_answer(self, source: str) -> bool:
        """It was asked, directly or to ask for us."""
        return source == self.target or source in self.proxies


class Relay:
    """A ping on somebody's behalf: theirs has `number`, ours `own`."""

    def __init__(self, asker: str, number: int, target: str, own: int) -> None:
        self.asker, self.number, self.target, self._own = asker, number, target, own
        self.is_done = False

    def finish(self, ack: Ack) -> bool:
        """Whether this is the answer; only once."""
        if self.is_done or (ack.source, ack.number) != (self.target, self._own):
            return False
        self.is_done = True
        return True
