"""How long a member waits for a leader, and how often it repeats itself meanwhile.

The timeout doubles with each view that decides nothing (OSDI 1999, section 4.5.2), so whatever the
delays of the network are, some view lasts long enough; with every checkpoint it comes down again by
one step. Repetition keeps its period: after a heal nobody waits for a long timeout to be heard.
"""

from typing import Final

LEVELS_MAX: Final = 16
"""The timeout doubles at most so often: 500 ms become nine hours."""


class Patience:
    """Spans on the member's own clock, which may be set back: then waiting begins anew."""

    def __init__(self, timeout_ns: int) -> None:
        self._base_ns = timeout_ns
        self._level = 0
        self._since_ns = 0
        self._seen_ns = 0
        self.tick_ns = max(1, timeout_ns // 2)

    @property
    def timeout_ns(self) -> int:
        """The present one."""
        return self._base_ns << self._level

    def grow(self) -> None:
        """A view passed without a decision."""
        self._level = min(self._level + 1, LEVELS_MAX)

    def shrink(self) -> None:
        """All goes well."""
        self._level = max(self._level - 1, 0)

    def begin(self, now_ns: int) -> None:
        """Waiting starts now, whatever it is that was asked for earlier."""
        self._since_ns = now_ns

    def waited_ns(self, now_ns: int, asked_ns: int | None = None) -> int:
        """Since the beginning, or since something was asked for if that was later."""
        if now_ns < self._seen_ns:
            self._since_ns = now_ns
        self._seen_ns = now_ns
        if asked_ns is None or not self._since_ns < asked_ns <= now_ns:
            return now_ns - self._since_ns
        return now_ns - asked_ns
