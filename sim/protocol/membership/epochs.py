"""Changes of membership: decided one by one by consensus, applied by everybody in that order.

``applied(view, change)`` is all there is: a pure function, so replicas that apply the same changes
hold equal views. A change that makes no sense any more when its turn comes (the member is gone, the
sources have moved already) changes nothing, not even the epoch, at everybody alike.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from sim.protocol.agreement.contract import Value
from sim.protocol.membership.draws import draws_of, shuffled
from sim.protocol.membership.spans import Span
from sim.protocol.membership.view import Member, Run, View
from sim.protocol.signatures import digest


@dataclass(frozen=True, slots=True)
class Join:
    """A member is admitted, or again; it owns nothing yet."""

    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A member goes; siblings take over its sources, or the children that report to it."""

    name: str


@dataclass(frozen=True, slots=True)
class Expel(Leave):
    """The same, because it is taken to have failed; it may not know."""


@dataclass(frozen=True, slots=True)
class Move:
    """Sources with numbers in [first, end) get another owner."""

    first: int
    end: int
    to: str


@dataclass(frozen=True, slots=True)
class Attach:
    """A member, with all it owns, reports to another parent."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Enrol:
    """New sources, with numbers in [first, end) that nobody has, get their first owner."""

    first: int
    end: int
    to: str


@dataclass(frozen=True, slots=True)
class Retire:
    """Sources are gone for good."""

    first: int
    end: int


Change = Join | Leave | Move | Attach | Enrol | Retire


def founded(
    root: str, parents: Iterable[tuple[str, str]], runs: Iterable[tuple[Span, str]]
) -> View:
    """The view of epoch 0: (member, parent) and (sources, owner).

    Raises ValueError where sources overlap or an owner is not a member.
    """
    members = tuple(Member(name, parent, 0) for name, parent in sorted(parents))
    ordered = tuple(Run(first, end, owner, 0) for (first, end), owner in sorted(runs))
    names = {member.name for member in members}
    if any(one.end > other.first for one, other in pairwise(ordered)):
        raise ValueError("sources with two owners")
    if not all(run.first < run.end and run.owner in names for run in ordered):
        raise ValueError("no sources, or an owner who is not a member")
    return View(0, root, members, ordered)


def applied(view: View, change: object) -> View:
    """The view after a decided change: of the next epoch, or the same if it changes nothing."""
    draft = _Draft(view)
    apply = _APPLY.get(type(change))
    if apply is None or not apply(draft, change):
        return view
    return draft.finished()


def value_of(change: Change) -> Value:
    """A change as what a committee agrees on. Its content is the change."""
    text = repr(change)
    return Value(digest("change of membership", text), len(text), content=change)


def fosters(view: View, gone: str) -> tuple[Move, ...]:
    """Who takes the sources of a member that goes: its siblings, in shares that differ by one.

    Which siblings get the larger shares is drawn from the digest of the view, so everybody knows
    and nobody chooses. Without siblings it is everybody else who owns something; nobody if there
    is nobody.
    """
    names = _successors(view, gone)
    if not names or not view.load(gone):
        return ()
    order = shuffled(draws_of(digest("fosters", view.digest, gone)), names)
    share, larger = divmod(view.load(gone), len(order))
    shares = [(name, share + (place < larger)) for place, name in enumerate(order)]
    return tuple(_dealt(view.owned(gone), shares))


def _successors(view: View, gone: str) -> tuple[str, ...]:
    member = view.member(gone)
    if member is None:
        return ()
    siblings = tuple(
        name for name in view.children(member.parent) if name != gone and not view.children(name)
    )
    owners = {run.owner: None for run in view.runs}
    return siblings or tuple(name for name in sorted(owners) if name != gone)


def _dealt(spans: Iterable[Span], shares: list[tuple[str, int]]) -> Iterable[Move]:
    """The spans, cut so that each gets its share, in order."""
    shares = [share for share in shares if share[1]]
    for first, end in spans:
        while first < end:
            name, wanted = shares[0]
            given = min(wanted, end - first)
            yield Move(first, first + given, name)
            first += given
            shares[0] = (name, wanted - given)
            if shares[0][1] == 0:
                shares.pop(0)


def readmission(name: str, parent: str, spans: Iterable[Span]) -> tuple[Change, ...]:
    """The changes by which a member that has come back joins and gets its old sources again.

    They are decided one after the other. Sources that have retired meanwhile stay away.
    """
    return (Join(name, parent), *(Move(first, end, name) for first, end in spans))


class _Draft:
    """The next view in the making; methods answer whether they changed anything."""

    def __init__(self, view: View) -> None:
        self._view, self._epoch = view, view.epoch + 1
        self._members = {member.name: member for member in view.members}
        self._runs = list(view.runs)
        self._touched: dict[str, None] = {}

    def finished(self) -> View:
        members = (
            Member(one.name, one.parent, self._epoch if one.name in self._touched else one.since)
            for one in self._members.values()
        )
        ordered = tuple(sorted(members, key=lambda one: one.name))
        return View(self._epoch, self._view.root, ordered, _merged(self._runs))

    def join(self, change: Join) -> bool:
        if change.name in (*self._members, self._view.root) or not self._is_parent(change.parent):
            return False
        self._members[change.name] = Member(change.name, change.parent, self._epoch)
        return True

    def leave(self, change: Leave) -> bool:
        view = self._view
        if change.name not in self._members:
            return False
        children = view.children(change.name)
        moves = fosters(view, change.name) if not children else ()
        if children and not self._hand_over(change.name, children):
            return False
        if not children and view.load(change.name) and not moves:
            return False
        for move in moves:
            self.move(move)
        del self._members[change.name]
        return True

    def _hand_over(self, gone: str, children: tuple[str, ...]) -> bool:
        """Its children report to its siblings from now on, dealt like cards."""
        parent = self._members[gone].parent
        beside = self._view.children(parent)
        siblings = [name for name in beside if name != gone and self._is_parent(name)]
        order = shuffled(draws_of(digest("parents", self._view.digest, gone)), siblings)
        for place, child in enumerate(children if order else ()):
            self.attach(Attach(child, order[place % len(order)]))
        return bool(order)

    def attach(self, change: Attach) -> bool:
        member = self._members.get(change.name)
        if member is None or member.parent == change.to or not self._is_parent(change.to):
            return False
        if change.name in self._view.path(change.to):
            return False
        self._touch(member.parent, change.to)
        self._members[change.name] = Member(change.name, change.to, member.since)
        return True

    def move(self, change: Move) -> bool:
        if not self._is_owner(change.to):
            return False
        moving = [run for run in self._cut(change.first, change.end) if run.owner != change.to]
        for run in moving:
            self._touch(run.owner, change.to)
            self._runs[self._runs.index(run)] = Run(run.first, run.end, change.to, self._epoch)
        return bool(moving)

    def enrol(self, change: Enrol) -> bool:
        taken = any(run.first < change.end and change.first < run.end for run in self._runs)
        if taken or not 0 <= change.first < change.end or not self._is_owner(change.to):
            return False
        self._runs.append(Run(change.first, change.end, change.to, self._epoch))
        self._touch(change.to, self._view.root)
        return True

    def retire(self, change: Retire) -> bool:
        going = self._cut(change.first, change.end)
        for run in going:
            self._runs.remove(run)
            self._touch(run.owner, self._view.root)
        return bool(going)

    def _is_parent(self, name: str) -> bool:
        """Sources and members do not report to the same node."""
        return name == self._view.root or (
            name in self._members and all(run.owner != name for run in self._view.runs)
        )

    def _is_owner(self, name: str) -> bool:
        return name in self._members and not self._view.children(name)

    def _cut(self, first: int, end: int) -> list[Run]:
        """The runs inside [first, end), after those across its ends have been cut in two."""
        cut = [
            Run(a, b, run.owner, run.epoch)
            for run in self._runs
            for a, b in _pieces(run.first, run.end, first, end)
        ]
        self._runs = cut
        return [run for run in cut if first <= run.first and run.end <= end]

    def _touch(self, one: str, other: str) -> None:
        """What is counted below changes for those who are above only one of the two."""
        above, beside = self._view.path(one), self._view.path(other)
        for name in (*above, *beside):
            if (name in above) != (name in beside):
                self._touched[name] = None


def _pieces(first: int, end: int, cut: int, other_cut: int) -> list[Span]:
    edges = sorted({first, end, *(at for at in (cut, other_cut) if first < at < end)})
    return list(pairwise(edges))


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    """In order, and one run where two of the same owner and epoch meet."""
    merged: list[Run] = []
    for run in sorted(runs, key=lambda run: run.first):
        last = merged[-1] if merged else None
        if last is not None and (last.end, last.owner, last.epoch) == (
            run.first,
            run.owner,
            run.epoch,
        ):
            merged[-1] = Run(last.first, run.end, run.owner, run.epoch)
        else:
            merged.append(run)
    return tuple(merged)


_APPLY: Final[dict[type[Any], Callable[[_Draft, Any], bool]]] = {
    Join: _Draft.join,
    Leave: _Draft.leave,
    Expel: _Draft.leave,
    Move: _Draft.move,
    Attach: _Draft.attach,
    Enrol: _Draft.enrol,
    Retire: _Draft.retire,
}
