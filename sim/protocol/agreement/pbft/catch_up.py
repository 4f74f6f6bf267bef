"""Decisions: kept for those who missed them, and taken over from those who did not.

f + 1 members that say the same was decided cannot all be lying. A member that missed more than the
others still keep goes on from a stable checkpoint, if f + 1 of them say so, and puts nothing out
for the slots between.
"""

from typing import Final

from sim.protocol.agreement.pbft.messages import Decisions, Outcome, Stable

BATCH: Final = 64
"""How many decisions travel in one answer."""


class History:
    """The last decisions of this member, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._outcomes: dict[int, Outcome] = {}

    def keep(self, slot: int, outcome: Outcome) -> None:
        """Remember a decision; slots come in order."""
        self._outcomes[slot] = outcome
        if len(self._outcomes) > self._most:
            del self._outcomes[next(iter(self._outcomes))]

    def clear(self) -> None:
        """Forget all: there is a gap, and what is kept must be consecutive."""
        self._outcomes.clear()

    def since(self, slot: int) -> tuple[int, tuple[Outcome, ...]]:
        """The first slot that is kept, from this one on, and at most a batch of decisions."""
        if not self._outcomes:
            return slot, ()
        first = max(slot, next(iter(self._outcomes)))
        kept = (self._outcomes.get(number) for number in range(first, first + BATCH))
        return first, tuple(outcome for outcome in kept if outcome is not None)


class Answers:
    """The latest answer of each member to this one's questions."""

    def __init__(self, one_correct: int) -> None:
        self._one_correct = one_correct
        self._latest: dict[int, Decisions] = {}

    def keep(self, answer: Decisions) -> None:
        """Take in an answer, unless it is longer than any correct member's, or of no view."""
        if len(answer.outcomes) <= BATCH and all(one.view >= 0 for one in answer.outcomes):
            self._latest[answer.sender] = answer

    def forget(self, decided: int) -> None:
        """Drop the answers that hold nothing after this slot."""
        for member, answer in list(self._latest.items()):
            if max(answer.first + len(answer.outcomes) - 1, answer.stable.slot) <= decided:
                del self._latest[member]

    def vouched(self, slot: int) -> Outcome | None:
        """What f + 1 members say was decided in a slot, and the earliest view that they name.

        Correct members may name different ones; it is never later than all that they name.
        """
        said: dict[bytes, list[Outcome]] = {}
        for answer in self._latest.values():
            outcome = answer.at(slot)
            if outcome is not None:
                equal = said.setdefault(outcome.value.digest, [])
                equal.append(outcome)
                if len(equal) == self._one_correct:
                    return min(equal, key=lambda one: one.view)
        return None

    def beyond(self, slot: int) -> list[Stable]:
        """Checkpoints to go on from, latest first, if f + 1 members no longer keep the slot."""
        answers = [answer for answer in self._latest.values() if answer.first > slot]
        if len(answers) < self._one_correct:
            return []
        return sorted((answer.stable for answer in answers), key=lambda stable: -stable.slot)
