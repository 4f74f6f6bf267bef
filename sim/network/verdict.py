"""What a fault does to a message: the verdict of a rule.

Faults on the way are an ordered list of rules; the first that matches a message decides, and counts
it. A verdict is plain data, so one rule serves single messages and whole tiers alike.
"""

from dataclasses import dataclass
from typing import Final

DELIVERED: Final = "delivered"
LOST: Final = "lost"
NO_ROUTE: Final = "no_route"
PARTITIONED: Final = "partitioned"
CORRUPT: Final = "corrupt"
RECEIVER_DOWN: Final = "receiver_down"

DROP_REASONS: Final = (LOST, NO_ROUTE, PARTITIONED, CORRUPT, RECEIVER_DOWN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to messages that a rule matches. The default is: nothing."""

    rule: str
    """Name of the fault, such as ``faults[0]``."""
    drop: str | None = None
    """Reason for which every message is dropped."""
    delay_factor: float = 1.0
    """Factor on the delay of path and jitter; at least 1, so nothing gets faster than light."""
    delay_extra_ns: float = 0.0
    loss_extra: float = 0.0
    """Share that is lost in addition."""
    rate_factor: float = 1.0
    """Share of the rate of the sender's line that is left."""
    hold_until_ns: float = 0.0
    """Nothing arrives before this instant plus its own delay."""
    duplicate_share: float = 0.0
    reorder_share: float = 0.0
    reorder_extra_ns: float = 0.0
    """Share of messages that fall behind by this much."""
    corrupt_share: float = 0.0
    """Share that arrives damaged; a checksum finds it out and the receiver drops it."""

    @property
    def is_cut(self) -> bool:
        """Whether nothing comes through while it holds."""
        return self.drop is not None or self.hold_until_ns > 0
