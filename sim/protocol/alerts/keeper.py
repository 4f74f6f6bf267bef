"""A member of the committee that commits alerts: holds all of them, vouches once for each.

A keeper vouches for the first content that it hears of an alert, and tells all others and the
raiser; whoever has votes of a quorum has a certificate. On a timer it tells the others the digest
of its ledger; where two differ, three messages (summary, holdings, difference) level one with the
other, so whatever one correct keeper holds all of them hold soon after a heal.

What it vouched for must survive a crash: a keeper that starts again without its ledger may vouch
for a second content, and counts as one of the f liars.
"""

from collections.abc import Iterable

from sim.protocol.agreement.contract import Membership
from sim.protocol.alerts.contract import (
    EXPIRE_NS,
    Alert,
    AlertId,
    AlertState,
    Equivocated,
    Raisers,
    State,
    vouched,
)
from sim.protocol.alerts.ledger import Entry, Ledger, Proves, certified_by
from sim.protocol.alerts.messages import (
    Certified,
    Content,
    Holdings,
    Knowledge,
    Known,
    Raise,
    Retract,
    Summary,
)
from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.messages import Message, Said
from sim.units import NS_PER_S


class Keeper:
    """Options: expire_ns; sync_ns, between two summaries; hear_ns, how long a member is heard."""

    def __init__(
        self, membership: Membership, *, raisers: Raisers, proves: Proves | None = None
    ) -> None:
        self._me, self._committee = membership, membership.committee
        options = membership.options
        self._expire_ns = int(options.get("expire_ns", EXPIRE_NS))
        self._sync_ns = int(options.get("sync_ns", NS_PER_S))
        self._hear_ns = int(options.get("hear_ns", 3 * self._sync_ns))
        proves = proves or certified_by(self._committee, membership.notary)
        self.ledger = Ledger(self._committee, membership.notary, raisers, proves)
        self._heard_ns: dict[int, int] = {}
        self._summarised: set[int] = set()
        self._compared: set[int] = set()

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or go on with the ledger that survived."""
        waits: list[Effect] = [
            SetTimer(_timer(entry.alert.id), max(0, entry.held_since_ns + self._expire_ns - now_ns))
            for entry in self.ledger
            if entry.is_open
        ]
        return [*waits, SetTimer("sync", self._sync_ns)]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """From raisers, other keepers, or the application (a retraction)."""
        if isinstance(message, Said):
            if not 0 <= message.sender < self._committee.n or message.sender == self._me.member:
                return []
            self._heard_ns[message.sender] = now_ns
        match message:
            case Raise():
                return self._raise(message.alert, now_ns)
            case Known():
                return self._take(message.alerts, now_ns)
            case Certified():
                content = (Content(message.alert),)
                return self._take([Knowledge(content, certificate=message.certificate)], now_ns)
            case Retract():
                content = (Content(message.alert),)
                return self._take([Knowledge(content, retraction=message.retraction)], now_ns)
            case Summary():
                return self._compare(message)
            case Holdings():
                return self._level(message)
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Time to tell the others what is held, or an alert has been provisional for too long."""
        if name != "sync":
            entry = self.ledger.entries.get(_alert_of(name))
            return [] if entry is None else self._show(entry, now_ns)
        self._compared.clear()
        others = [number for number in range(self._committee.n) if number != self._me.member]
        self._summarised.update(others)
        summary = Summary(self._me.member, self.ledger.digest)
        effects: list[Effect] = [Send(self._committee.names[other], summary) for other in others]
        for entry in self.ledger:
            if entry.is_open:
                effects += self._show(entry, now_ns)
        return [*effects, SetTimer("sync", self._sync_ns)]

    # Alerts

    def _raise(self, alert: Alert, now_ns: int) -> list[Effect]:
        was_known = alert.id in self.ledger.entries
        effects = self._take([Knowledge((Content(alert),))], now_ns)
        entry = self.ledger.entries.get(alert.id)
        if was_known and entry is not None:
            # The raiser asks again: it may have missed the answer, or what came of the alert.
            effects.append(Send(alert.raiser, Known(self._me.member, (entry.knowledge,))))
        return effects

    def _take(self, alerts: Iterable[Knowledge], now_ns: int) -> list[Effect]:
        effects: list[Effect] = []
        votes: list[Knowledge] = []
        for known in alerts:
            before = len(self.ledger.entries)
            entry = self.ledger.merge(known, now_ns)
            if entry is None:
                continue
            if len(self.ledger.entries) > before:
                effects.append(SetTimer(_timer(entry.alert.id), self._expire_ns))
                votes += self._vouch(entry)
            effects += self._show(entry, now_ns)
        return [*effects, *self._tell(votes)]

    def _vouch(self, entry: Entry) -> list[Knowledge]:
        """Vote for a new alert, unless there is no need for votes."""
        if not entry.is_open:
            return []
        alert = entry.alert
        vote = self._me.seal.sign(vouched(alert.digest))
        self.ledger.vote(entry, vote)
        return [Knowledge((Content(alert, (vote,)),))]

    def _tell(self, votes: list[Knowledge]) -> list[Effect]:
        """All votes to all keepers in one message each, and each to its raiser."""
        if not votes:
            return []
        known = Known(self._me.member, tuple(votes))
        others: list[Effect] = [
            Send(name, known) for name in self._committee.others(self._me.member)
        ]
        return others + [
            Send(vote.contents[0].alert.raiser, Known(self._me.member, (vote,))) for vote in votes
        ]

    def _show(self, entry: Entry, now_ns: int) -> list[Effect]:
        """Put out what there is to show of an alert if that has changed."""
        effects: list[Effect] = []
        if len(entry.contents) > 1 and not entry.is_reported:
            entry.is_reported = True
            first, second = entry.contents.values()
            effects.append(Output(Equivocated(first.alert, second.alert)))
        state = self._state(entry, now_ns)
        if state != entry.shown:
            entry.shown = state
            effects.append(Output(state))
        return effects

    def _state(self, entry: Entry, now_ns: int) -> AlertState:
        if entry.retraction is not None:
            return AlertState(entry.alert, State.RETRACTED)
        if entry.certificate is not None:
            return AlertState(entry.alert, State.COMMITTED, certificate=entry.certificate)
        if now_ns - entry.held_since_ns >= self._expire_ns:
            return AlertState(entry.alert, State.EXPIRED)
        return AlertState(entry.alert, State.PROVISIONAL, self.side(now_ns))

    def side(self, now_ns: int) -> tuple[int, ...]:
        """The members that could be heard lately, this one among them."""
        return tuple(
            number
            for number in range(self._committee.n)
            if number == self._me.member
            or now_ns - self._heard_ns.get(number, now_ns - self._hear_ns - 1) <= self._hear_ns
        )

    # Anti-entropy. Each step is answered once for each summary, so a liar gains nothing by asking.

    def _compare(self, summary: Summary) -> list[Effect]:
        if summary.digest == self.ledger.digest or summary.sender in self._compared:
            return []
        self._compared.add(summary.sender)
        holdings = Holdings(self._me.member, self.ledger.fingerprints())
        return [Send(self._committee.names[summary.sender], holdings)]

    def _level(self, holdings: Holdings) -> list[Effect]:
        if holdings.sender not in self._summarised:
            return []
        self._summarised.discard(holdings.sender)
        missing = tuple(self.ledger.beyond(dict(holdings.fingerprints)))
        known = Known(self._me.member, missing)
        return [Send(self._committee.names[holdings.sender], known)] if missing else []


def _timer(alert_id: AlertId) -> str:
    raiser, number = alert_id
    return f"expire {number} {raiser}"


def _alert_of(timer: str) -> AlertId:
    _, number, raiser = timer.split(" ", 2)
    return raiser, int(number)
