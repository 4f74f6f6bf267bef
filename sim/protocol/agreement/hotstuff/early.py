"""Steps that came ahead of their time, for the next slot or a later view: one a sender and kind."""

from sim.protocol.agreement.hotstuff.messages import Step
from sim.protocol.effects import Effect


class Early:
    """Of each sender and kind the last word for its latest slot and view: no liar fills it."""

    def __init__(self) -> None:
        self._steps: dict[tuple[int, type[Step]], Step] = {}

    def put_by(self, step: Step) -> list[Effect]:
        """Keep it; nothing follows for now."""
        key = (step.sender, type(step))
        other = self._steps.get(key)
        if other is None or (other.slot, other.view) <= (step.slot, step.view):
            self._steps[key] = step
        return []

    def take(self, slot: int) -> list[Step]:
        """Those for this slot or earlier ones, in the order in which their senders spoke first."""
        due = [key for key, step in self._steps.items() if step.slot <= slot]
        return [self._steps.pop(key) for key in due]
