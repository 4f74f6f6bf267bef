"""The pacemaker: in which view a member is, and for how long. It keeps one number a member.

HotStuff leaves this part open. A member that waits in vain wishes, aloud and again and again, for
the next view. Of the wishes of f + 1 members one is a correct one's: everybody joins in. What a
quorum wishes for is entered. So correct members enter a view within two delays of each other once
messages arrive, and none gets ahead alone, however long the network was split: Bravo, Chockler and
Gotsman, "Making Byzantine Consensus Live", DISC 2020, Figure 1.
"""

from typing import Final

from sim.protocol.committee import Committee

DOUBLINGS_MAX: Final = 10


class Pacemaker:
    """View and timeouts of one member. The leader of view v is member v mod n.

    A leader stays as long as it works: views advance by timeouts alone, not with each decision.
    """

    def __init__(self, committee: Committee, member: int, timeout_ns: int) -> None:
        self._committee, self._member, self._timeout_ns = committee, member, timeout_ns
        self._wishes = [0] * committee.n
        self._base = 0
        self.view = 0

    @property
    def leader(self) -> int:
        """Of the view."""
        return self.view % self._committee.n

    @property
    def patience_ns(self) -> int:
        """How long to wait in this view; twice as long for each view in a row that failed."""
        return self._timeout_ns << max(0, min(self.view - self._base, DOUBLINGS_MAX))

    @property
    def repeat_ns(self) -> int:
        """How long to wait before a wish is said again: always the same."""
        return self._timeout_ns

    @property
    def is_called(self) -> bool:
        """Whether a correct member wants a later view."""
        return self._wished_by(self._committee.one_correct) > self.view

    def worked(self, view: int) -> None:
        """Something was decided in this view."""
        self._base = max(self._base, view)
        self.view = max(self.view, view)

    def renew(self) -> None:
        """What went before says nothing of this view: it had nothing to decide."""
        self._base = max(self._base, self.view)

    def give_way(self) -> int:
        """The leader has nothing to propose: the view wanted now. This one counts as no failure."""
        if self._wishes[self._member] <= self.view:
            self._base += 1
        return self.wish()

    def wish(self) -> int:
        """Time is up: the view that this member wants now."""
        return self._want(max(self.view + 1, self._wished_by(self._committee.one_correct)))

    def heard(self, member: int, view: int, *, gives_way: bool = False) -> int | None:
        """Another member wants this view. What this one must now say that it wants, if anything.

        A leader that gives way is believed: it can give up nothing but its own view.
        """
        self._wishes[member] = max(self._wishes[member], view)
        is_next = view == self.view + 1 > self._wishes[self._member]
        if gives_way and is_next and member == self.leader:
            return self.give_way()
        wanted = self._wished_by(self._committee.one_correct)
        return self._want(wanted) if wanted > self._wishes[self._member] else None

    def next_view(self) -> int | None:
        """The view to enter now, if there is one."""
        agreed = self._wished_by(self._committee.quorum)
        return agreed if agreed > self.view else None

    def _want(self, view: int) -> int:
        self._wishes[self._member] = max(self._wishes[self._member], view)
        return view

    def _wished_by(self, members: int) -> int:
        """The highest view that at least so many members want, or a later one."""
        return sorted(self._wishes, reverse=True)[members - 1]
