"""What travels between nodes: one frozen dataclass for each kind of message.

Receivers share the object that was sent, so nothing in a message may change.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """Anything that travels; the name of its class is its kind in every table."""


@dataclass(frozen=True, slots=True)
class Update(Message):
    """The state of a source as of `born_ns`, on the source's clock.

    A source writes its own state alone and numbers it: within an epoch (one life of the source,
    from start to crash) a higher version is newer, and a later epoch is newer than any version of
    an earlier one.
    """

    source: str
    epoch: int
    version: int
    born_ns: int
    state: object = None
    """Hashable or at least never changed; the protocol does not look inside."""

    def is_newer_than(self, other: "Update | None") -> bool:
        """Whether this is a later state of the same source; anything is newer than nothing."""
        return other is None or (self.epoch, self.version) > (other.epoch, other.version)
