"""Attestation of one run: rounds of commitments, acknowledgements, watchers, court, replacement.

Round r begins at r * `every`. Tier after tier commits, a `step` apart; the root closes the round,
sends everybody the way to it, and aggregators open their books to their watchers. From then on the
court sits once a step and hears what has arrived; after two steps a tier the acknowledgements that
are at the root say whether the round is attested.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.attest.lies import lies_of_round
from sim.engine.attest.rounds import Round, hold
from sim.engine.attest.watch import Watching
from sim.engine.attest.ways import Ways
from sim.engine.component import Rows
from sim.engine.digests.integrity import ATTESTED, DISPUTED, UNATTESTED
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance, Parts
from sim.engine.world import World
from sim.protocol.merkle.attestation import Integrity, attest_by_count
from sim.protocol.merkle.court import Court
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import FraudProof
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.tree import commit_tree
from sim.scenario.plan import AttestPlan
from sim.stats.moments import Moments
from sim.telemetry.known import Known

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(slots=True)
class Convicted:
    """A member that was found guilty."""

    name: Name
    seat: int
    convicted_ns: int
    reason: str
    replaced_ns: int = -1


class Attest:
    """The attestation of one run; see the module."""

    def __init__(
        self,
        plan: AttestPlan,
        parts: Parts,
        world: World,
        lies: Lies,
        known: Known,
        keys: Keys,
        court: Court,
        watching: Watching,
    ) -> None:
        self._plan = plan
        self._parts = parts
        self._world = world
        self._lies = lies
        self._known = known
        self._keys = keys
        self._court = court
        self._watching = watching
        self._ways = Ways(parts, world)
        self._proofs = self._ways.prove(lambda _: self._agreeing())
        watching.install(self._ways, self._who_found)
        self._round: Round | None = None
        self._convicted: dict[Name, Convicted] = {}
        self._estimates: dict[int, Moments] = {}
        """Of rounds that were attested: what their roots said."""
        self._rows: list[dict[str, Any]] = []
        self._disputed = False
        self._last_attested = False

    @property
    def status(self) -> int:
        """What can be said of baselines now."""
        if self._disputed:
            return DISPUTED
        return ATTESTED if self._last_attested else UNATTESTED

    def baseline(self) -> Moments | None:
        """What to publish in a dispute: the newest root that was attested and still stands."""
        root = self._court.attested
        if not (self._disputed and self._plan.replace) or root is None:
            return None
        return self._estimates[root.epoch]

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all rounds."""
        yield self._rounds(kernel, advance)

    def rows(self) -> Rows:
        """What came of every round, and of every aggregator that lied."""
        return {"attestation": self._rows, "convictions": self._conviction_rows()}

    def idle(self) -> list[str]:
        """Attestation is never without effect."""
        return []

    def _rounds(self, kernel: Kernel, advance: Advance) -> Script:
        end_ns, top, step_ns = self._parts.plan.duration_ns, self._parts.top, self._plan.step_ns
        for number in range(1, (end_ns - 3 * top * step_ns) // self._plan.every_ns + 1):
            begin_ns = number * self._plan.every_ns
            yield kernel.instant(begin_ns, order=Order.READ)
            advance(begin_ns)
            rows, versions, heard = self._leaves(begin_ns)
            for tier in range(1, top):
                yield kernel.instant(begin_ns + (tier - 1) * step_ns, order=Order.READ)
                advance(kernel.now_ns)
                self._ways.commits[tier].publish(number, kernel.now_ns, self._world.is_up(tier))
            yield kernel.instant(begin_ns + (top - 1) * step_ns, order=Order.READ)
            advance(kernel.now_ns)
            self._close(number, begin_ns, rows, versions, heard)
            self._open(number, kernel.now_ns)
            for turn in range(1, 2 * top + 1):
                now_ns = begin_ns + (top - 1 + turn) * step_ns
                yield kernel.instant(now_ns, order=Order.READ)
                advance(now_ns)
                self._sit(number, now_ns, kernel, advance)
                if top < turn < 2 * top:
                    self._ways.acks[turn - top].publish(
                        number, now_ns, self._world.is_up(turn - top)
                    )
            self._end(number, kernel.now_ns)

    def _leaves(self, now_ns: int) -> tuple[Ints, Ints, Bools]:
        """The agents' wide rows and report numbers as the locals know them, and who was heard."""
        first, last = self._parts.plan.baseline.panes_at(now_ns)
        rows = self._parts.layout.widen(self._known.window(first, last))
        leaves = self._world.telemetry.leaves
        born_ns = self._world.telemetry.aggregators[0].intake.held[:, 0]
        versions = (born_ns - leaves.phase_ns) // leaves.period_ns
        heard = (born_ns > 0) & (rows[:, 0] > 0)
        return rows, np.where(heard, versions, 0).astype(np.int64), heard

    def _close(self, number: int, begin_ns: int, rows: Ints, versions: Ints, heard: Bools) -> None:
        """The root commits to what has arrived."""
        registry, lost = self._court.registry, self._lost(number)
        rows = np.where(heard[:, None], rows, 0)
        features = self._parts.layout.features
        aggregators = [actor for actor in self._lies.actors if actor.plan.tier]
        lies = lies_of_round(aggregators, self._parts.levels, rows, lost, features, begin_ns)
        tree = commit_tree(registry, number, versions, rows, lies=lies, absent=~heard, lost=lost)
        other = self._watching.told_otherwise(tree, aggregators, begin_ns)
        self._round = hold(number, begin_ns, tree, self._keys, other)

    def _lost(self, number: int) -> Mapping[int, Bools]:
        """For each tier of aggregators below the root: whose statement has not arrived."""
        return {
            tier: mail.posts[-1].version_held != number for tier, mail in self._ways.commits.items()
        }

    def _open(self, number: int, now_ns: int) -> None:
        """Everybody hears of the root; aggregators open their books."""
        if self._plan.agents_check and self._world.is_up(self._parts.top)[0]:
            self._proofs.publish(number, now_ns)
        self._watching.publish(number, now_ns, self._world)

    def _agreeing(self) -> Bools:
        """Which agents acknowledge the round that is going on; (agents,)."""
        assert self._round is not None
        return self._round.agrees

    def _who_found(self, tier: int, told: bool) -> Mapping[int, FraudProof]:
        """Proofs against the aggregators of a tier, by seat: by their books, or by telling two."""
        if self._round is None:
            return {}
        proofs = self._round.contradictions if told else self._round.proofs
        registry = self._round.tree.registry
        seats = {
            registry.seat_of(name): proof for name, proof in proofs.items() if name.tier == tier
        }
        return {seat: proof for seat, proof in seats.items() if seat is not None}

    def _sit(self, number: int, now_ns: int, kernel: Kernel, advance: Advance) -> None:
        """The court hears the proofs that have arrived, if the root is there to hear."""
        if not self._world.is_up(self._parts.top)[0]:
            return
        for proof in self._watching.arrived(number):
            conviction = self._court.hear(proof)
            if conviction is None or conviction.name.tier == 0:
                continue
            seat = self._court.registry.seat_of(conviction.name)
            assert seat is not None
            reason = ", ".join(str(one) for one in conviction.reasons)
            found = Convicted(conviction.name, seat, now_ns, reason)
            self._convicted[conviction.name] = found
            self._disputed = True
            if self._plan.replace:
                kernel.process(self._replacing(found, kernel, advance))

    def _replacing(self, found: Convicted, kernel: Kernel, advance: Advance) -> Script:
        """Somebody correct takes the seat, and learns the children anew."""
        due_ns = found.convicted_ns + self._plan.replace_ns
        if due_ns >= self._parts.plan.duration_ns:
            return
        yield kernel.instant(due_ns, order=Order.FAULT)
        advance(due_ns)
        nodes = self._world.roster.none()
        nodes[found.name.tier][found.seat] = True
        self._lies.replace(found.name.tier, np.array([found.seat]))
        self._world.forget(nodes)
        self._court.replace(found.name)
        found.replaced_ns = due_ns

    def _end(self, number: int, now_ns: int) -> None:
        """What came of the round."""
        held = self._round
        assert held is not None
        wanted = self._world.registered(0) & self._world.is_up(0)
        agreed = held.agrees.copy()
        suppressed: list[tuple[int, int]] = []
        if self._plan.agents_check:
            agreed &= self._proofs.posts[-1].version_held == number
            suppressed = [
                (tier, int(seat))
                for tier, mail in self._ways.acks.items()
                for seat in np.flatnonzero(mail.posts[-1].version_held != number)
            ]
        proof = next(self._watching.arrived(number), None)
        outcome = attest_by_count(wanted, agreed, held.tree.registry, suppressed, proof)
        # Without acknowledgements a round stands as long as nobody disproves it.
        attested = outcome.integrity is Integrity.ATTESTED or (
            not self._plan.agents_check and outcome.integrity is Integrity.UNATTESTED
        )
        self._last_attested = attested
        if attested:
            self._disputed = False
            self._court.attest(held.tree.statement(self._parts.top, 0, self._keys))
            self._estimates[number] = held.estimate()
        self._rows.append(
            {
                "round": number,
                "committed_ns": held.committed_ns,
                "attested_ns": now_ns if attested else -1,
                "missing": self._missing(wanted, agreed, suppressed),
                "disputed": outcome.integrity is Integrity.DISPUTED,
            }
        )

    def _missing(self, wanted: Bools, agreed: Bools, suppressed: Sequence[tuple[int, int]]) -> int:
        """Agents whose acknowledgement is not at the root."""
        there = agreed.copy()
        for tier, seat in suppressed:
            there[self._parts.roster.tree.ancestor_of(0, tier) == seat] = False
        return int(np.count_nonzero(wanted & ~there))

    def _conviction_rows(self) -> list[dict[str, Any]]:
        """Aggregators that lied, convicted or not, and innocents if there were any."""
        rows = []
        for actor in self._lies.actors:
            for node, lied_ns in zip(actor.nodes.tolist(), actor.first_act_ns, strict=True):
                if actor.plan.tier and np.isfinite(lied_ns):
                    found = self._convicted.pop(Name(actor.plan.tier, node), None)
                    rows.append(_row(actor.plan.tier, node, int(lied_ns), found))
        rows += [_row(name.tier, one.seat, -1, one) for name, one in self._convicted.items()]
        return rows


def _row(tier: int, node: int, lied_ns: int, found: Convicted | None) -> dict[str, Any]:
    return {
        "tier": tier,
        "node": node,
        "lied_ns": lied_ns,
        "convicted_ns": -1 if found is None else found.convicted_ns,
        "replaced_ns": -1 if found is None else found.replaced_ns,
        "reason": "" if found is None else found.reason,
    }
