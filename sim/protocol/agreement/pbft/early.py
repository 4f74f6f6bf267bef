"""Messages of views that this member has not entered yet: kept until it does, within bounds.

Networks reorder, and a vote may overtake the new view that it belongs to. Of each member only the
latest view counts, and in it one message of each kind for each slot of the window.
"""

from sim.protocol.agreement.pbft.messages import Commit, Prepare, PrePrepare

Voting = PrePrepare | Prepare | Commit


class Early:
    """One box for each member, with at most `most` messages of one view in it."""

    def __init__(self, members: int, most: int) -> None:
        self._most = most
        self._boxes: list[dict[tuple[type, int], Voting]] = [{} for _ in range(members)]
        self._views = [0] * members

    def keep(self, message: Voting) -> None:
        """Put a message aside; nothing of earlier views of its sender is needed any more."""
        sender = message.sender
        if message.view > self._views[sender]:
            self._views[sender], self._boxes[sender] = message.view, {}
        box = self._boxes[sender]
        if message.view == self._views[sender] and len(box) < self._most:
            box.setdefault((message.__class__, message.slot), message)

    def take(self, view: int) -> list[Voting]:
        """The messages of this view, by member, in the order in which they came."""
        taken: list[Voting] = []
        for member, of_view in enumerate(self._views):
            if of_view <= view:
                if of_view == view:
                    taken += self._boxes[member].values()
                self._boxes[member] = {}
        return taken
