"""Who raises alerts: any node, for example an aggregator that sees something critical.

It asks every keeper, again and again, until it has a certificate (or proof that the alert was taken
back). When the alert expires it says so and asks on, but rarely: a raiser that was cut off for
longer than that must not lose its alert for it. Of its own alerts it shows the same states as a
keeper does.

A raiser that starts again without its state must be given a `first` number that no earlier life
used, or it would look like a liar.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sim.protocol.alerts.contract import (
    EXPIRE_NS,
    Alert,
    AlertState,
    RaiseAlert,
    Raisers,
    Refused,
    State,
    fits,
    retraction,
    vouched,
)
from sim.protocol.alerts.ledger import Proves, certified_by
from sim.protocol.alerts.messages import Certified, Knowledge, Known, Raise
from sim.protocol.committee import Committee
from sim.protocol.effects import CancelTimer, Effect, Output, Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.signatures import Certificate, Notary, Signature
from sim.units import NS_PER_S


@dataclass(slots=True)
class Raised:
    """One alert of a raiser, and what has come of it so far."""

    alert: Alert
    votes: dict[int, Signature] = field(default_factory=dict)
    certificate: Certificate | None = None
    is_retracted: bool = False
    shown: AlertState | None = None


class Raiser:
    """Options: expire_ns; resend_ns, between two requests to the keepers; hear_ns."""

    def __init__(
        self,
        name: str,
        raisers: Raisers,
        committee: Committee,
        notary: Notary,
        *,
        proves: Proves | None = None,
        first: int = 0,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        options = options or {}
        self._name, self._seal, self._quota = name, raisers.seal(name), raisers.quota
        self._committee, self._notary = committee, notary
        self._proves = proves or certified_by(committee, notary)
        self._expire_ns = int(options.get("expire_ns", EXPIRE_NS))
        self._resend_ns = int(options.get("resend_ns", NS_PER_S // 2))
        self._hear_ns = int(options.get("hear_ns", 3 * self._resend_ns))
        self._heard_ns: dict[int, int] = {}
        self._next = first
        self.raised: dict[int, Raised] = {}

    def start(self, now_ns: int) -> list[Effect]:
        """Begin, or go on asking for what was open."""
        return [
            effect
            for number, one in self.raised.items()
            if one.certificate is None and not one.is_retracted
            for effect in self._ask(number, now_ns)
        ]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """The application raises an alert, or a keeper answers."""
        if isinstance(message, RaiseAlert):
            return self._raise(message, now_ns)
        if not isinstance(message, Known) or not 0 <= message.sender < self._committee.n:
            return []
        self._heard_ns[message.sender] = now_ns
        return [effect for known in message.alerts for effect in self._take(known, now_ns)]

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Ask again."""
        return self._ask(int(name), now_ns)

    def _raise(self, request: RaiseAlert, now_ns: int) -> list[Effect]:
        if self._next >= self._quota:
            return [Output(Refused(request, "the raiser's quota is used up"))]
        if not fits(request.subject, request.evidence):
            return [Output(Refused(request, "its subject or evidence is too long"))]
        alert = Alert(self._name, self._next, now_ns, request.subject, request.evidence)
        alert = replace(alert, signature=self._seal.sign(alert.digest))
        self.raised[self._next] = Raised(alert)
        self._next += 1
        return self._ask(alert.number, now_ns)

    def _ask(self, number: int, now_ns: int) -> list[Effect]:
        one = self.raised[number]
        effects = self._show(one, now_ns)
        is_fresh = now_ns - one.alert.raised_ns < self._expire_ns
        wait = SetTimer(str(number), self._resend_ns if is_fresh else self._expire_ns)
        requests = [Send(keeper, Raise(one.alert)) for keeper in self._committee.names]
        return [*effects, *requests, wait]

    def _take(self, known: Knowledge, now_ns: int) -> list[Effect]:
        """Count votes for what was raised here; pass a new certificate on to the keepers."""
        content = known.contents[0] if known.contents else None
        one = None if content is None else self.raised.get(content.alert.number)
        if one is None or content is None or content.alert != one.alert:
            return []
        had_certificate, signed = one.certificate is not None, vouched(one.alert.digest)
        for vote in content.signatures:
            if self._notary.is_signed(vote, signed):
                one.votes[vote.member] = vote
        self._certify(one, signed, known.certificate)
        effects = self._take_back(one, known)
        if one.certificate is not None and not had_certificate:
            certified = Certified(one.alert, one.certificate)
            effects += [Send(keeper, certified) for keeper in self._committee.names]
            effects.append(CancelTimer(str(one.alert.number)))
        return [*self._show(one, now_ns), *effects]

    def _certify(self, one: Raised, signed: bytes, claimed: Certificate | None) -> None:
        if one.certificate is None and len(one.votes) >= self._committee.quorum:
            votes = [vote for _, vote in sorted(one.votes.items())]
            claimed = Certificate(signed, tuple(votes[: self._committee.quorum]))
        if (
            one.certificate is None
            and claimed is not None
            and claimed.digest == signed
            and self._notary.is_certified(claimed, self._committee.quorum)
        ):
            one.certificate = claimed

    def _take_back(self, one: Raised, known: Knowledge) -> list[Effect]:
        if one.is_retracted or known.retraction is None:
            return []
        decided = known.retraction.decided
        one.is_retracted = decided.value.digest == retraction(*one.alert.id) and self._proves(
            decided
        )
        return [CancelTimer(str(one.alert.number))] if one.is_retracted else []

    def _show(self, one: Raised, now_ns: int) -> list[Effect]:
        state = self._state(one, now_ns)
        if state == one.shown:
            return []
        one.shown = state
        return [Output(state)]

    def _state(self, one: Raised, now_ns: int) -> AlertState:
        if one.is_retracted:
            return AlertState(one.alert, State.RETRACTED)
        if one.certificate is not None:
            return AlertState(one.alert, State.COMMITTED, certificate=one.certificate)
        if now_ns - one.alert.raised_ns >= self._expire_ns:
            return AlertState(one.alert, State.EXPIRED)
        side = tuple(
            number
            for number, heard_ns in sorted(self._heard_ns.items())
            if now_ns - heard_ns <= self._hear_ns
        )
        return AlertState(one.alert, State.PROVISIONAL, side)
