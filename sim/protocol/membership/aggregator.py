"""The node around a `Holder` or a `Keeper`: learns of views, hears, and reports to its parent.

Where it reports is what the view says; the root reports to nobody. What is complete for the first
time in an epoch is sent at once, so that a move is over as soon as messages have crossed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.protocol.effects import Effect, Send, SetTimer
from sim.protocol.membership.ownership import Holder, Keeper
from sim.protocol.membership.view import View
from sim.protocol.messages import HEADER_BYTES, Message

_REPORT = "report"


@dataclass(frozen=True, slots=True)
class NewEpoch(Message):
    """What the committee has decided. Newer views replace older ones; missing some is no harm."""

    view: View

    @property
    def size_bytes(self) -> int:
        """Header and view."""
        return HEADER_BYTES + self.view.size_bytes


Trusted = Callable[[NewEpoch], bool]
"""Whether a view is the committee's: where members may lie, a certificate has to say so."""


def from_the_committee(news: NewEpoch) -> bool:  # noqa: ARG001
    """Links are authenticated, and only the committee's node beside it sends views."""
    return True


class Aggregator:
    """Reports every `period_ns`, first after `phase_ns`."""

    def __init__(
        self,
        book: Holder | Keeper,
        period_ns: int,
        *,
        phase_ns: int = 0,
        trusted: Trusted = from_the_committee,
    ) -> None:
        self.book = book
        self._period_ns, self._phase_ns, self._trusted = period_ns, phase_ns, trusted
        self._reported = -1

    def start(self, now_ns: int) -> list[Effect]:
        """Report from now on."""
        return [SetTimer(_REPORT, self._phase_ns)]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """News of the committee, or from below."""
        if isinstance(message, NewEpoch):
            is_news = self._trusted(message) and self.book.adopt(message.view)
        else:
            is_news = self.book.hear(message)
        return self._report_first() if is_news else []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Time to report."""
        return [SetTimer(_REPORT, self._period_ns), *self._report()]

    def _report_first(self) -> list[Effect]:
        member = self.book.view.member(self.book.name)
        if member is None or member.since == self._reported or not self.book.is_complete:
            return []
        self._reported = member.since
        return self._report()

    def _report(self) -> list[Effect]:
        member, holding = self.book.view.member(self.book.name), self.book.holding()
        return [] if member is None or holding is None else [Send(member.parent, holding)]
