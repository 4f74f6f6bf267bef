"""The registrar of a run: the log in which the replicas of the root write what needs consensus.

That is changes of membership, and alerts that are taken back. It is PBFT whatever protocol agrees
on baselines, because a change of membership needs one order. Who wants something signs a petition,
so that no replica can invent one; entries carry certificates, so that one replica is enough to ask.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sim.engine.component import Rows
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas
from sim.engine.control.servers import server, signer
from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.agreement.certify import is_certified
from sim.protocol.agreement.contract import Decided, Membership, Value
from sim.protocol.agreement.log import Log, Logged
from sim.protocol.agreement.petitioner import Petitioner
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.alerts.contract import Alert, retraction
from sim.protocol.committee import Committee
from sim.protocol.node import Node
from sim.protocol.signatures import SIGNATURE_BYTES, Notary, Seal, Signature, digest
from sim.scenario.plan_control import AgreementPlan
from sim.units import NS_PER_S

PROTOCOL: Final = "pbft"
ROUND_TRIPS: Final = 4
"""The timeout, in round trips between the replicas that are furthest apart ..."""
TIMEOUT_NS_MIN: Final = NS_PER_S // 5
"""... and at least so long."""
RESEND_NS: Final = NS_PER_S

Listener = Callable[[int, Logged], None]
"""Is told of what each replica has logged, when it has."""


@dataclass(frozen=True, slots=True)
class Petition:
    """The content of a value: some clients want `what`, in an epoch if that matters."""

    what: object
    epoch: int
    signatures: tuple[tuple[str, Signature], ...]
    """Of each of them, by the name of its host."""


def _digest(what: object, epoch: int) -> bytes:
    """What is logged once: the same however many want it."""
    if isinstance(what, Alert):
        return retraction(*what.id)
    return digest("change of membership", epoch, repr(what))


class Registrar:
    """Let clients in (`admit`) before the run begins; `listeners` are told of all entries."""

    def __init__(
        self, parts: Parts, plane: ControlPlane, replicas: Replicas, plan: AgreementPlan | None
    ) -> None:
        self._parts, self._plane, self._plan = parts, plane, plan
        self.committee = Committee(
            tuple(f"{name} registry" for name in replicas.names), 0 if plan is None else plan.f
        )
        self.notary = Notary(plane.secret("registrar", "registry"), self.committee.n)
        self._clients: dict[str, Notary] = {}
        self._needed: dict[str, int] = {}
        self.listeners: list[Listener] = []
        self.timeout_ns = _timeout_ns(replicas)
        self._rows: list[dict[str, Any]] = []
        for member in range(self.committee.n):
            self._join(member, replicas)

    def admit(self, name: str, *, alone: bool = True) -> Seal:
        """A new client, by the name of its host; its seal.

        `alone`: its wish is enough. One of several replicas may lie or be cut off, so it needs
        others who want the same: f + 1 together, one of whom is correct.
        """
        self._clients[name] = Notary(self._plane.secret("registrar", name), 1)
        self._needed[name] = 1 if alone else self.committee.one_correct
        return self._clients[name].seal(0)

    def petitioner(self, name: str) -> Petitioner:
        """What a client asks with."""
        return Petitioner(name, self._membership(0), RESEND_NS)

    def petition(self, name: str, seal: Seal, what: object, epoch: int = 0) -> Value:
        """A value by which this client wants something."""
        about = _digest(what, epoch)
        content = Petition(what, epoch, ((name, seal.sign(about)),))
        return Value(about, len(repr(what)) + SIGNATURE_BYTES, content=content)

    def proves(self, decided: Decided) -> bool:
        """Whether a decision is the registrar's."""
        return is_certified(self.notary, decided, self.committee.quorum)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:  # noqa: ARG002
        """None: it reacts."""
        yield from ()

    def idle(self) -> list[str]:
        """Never without effect."""
        return []

    def rows(self) -> Rows:
        """What each replica has logged, and when."""
        return {"registry": self._rows} if self._rows else {}

    def _membership(self, member: int) -> Membership:
        return Membership(
            self.committee,
            member,
            self.notary.seal(member),
            self.notary,
            self._is_genuine,
            {"timeout_ns": self.timeout_ns, "catch_up_ns": RESEND_NS},
        )

    def _is_genuine(self, slot: int, value: Value) -> bool:  # noqa: ARG002
        """Whether a client signed a petition for just this."""
        content = value.content
        if not isinstance(content, Petition) or not self._is_signed(value):
            return False
        names = dict.fromkeys(by for by, _ in content.signatures)
        return len(names) >= max(self._needed[by] for by in names)

    def _is_signed(self, value: Value) -> bool:
        """Whether all whom a petition names are clients, may want this, and have signed it."""
        content = value.content
        if not isinstance(content, Petition) or not content.signatures:
            return False
        if value.digest != _digest(content.what, content.epoch):
            return False
        return all(
            by in self._clients
            and _may_want(by, content.what)
            and self._clients[by].is_signed(signature, value.digest)
            for by, signature in content.signatures
        )

    def _combine(self, values: Sequence[Value]) -> Value:
        """One petition of several for the same, without any that is not genuine."""
        genuine = [value for value in values if self._is_signed(value)]
        signatures: dict[str, Signature] = {}
        for value in genuine:
            assert isinstance(value.content, Petition), "it is signed"
            signatures |= dict(value.content.signatures)
        if not signatures:
            return values[0]
        signed = tuple(sorted(signatures.items()))
        size = genuine[0].size_bytes + (len(signed) - 1) * SIGNATURE_BYTES
        content = replace(genuine[0].content, signatures=signed)  # type: ignore[type-var]
        return replace(genuine[0], size_bytes=size, content=content)

    def _join(self, member: int, replicas: Replicas) -> None:
        self._plane.join(
            self.committee.names[member],
            replicas.places[member],
            lambda _: self._node(member),
            peers=self.committee.names,
            member=member,
            service=None if self._plan is None else server(self._plane.kernel, self._plan),
            signing=None if self._plan is None else signer(self._plan),
            application=partial(self._note, member),
        )

    def _node(self, member: int) -> Node:
        make = PROTOCOLS[PROTOCOL].make_certified
        return Log(make, self._membership(member), self._clients, self._combine)

    def _note(self, member: int, event: object) -> None:
        if not isinstance(event, Logged):
            return
        content = event.value.content
        assert isinstance(content, Petition), "only petitions are acceptable"
        self._rows.append(
            {
                "at_ns": self._plane.kernel.now_ns,
                "replica": member,
                "slot": event.index,
                "by": " + ".join(by for by, _ in content.signatures),
                "what": type(content.what).__name__,
                "view": event.decided.view,
            }
        )
        for listener in self.listeners:
            listener(member, event)


def _may_want(by: str, what: object) -> bool:
    """An alert is taken back from the machine that raised it, and nowhere else."""
    return not isinstance(what, Alert) or what.raiser.rpartition(" ")[0] == by.rpartition(" ")[0]


def what_is(value: Value) -> object:
    """What somebody wanted by a value that was logged."""
    return value.content.what if isinstance(value.content, Petition) else None


def _timeout_ns(replicas: Replicas) -> int:
    """Longer than a healthy slot takes, however far apart the replicas are."""
    return max(TIMEOUT_NS_MIN, round(ROUND_TRIPS * replicas.round_trip_ns()))
