"""Decided values: kept for those who missed them, and taken over from those who did not.

f + 1 members that say the same was decided cannot all be lying. A member that missed more than the
others still keep goes on from a stable checkpoint, if f + 1 of them say so, and puts nothing out
for the slots between.
"""

from typing import Final

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.pbft.messages import Decisions, Stable

BATCH: Final = 64
"""How many values travel in one answer."""


class History:
    """The last decisions of this member, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[int, Value] = {}

    def keep(self, slot: int, value: Value) -> None:
        """Remember a decision; slots come in order."""
        self._values[slot] = value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]

    def clear(self) -> None:
        """Forget all: there is a gap, and what is kept must be consecutive."""
        self._values.clear()

    def since(self, slot: int) -> tuple[int, tuple[Value, ...]]:
        """The first slot that is kept, from this one on, and at most a batch of values."""
        if not self._values:
            return slot, ()
        first = max(slot, next(iter(self._values)))
        kept = (self._values.get(number) for number in range(first, first + BATCH))
        return first, tuple(value for value in kept if value is not None)


class Answers:
    """The latest answer of each member to this one's questions."""

    def __init__(self, one_correct: int) -> None:
        self._one_correct = one_correct
        self._latest: dict[int, Decisions] = {}

    def keep(self, answer: Decisions) -> None:
        """Take in an answer, unless it is longer than any correct member's."""
        if len(answer.values) <= BATCH:
            self._latest[answer.sender] = answer

    def forget(self, decided: int) -> None:
        """Drop the answers that hold nothing after this slot."""
        for member, answer in list(self._latest.items()):
            if max(answer.first + len(answer.values) - 1, answer.stable.slot) <= decided:
                del self._latest[member]

    def vouched(self, slot: int) -> Value | None:
        """What f + 1 members say was decided in a slot."""
        counts: dict[bytes, int] = {}
        for answer in self._latest.values():
            value = answer.at(slot)
            if value is not None:
                counts[value.digest] = counts.get(value.digest, 0) + 1
                if counts[value.digest] == self._one_correct:
                    return value
        return None

    def beyond(self, slot: int) -> list[Stable]:
        """Checkpoints to go on from, latest first, if f + 1 members no longer keep the slot."""
        answers = [answer for answer in self._latest.values() if answer.first > slot]
        if len(answers) < self._one_correct:
            return []
        return sorted((answer.stable for answer in answers), key=lambda stable: -stable.slot)
