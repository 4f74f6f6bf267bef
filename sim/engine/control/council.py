"""Agreement in a run: at every publication the replicas of the root make one snapshot of theirs.

Each replica hands what it knows to the protocol node beside it; what the node decides goes down to
the regions, from every replica that has decided, and they keep the newest. Consensus-free
(`versions`) a replica is the single writer of its own snapshots and waits for nobody: available on
every side of a partition, and not the same on all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from math import isnan
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control.editions import held
from sim.engine.control.invariants import Decisions, Promise
from sim.engine.control.liars import Alone, MemberLiars, bound_ns
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas, Snapshot
from sim.engine.control.servers import server, signer
from sim.engine.control.validity import Validity
from sim.engine.host import Host
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.agreement.certify import is_certified, statement
from sim.protocol.agreement.contract import Decided, Membership, Propose, Value
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import Committee
from sim.protocol.node import Node
from sim.protocol.resolver.contract import Held
from sim.protocol.signatures import Notary
from sim.scenario.plan_control import AgreementPlan
from sim.stats.moments import Moments, error_mean

CONSENSUS_FREE: Final = "versions"
SECRET_BYTES: Final = 32

Told = Callable[[int, int, int, Moments, Moments], None]
"""Is told of each snapshot once: version, number, when proposed, what it says, what is true."""


class Council:
    """`told` hears of every version once."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        plan: AgreementPlan,
        told: Told,
        liars: MemberLiars,
    ) -> None:
        self._plan, self._run = plan, parts.plan
        self._plane, self._replicas, self._told = plane, replicas, told
        self._features = parts.layout.features
        names = tuple(f"{name} {plan.protocol.kind}" for name in replicas.names)
        self.committee = Committee(names, plan.f)
        secret = parts.streams.stream("control", "agreement", "secret").bytes(SECRET_BYTES)
        self.notary = Notary(secret, self.committee.n)
        self._protocol = PROTOCOLS[plan.protocol.kind]
        self._truth: dict[int, tuple[int, Moments]] = {}
        self._decisions: list[dict[str, Any]] = []
        self._snapshots: list[dict[str, Any]] = []
        self._decided: dict[int, list[Value | None]] = {}
        self._out: dict[int, list[Moments]] = {}
        """What replicas have published of each version."""
        self._own: dict[int, list[Snapshot | None]] = {}
        self._held: dict[int, Held | None] = {}
        self._newest = [0] * len(replicas)
        self._liars = liars
        self._validity = Validity(plan.tolerance, self._features)
        self._is_free = plan.protocol.kind == CONSENSUS_FREE
        self._is_certified = not self._is_free and (
            self._protocol.has_certificate or (plan.certify and not self._protocol.in_rounds)
        )
        # Where anybody can publish what it likes, replicas number what they publish on their own.
        self._is_split = self._is_free or bool(liars.parts and not self._is_certified)
        self._hosts: dict[int, Host] = {
            member: self._join(member)
            for member in range(len(names))
            if not self._is_free or member in liars.parts
        }
        self.decisions = Decisions(self._promise(), self._validity.accepts, self._quickest_ns)
        plane.checks.append(self.decisions.check)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One: every publication is proposed."""
        yield self._publishing(kernel, advance)

    def rows(self) -> Rows:
        """Who decided what and when, and what each replica knew at each publication."""
        return {"decisions": self._decisions, "snapshots": self._snapshots}

    def idle(self) -> list[str]:
        """A publication is never without effect."""
        return []

    def _join(self, member: int) -> Host:
        wait_ns = bound_ns(self._plan.protocol.options, self._run.baseline.publish_ns)
        names, make = self.committee.names, partial(self._node, member)
        return self._plane.join(
            names[member],
            self._replicas.places[member],
            lambda _: self._liars.seated(member, names, make, wait_ns),
            peers=self.committee.names,
            member=member,
            service=server(self._plane.kernel, self._plan),
            signing=signer(self._plan),
            application=partial(self._put_out, member),
        )

    def _node(self, member: int) -> Node:
        if self._is_free:
            return Alone()
        membership = Membership(
            self.committee,
            member,
            self.notary.seal(member),
            self.notary,
            acceptable=partial(self._validity.accepts, member),
            options=self._plan.protocol.options,
        )
        certified = self._plan.certify and not self._protocol.in_rounds
        make = self._protocol.make_certified if certified else self._protocol.make
        return make(membership)

    # Publications

    def _publishing(self, kernel: Kernel, advance: Advance) -> Script:
        period_ns = self._run.baseline.publish_ns
        for version in range(1, self._run.duration_ns // period_ns + 1):
            yield kernel.instant(version * period_ns, order=Order.PUBLISH)
            advance(kernel.now_ns)
            self._propose(version, kernel.now_ns)

    def _propose(self, version: int, now_ns: int) -> None:
        panes = self._run.baseline.panes_at(now_ns)
        self._truth[version] = now_ns, self._plane.world.telemetry.truth(*panes)
        self._decided[version] = [None] * len(self._replicas)
        self._own[version] = [None] * len(self._replicas)
        for replica in range(len(self._replicas)):
            if not self._replicas.is_up(replica):
                continue
            snapshot = self._replicas.snapshot(replica, now_ns)
            self._own[version][replica] = snapshot
            self._note_snapshot(version, replica, now_ns, snapshot)
            value = self._replicas.candidate(version, snapshot)
            self._validity.know(version, replica, snapshot)
            self.decisions.proposed(version, replica, value, now_ns)
            if replica in self._hosts:
                self._hosts[replica].tell(Propose(version, value))
            else:
                self._put_out(replica, Decided(version, value))

    def _note_snapshot(self, version: int, replica: int, now_ns: int, snapshot: Snapshot) -> None:
        _, truth = self._truth[version]
        self._snapshots.append(
            {
                "version": version,
                "replica": replica,
                "proposed_ns": now_ns,
                "count": snapshot.moments.count,
                "error_mean": error_mean(snapshot.moments, truth),
                "finished": self._replicas.finished(replica, now_ns).hex()[:16],
            }
        )

    def held(self, number: int) -> Held | None:
        """What stands behind the number of a published snapshot."""
        return self._held.get(number)

    def newest(self, replica: int) -> Held | None:
        """The newest snapshot that a replica has decided."""
        return self._held.get(self._newest[replica])

    def _number(self, version: int, replica: int) -> int:
        """What a snapshot is called on its way down; of one version that of replica 0 is newest.

        Decided snapshots are the same at all replicas; consensus-free ones are not.
        """
        if not self._is_split:
            return version
        count = len(self._replicas)
        return version * count - replica

    def _put_out(self, replica: int, event: object) -> None:
        """A replica has decided: it publishes what it has."""
        if not isinstance(event, Decided) or event.slot not in self._truth:
            return
        version, now_ns = event.slot, self._plane.kernel.now_ns
        if not self._liars.correct[replica] and not self._is_believed(event):
            return
        self.decisions.decided(replica, self._life(replica), event, now_ns)
        proposed_ns, truth = self._truth[version]
        found = self._published(replica, event)
        is_first = not any(self._decided[version])
        self._decided[version][replica] = event.value
        apart = self._apart(version, found)
        self._note_decision(replica, event, proposed_ns, error_mean(found, truth), apart)
        number = self._keep(replica, event, found)
        self._plane.advance(now_ns)
        self._plane.world.downlink.publish(number, now_ns, replica=replica, born_ns=proposed_ns)
        if is_first or self._is_split:
            self._told(version, number, proposed_ns, found, truth)

    def _apart(self, version: int, found: Moments) -> float:
        """How far it is from what others have published of this version; unknown means nothing."""
        others = self._out.setdefault(version, [])
        apart = [error_mean(found, other) for other in others]
        others.append(found)
        return max((one for one in apart if not isnan(one)), default=0.0)

    def _keep(self, replica: int, decided: Decided, found: Moments) -> int:
        """Remember what a reader will see behind the number of this snapshot."""
        number = self._number(decided.slot, replica)
        self._newest[replica] = max(self._newest[replica], number)
        snapshot = decided.value.content
        if not isinstance(snapshot, Snapshot):
            snapshot = self._own[decided.slot][replica]
        if snapshot is not None:
            signed = statement(decided.slot, decided.value.digest)
            self._held.setdefault(
                number, held(number, found, snapshot.ages, signed, decided.certificate)
            )
        return number

    def _published(self, replica: int, decided: Decided) -> Moments:
        """What a value says; averaging leaves a mean that is nobody's snapshot."""
        snapshot = decided.value.content
        if isinstance(snapshot, Snapshot):
            return snapshot.moments
        own = self._own[decided.slot][replica]
        assert own is not None, "who takes part in averaging has a snapshot of its own"
        mean = np.array(decided.value.numbers) * self._run.agents.scale
        return replace(own.moments, mean=mean)

    def _note_decision(
        self, replica: int, decided: Decided, proposed_ns: int, error: float, apart: float
    ) -> None:
        self._decisions.append(
            {
                "version": decided.slot,
                "replica": replica,
                "proposed_ns": proposed_ns,
                "decided_ns": self._plane.kernel.now_ns,
                "view": decided.view,
                "digest": decided.value.digest.hex()[:16],
                "certified": is_certified(self.notary, decided, self.committee.one_correct),
                "error_mean": error,
                "apart": apart,
            }
        )

    # What is promised, and believed

    def _promise(self) -> Promise:
        kind, options = self._plan.protocol.kind, self._plan.protocol.options
        return Promise(
            kind=kind,
            committee=self.committee,
            correct=self._liars.correct,
            certified=self._is_certified and not self._protocol.has_certificate,
            in_rounds=self._protocol.in_rounds,
            epsilon=options["epsilon"] if kind == "witness" else None,
            spread=options.get("spread", 1.0),
            round_ns=options.get("round_ns"),
        )

    def _is_believed(self, decided: Decided) -> bool:
        """Who is sent a snapshot of a committee that certifies takes it with a certificate only."""
        quorum = self.committee.quorum
        return not self._is_certified or is_certified(self.notary, decided, quorum)

    def _life(self, replica: int) -> int:
        return self._hosts[replica].lives if replica in self._hosts else 0

    def _quickest_ns(self) -> int:
        """The shortest way between two replicas, whatever faults do to it."""
        names = [name for member, name in enumerate(self.committee.names) if member in self._hosts]
        ways = [self._plane.fabric.base_ns(a, b) for a in names for b in names if a != b]
        return min(ways, default=0)
