"""Agreement in a run: at every publication the replicas of the root make one snapshot of theirs.

Each replica hands what it knows to the protocol node beside it; what the node decides goes down to
the regions, from every replica that has decided, and they keep the newest. Consensus-free
(`versions`) a replica is the single writer of its own snapshots and waits for nobody: available on
every side of a partition, and not the same on all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control.editions import held
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas, Snapshot
from sim.engine.control.servers import server, signer
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.errors import InvariantViolated
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
Wrap = Callable[[int, Node], Node]
"""Puts a liar's shim around the node of a member, or gives it back as it is."""


class Council:
    """`told` hears of every version once; `wrap` puts liars around their nodes."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        plan: AgreementPlan,
        told: Told,
        wrap: Wrap = lambda _, node: node,
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
        self._own: dict[int, list[Snapshot | None]] = {}
        self._held: dict[int, Held | None] = {}
        self._newest = [0] * len(replicas)
        self._hosts = []
        if plan.protocol.kind != CONSENSUS_FREE:
            self._hosts = [self._join(member, wrap) for member in range(len(names))]
        plane.checks.append(self.check)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One: every publication is proposed."""
        yield self._publishing(kernel, advance)

    def rows(self) -> Rows:
        """Who decided what and when, and what each replica knew at each publication."""
        return {"decisions": self._decisions, "snapshots": self._snapshots}

    def idle(self) -> list[str]:
        """A publication is never without effect."""
        return []

    def _join(self, member: int, wrap: Wrap) -> Any:
        return self._plane.join(
            self.committee.names[member],
            self._replicas.places[member],
            lambda _: wrap(member, self._node(member)),
            peers=self.committee.names,
            member=member,
            service=server(self._plane.kernel, self._plan),
            signing=signer(self._plan),
            application=partial(self._put_out, member),
        )

    def _node(self, member: int) -> Node:
        notary, options = self.notary, self._plan.protocol.options
        membership = Membership(
            self.committee, member, notary.seal(member), notary, options=options
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
            if self._hosts:
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
        if self._hosts:
            return version
        count = len(self._replicas)
        return version * count - replica

    def _put_out(self, replica: int, event: object) -> None:
        """A replica has decided: it publishes what it has."""
        if not isinstance(event, Decided) or event.slot not in self._truth:
            return
        version, now_ns = event.slot, self._plane.kernel.now_ns
        proposed_ns, truth = self._truth[version]
        found = self._published(replica, event)
        is_first = not any(self._decided[version])
        self._decided[version][replica] = event.value
        self._note_decision(replica, event, proposed_ns, error_mean(found, truth))
        number = self._keep(replica, event, found)
        self._plane.advance(now_ns)
        self._plane.world.downlink.publish(number, now_ns, replica=replica, born_ns=proposed_ns)
        if is_first or not self._hosts:
            self._told(version, number, proposed_ns, found, truth)

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
        self, replica: int, decided: Decided, proposed_ns: int, error: float
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
            }
        )

    def check(self) -> None:
        """Raises InvariantViolated if correct replicas decided on different values, or on one that
        nobody had proposed."""
        for version, values in self._decided.items():
            known = [value for value in values if value is not None]
            if self._protocol.in_rounds or not self._hosts or not known:
                continue
            digests = {value.digest for value in known}
            if len(digests) > 1:
                raise InvariantViolated(f"agreement: version {version} has {len(digests)} values")
