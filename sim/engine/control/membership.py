"""Who is there, in a run: failures are suspected, agreed on, and mended; and counts stay exact.

Aggregators of the watched tier are members; each has a ward on its machine, and each parent (at
every replica, where parents have some) a warden. Heartbeats and probes are datagrams, and so is all
that they say otherwise: it is repeated until it is answered. What the wardens want goes to the
registrar; what becomes of it in the columns is `rehoming`.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control.plane import ControlPlane
from sim.engine.control.registrar import Registrar, what_is
from sim.engine.control.rehoming import Rehoming
from sim.engine.control.replicas import Replicas
from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance, Parts
from sim.engine.roster import Nodes
from sim.errors import InputError, InvariantViolated
from sim.protocol.membership.contract import Alive, Failed, Post, Suspected
from sim.protocol.membership.draws import Draws
from sim.protocol.membership.epochs import founded
from sim.protocol.membership.registry import DETECTORS, PERIOD_NS
from sim.protocol.membership.view import View
from sim.protocol.membership.ward import Adopted, Ward
from sim.protocol.membership.warden import Accepted, Believed, Fenced, Warden
from sim.protocol.node import Node
from sim.scenario.plan_control import MembershipPlan
from sim.telemetry import holdings

ROOT: Final = "root"
AMONG_THEMSELVES: Final = "swim"
"""The detector with which members watch each other."""
OPINIONS: Final = {Suspected: "suspected", Failed: "failed", Alive: "alive"}


class Members:
    """The membership of one run. Raises InputError where the watched tier has replicas itself."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        registrar: Registrar,
        plan: MembershipPlan,
    ) -> None:
        shape, self._row = parts.roster.shape, plan.watch
        if self._row >= shape.top or shape.is_replicated(self._row):
            raise InputError(
                "membership.watch: must be a tier below the root that has no replicas of its own"
            )
        self._parts, self._plane, self._replicas = parts, plane, replicas
        self._registrar, self._plan = registrar, plan
        self._groups = parts.levels[self._row]
        count = shape.counts[self._row]
        self._names = tuple(self._name(self._row, node) for node in range(count))
        self._wards = tuple(f"{name} ward" for name in self._names)
        self._view = self._founded()
        self._period_ns = int(plan.detector.options.get("period_ns", PERIOD_NS))
        self._rows: list[dict[str, Any]] = []
        self._moved = [0] * count
        self._extra: dict[tuple[str, str], int] = {}
        """What parents counted although it was no owner's: nothing, unless a fence is broken."""
        self._complete = [False] * len(replicas)
        """Whether each replica of the root has heard of all agents since it last knew nothing."""
        self.rehoming = Rehoming(parts, plane, self._row, self._names, self._wards, self._spoke)
        self._join_all()
        plane.world.forgetters.append(self._forget)
        plane.checks.append(self.check)

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:  # noqa: ARG002
        """None: it reacts."""
        yield from ()

    def rows(self) -> Rows:
        """What happened to whom, and how many agents the root counted at that instant."""
        return {"members": self._rows} if self._rows else {}

    def idle(self) -> list[str]:
        """Watching is never without effect."""
        return []

    def check(self) -> None:
        """Raises InvariantViolated if a replica of the root does not count each agent once.

        From the moment on at which it has heard of all, and but for agents that could not report
        when their aggregator began anew.
        """
        if not self._plan.rehome:
            return
        agents = self._parts.plan.agents.count
        for replica in range(len(self._replicas)):
            found = self._sources(replica)
            self._complete[replica] |= found == agents
            fewest = agents - self.rehoming.missing if self._complete[replica] else 0
            if not fewest <= found <= agents:
                name = self._replicas.names[replica]
                raise InvariantViolated(f"membership: {name} counts {found} of {agents} agents")

    def _sources(self, replica: int) -> int:
        """How many agents a replica of the root counts, those that have left among them."""
        view = self._replicas.roots[replica].view(self._plane.world.telemetry.now_ns)
        return int(view[holdings.HEARD] + view[holdings.LEFT]) + sum(self._extra.values())

    def _forget(self, nodes: Nodes) -> None:
        for replica, row in enumerate(self._replicas.rows):
            if nodes[row][0]:
                self._complete[replica] = False

    # Who there is

    def _name(self, tier: int, node: int) -> str:
        shape = self._parts.roster.shape
        return ROOT if tier == shape.top else f"{shape.names[tier]}-{node}"

    def _founded(self) -> View:
        """The members are the watched tier and all aggregators above it; they own the agents."""
        levels, tree, top = self._parts.levels, self._parts.roster.tree, self._parts.top
        parents = [
            (self._name(tier, node), self._name(tier + 1, int(parent)))
            for tier in range(self._row, top)
            for node, parent in enumerate(levels[tier].parent_of)
        ]
        spans = [tree.descendants(self._row, node)[0] for node in range(len(self._names))]
        runs = [((one.start, one.stop), name) for one, name in zip(spans, self._names, strict=True)]
        return founded(ROOT, parents, runs)

    def _join_all(self) -> None:
        shape, above = self._parts.roster.shape, self._row + 1
        copies = shape.replicas if shape.is_replicated(above) else 1
        rows = [shape.row(above, replica) for replica in range(copies)]
        starts = self._groups.starts.tolist()
        for parent in range(self._groups.parents):
            children = range(starts[parent], starts[parent + 1])
            wardens = tuple(f"{shape.node_name(row, parent)} warden" for row in rows)
            for row, warden in zip(rows, wardens, strict=True):
                self._join_warden(row, parent, warden, children, alone=copies == 1)
            for child in children:
                self._join_ward(child, wardens, children)

    @property
    def _is_mutual(self) -> bool:
        return self._plan.detector.kind == AMONG_THEMSELVES

    def _join_ward(self, child: int, wardens: tuple[str, ...], group: range) -> None:
        name, host = self._names[child], self._wards[child]
        siblings = tuple(self._wards[other] for other in group if other != child)
        watches, watched_by = (siblings, siblings) if self._is_mutual else ((), wardens)
        draws = self._draws(name)
        phase_ns = next(draws) % self._period_ns

        def make(life: int) -> Node:
            detector = self._detector(Post(host, watches, watched_by, draws, life), phase_ns)
            return Ward(
                name,
                detector,
                wardens,
                self._view,
                life=life,
                tells=self._is_mutual,
                repeat_ns=self._period_ns,
            )

        self._plane.join(
            host,
            self._plane.place(self._row, child),
            make,
            application=partial(self._on_ward, child),
            reliable=False,
        )

    def _join_warden(self, row: int, parent: int, host: str, group: range, *, alone: bool) -> None:
        seal = self._registrar.admit(host, alone=alone)
        wards = {self._names[child]: self._wards[child] for child in group}

        def make(life: int) -> Node:
            post = Post(host, tuple(wards.values()), life=life)
            return Warden(
                host,
                self._name(self._row + 1, parent),
                self._view,
                wards,
                self._registrar.petitioner(host),
                partial(self._registrar.petition, host, seal),
                what_is,
                None if self._is_mutual else self._detector(post, 0),
                rehome=self._plan.rehome,
                repeat_ns=self._period_ns,
            )

        self._plane.join(
            host,
            self._plane.place(row, parent),
            make,
            application=partial(self._on_warden, row, group),
            reliable=False,
        )

    def _detector(self, post: Post, phase_ns: int) -> Node:
        options = {**self._plan.detector.options, "phase_ns": phase_ns}
        made = Post(
            post.name, post.watches, post.watched_by, post.draws, post.life, options=options
        )
        return DETECTORS[self._plan.detector.kind](made)

    def _draws(self, name: str) -> Draws:
        stream = self._parts.streams.stream("control", "membership", name)
        while True:
            yield from stream.integers(0, np.iinfo(np.int64).max, 64).tolist()

    # What happens

    def _on_ward(self, child: int, event: object) -> None:
        if isinstance(event, Adopted):
            if self._plan.rehome:
                self.rehoming.take_over(child, event.view)
        elif type(event) in OPINIONS:
            self._note_opinion(event)

    def _on_warden(self, row: int, group: range, event: object) -> None:
        match event:
            case Adopted(by, view):
                self.rehoming.adopt(row, view, group)
                self._note(by, by.removesuffix(" warden"), "epoch", view.epoch)
            case Believed(by, member, has_failed) if self._is_mutual:
                self._note(by, member, "failed" if has_failed else "alive", -1)
            case Fenced(_, owner, _):
                self.rehoming.refused[self._names.index(owner)] += 1
            case Accepted(by, owner, sources):
                self._extra[by, owner] = sources
            case _ if type(event) in OPINIONS:
                self._note_opinion(event)

    def _note_opinion(self, event: Any) -> None:
        what = OPINIONS[type(event)]
        self._note(event.by, event.member.removesuffix(" ward"), what, -1)

    def _spoke(self, seat: int, machine: int, epoch: int) -> None:
        """A seat speaks; from another machine than before if its epoch is new."""
        if epoch > self._moved[seat]:
            self._moved[seat] = epoch
            what = "returned" if machine == seat else "rehomed"
            self._note(f"{self._names[machine]} ward", self._names[seat], what, epoch)

    def _note(self, by: str, member: str, event: str, epoch: int) -> None:
        now_ns = self._plane.kernel.now_ns
        self._plane.advance(now_ns)
        is_one = member in self._names
        fenced = self.rehoming.fenced(self._names.index(member)) if is_one else 0
        self._rows.append(
            {
                "at_ns": now_ns,
                "by": by,
                "member": member,
                "event": event,
                "epoch": epoch,
                "sources": self._sources(0),
                "fenced": fenced,
            }
        )
