"""Changes of several steps that are decided, and applied, as one or not at all.

A member that fails gives all it owns to one sibling: then its sources have one new owner, who can
start from nothing in its place. A member that is back gets its own sources from whoever has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sim.protocol.membership.draws import draws_of, shuffled
from sim.protocol.membership.epochs import Expel, Join, Move, applied
from sim.protocol.membership.spans import Spans
from sim.protocol.membership.view import View
from sim.protocol.signatures import digest


@dataclass(frozen=True, slots=True)
class Succession:
    """`gone` is expelled; `to` takes over all that it owns by then."""

    gone: str
    to: str


@dataclass(frozen=True, slots=True)
class Return:
    """A member that was expelled joins again, and gets these sources."""

    name: str
    parent: str
    home: Spans


def succeeded(view: View, change: object) -> View:
    """The view after a decided change of several steps, or of one; the same if any fails."""
    after = view
    for step in _steps(view, change):
        before, after = after, applied(after, step)
        if after is before:
            return view
    return after


def _steps(view: View, change: object) -> Iterable[Any]:
    match change:
        case Succession(gone, to):
            moves = [Move(first, end, to) for first, end in view.owned(gone)]
            return [*moves, Expel(gone)] if moves else []
        case Return(name, parent, home):
            return [Join(name, parent), *(Move(first, end, name) for first, end in home)]
    return [change]


def successor(view: View, gone: str, failed: Iterable[str] = ()) -> str | None:
    """The sibling with the fewest sources, of those that have not failed as well; None if none is.

    Among equals a draw from the digest of the view decides, so nobody chooses.
    """
    member, out = view.member(gone), {gone, *failed}
    if member is None:
        return None
    siblings = [name for name in view.children(member.parent) if name not in out]
    order = shuffled(draws_of(digest("successor", view.digest, gone)), siblings)
    return min(order, key=view.load, default=None)
