"""Agreement in a run: at every publication the replicas of the root make one snapshot of theirs.

Each replica hands what it knows to the protocol node beside it; what the node decides goes down to
the regions, from every replica that has decided, and they keep the newest. Consensus-free
(`versions`) a replica is the single writer of its own snapshots and waits for nobody: available on
every side of a partition, and not the same on all of them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from sim.engine.component import Rows
from sim.engine.control.invariants import Decisions, Promise
from sim.engine.control.liars import Alone, MemberLiars, bound_ns
from sim.engine.control.minutes import Edition, Minutes, decision_row
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas, Snapshot
from sim.engine.control.servers import server, signer
from sim.engine.control.validity import Validity
from sim.engine.host import Host
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.agreement.certify import is_certified
from sim.protocol.agreement.contract import Decided, Membership, Propose
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import Committee
from sim.protocol.node import Node
from sim.protocol.signatures import Notary
from sim.scenario.plan_control import AgreementPlan
from sim.stats.moments import error_mean

BACKLOG: Final = 64
"""Missed versions for which a replica that is back proposes what it knows now: a node of any
protocol listens to so many slots at a time."""

Told = Callable[[Edition], None]
"""Is told of each snapshot under its number once."""


class Council:
    """The protocol nodes beside the replicas, and what goes in and comes out of them."""

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
        self.notary = Notary(plane.secret("agreement", "secret"), self.committee.n)
        self._protocol = PROTOCOLS[plan.protocol.kind]
        self._decisions: list[dict[str, Any]] = []
        self._snapshots: list[dict[str, Any]] = []
        self._liars = liars
        self._validity = Validity(plan.tolerance, self._features)
        self._is_free = self._protocol.author == "itself"
        self._is_certified = not self._is_free and (
            self._protocol.has_certificate or (plan.certify and not self._protocol.in_rounds)
        )
        # Where anybody can publish what it likes, replicas number what they publish on their own.
        self._is_split = self._is_free or bool(liars.parts and not self._is_certified)
        scale = parts.plan.agents.scale
        self.minutes = Minutes(len(replicas), scale, is_split=self._is_split, lying=liars.parts)
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
        self.minutes.open(version, now_ns, self._plane.world.telemetry.truth(*panes))
        for replica in range(len(self._replicas)):
            if not self._replicas.is_up(replica):
                continue
            snapshot = self._replicas.snapshot(replica, now_ns)
            self._note_snapshot(version, replica, now_ns, snapshot)
            missed = [] if self._is_free else self.minutes.missed(replica, version, BACKLOG)
            for slot in (*missed, version):
                self._hand_over(slot, replica, snapshot, now_ns)

    def _hand_over(self, version: int, replica: int, snapshot: Snapshot, now_ns: int) -> None:
        """Give the node of a replica its candidate; it may be late, if the replica was down."""
        self.minutes.versions[version].own[replica] = snapshot
        value = self._replicas.candidate(version, snapshot)
        self._validity.know(version, replica, snapshot)
        self.decisions.proposed(version, replica, value, now_ns)
        if replica in self._hosts:
            self._hosts[replica].tell(Propose(version, value))
        else:
            self._put_out(replica, Decided(version, value))

    def _note_snapshot(self, version: int, replica: int, now_ns: int, snapshot: Snapshot) -> None:
        self._snapshots.append(
            {
                "version": version,
                "replica": replica,
                "proposed_ns": now_ns,
                "count": snapshot.moments.count,
                "error_mean": error_mean(snapshot.moments, self.minutes.versions[version].truth),
                "finished": self._replicas.finished(replica, now_ns).hex()[:16],
            }
        )

    def _put_out(self, replica: int, event: object) -> None:
        """A replica has decided: it publishes what it has.

        Who started again with nothing decides again what it has published before; nobody is told.
        """
        if not isinstance(event, Decided) or event.slot not in self.minutes.versions:
            return
        now_ns = self._plane.kernel.now_ns
        if not self._liars.correct[replica] and not self._is_believed(event):
            return
        self.decisions.decided(replica, self._life(replica), event, now_ns)
        if self.minutes.has(replica, event.slot):
            return
        edition = self.minutes.publish(replica, event)
        certified = is_certified(self.notary, event, self.committee.one_correct)
        row = decision_row(replica, event, edition, now_ns)
        self._decisions.append({**row, "certified": certified})
        self._plane.advance(now_ns)
        downlink, number = self._plane.world.downlink, edition.number
        downlink.publish(number, now_ns, replica=replica, born_ns=edition.due_ns)
        if edition.is_first or self._is_split:
            self._told(edition)

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
