"""Attestation of one run: rounds of commitments, acknowledgements, watchers, court, replacement.

Round r begins at r * `every`. Tier after tier commits, a `step` apart; the root closes the round,
sends everybody the way to it, aggregators open their books to their watchers, and audits begin.
From then on the court sits once a step and hears what has arrived; after two steps a tier the
acknowledgements that are at the root say whether the round is attested.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from sim.engine.attest.audit import Audits, Findings
from sim.engine.attest.docket import NEVER_NS, Convicted, Docket
from sim.engine.attest.lies import lies_of_round
from sim.engine.attest.reported import reported_otherwise, said_beyond
from sim.engine.attest.rounds import Round, hold
from sim.engine.attest.watch import Watching
from sim.engine.attest.ways import Ways
from sim.engine.component import Rows
from sim.engine.digests.integrity import ATTESTED, DISPUTED, UNATTESTED
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance, Parts
from sim.engine.world import World
from sim.protocol.merkle.attestation import Attestation, Integrity, attest_by_count
from sim.protocol.merkle.court import Court
from sim.protocol.merkle.fraud import FraudProof
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.tree import commit_tree
from sim.scenario.plan import AttestPlan
from sim.stats.moments import Moments
from sim.telemetry.known import Known

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """What was known at the instant that a round is about."""

    number: int
    begin_ns: int
    rows: Ints
    """The agents' wide rows as the locals know them; (n, wide)."""
    versions: Ints
    """The numbers of their reports; (n,)."""
    heard: Bools
    silent: Bools
    """Agents that would not say that they have reported; (n,)."""
    beyond: Mapping[int, Ints]
    """See `said_beyond`."""


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
        audits: Audits,
    ) -> None:
        self._plan = plan
        self._parts = parts
        self._world = world
        self._lies = lies
        self._known = known
        self._keys = keys
        self._court = court
        self._watching = watching
        self._audits = audits
        self._ways = Ways(parts, world)
        self._proofs = self._ways.prove(lambda _: self._agreeing())
        watching.install(self._ways, self._who_found)
        audits.install(self._ways)
        self._round: Round | None = None
        self._docket = Docket()
        self._estimates: dict[int, Moments] = {}
        """Of rounds that were attested: what their roots said."""
        self._convicts = False
        """Somebody was convicted, and no round has been attested since."""
        self._status = UNATTESTED

    @property
    def status(self) -> int:
        """What can be said of baselines now."""
        return DISPUTED if self._convicts else self._status

    def baseline(self) -> Moments | None:
        """What a mean is after a conviction: the newest root that was attested and still stands.

        None if there is no such root, or no reason to go back to it.
        """
        root = self._court.attested
        if not (self._convicts and self._plan.replace) or root is None:
            return None
        return self._estimates[root.epoch]

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One for all rounds."""
        yield self._rounds(kernel, advance)

    def rows(self) -> Rows:
        """What came of every round, and of every aggregator that lied."""
        return self._docket.rows(self._lies.actors)

    def idle(self) -> list[str]:
        """Attestation is never without effect."""
        return []

    def _rounds(self, kernel: Kernel, advance: Advance) -> Script:
        end_ns, top, step_ns = self._parts.plan.duration_ns, self._parts.top, self._plan.step_ns
        for number in range(1, (end_ns - 3 * top * step_ns) // self._plan.every_ns + 1):
            begin_ns = number * self._plan.every_ns
            yield kernel.instant(begin_ns, order=Order.READ)
            advance(begin_ns)
            begun = self._begin(number, begin_ns)
            for tier in range(1, top):
                yield kernel.instant(begin_ns + (tier - 1) * step_ns, order=Order.READ)
                advance(kernel.now_ns)
                self._ways.commits[tier].publish(number, kernel.now_ns, self._world.is_up(tier))
            yield kernel.instant(begin_ns + (top - 1) * step_ns, order=Order.READ)
            advance(kernel.now_ns)
            self._close(begun)
            self._open(number, kernel.now_ns)
            for turn in range(1, 2 * top + 1):
                now_ns = begin_ns + (top - 1 + turn) * step_ns
                yield kernel.instant(now_ns, order=Order.READ)
                advance(now_ns)
                self._sit(self._watching.arrived(number), kernel, advance)
                if self._plan.agents_check and top < turn < 2 * top:
                    tier = turn - top
                    self._ways.acks[tier].publish(number, now_ns, self._world.is_up(tier))
            self._end(begun, kernel, advance)

    def _begin(self, number: int, now_ns: int) -> Begun:
        """What the locals know of their agents, and what everybody has reported."""
        panes = self._parts.plan.baseline.panes_at(now_ns)
        rows = self._parts.layout.widen(self._known.window(*panes))
        leaves = self._world.telemetry.leaves
        born_ns = self._world.telemetry.aggregators[0].intake.held[:, 0]
        versions = (born_ns - leaves.phase_ns) // leaves.period_ns
        heard = (born_ns > 0) & (rows[:, 0] > 0)
        # A liar of whom nobody has heard will not complain of it.
        silent = ~self._world.is_up(0) | (self._lies.is_liar(0) & ~heard)
        return Begun(
            number,
            now_ns,
            np.where(heard[:, None], rows, 0),
            np.where(heard, versions, 0).astype(np.int64),
            heard,
            silent,
            said_beyond(self._world.telemetry, *panes),
        )

    def _close(self, begun: Begun) -> None:
        """The root commits to what has arrived."""
        registry, lost = self._court.registry, self._lost(begun.number)
        number, begin_ns, rows = begun.number, begun.begin_ns, begun.rows
        features = self._parts.layout.features
        aggregators = [actor for actor in self._lies.actors if actor.plan.tier]
        lies = lies_of_round(aggregators, self._parts.levels, rows, lost, features, begin_ns)
        absent = ~begun.heard
        tree = commit_tree(
            registry, number, begun.versions, rows, lies=lies, absent=absent, lost=lost
        )
        other = reported_otherwise(tree, begun.beyond)
        other |= self._watching.told_otherwise(tree, aggregators, lost, begin_ns)
        self._round = hold(number, begin_ns, tree, self._keys, other)

    def _lost(self, number: int) -> Mapping[int, Bools]:
        """For each tier of aggregators below the root: whose statement has not arrived."""
        return {
            tier: mail.posts[-1].version_held != number for tier, mail in self._ways.commits.items()
        }

    def _open(self, number: int, now_ns: int) -> None:
        """Everybody hears of the root; aggregators open their books; audits begin."""
        if self._plan.agents_check and self._world.is_up(self._parts.top)[0]:
            self._proofs.publish(number, now_ns)
        self._watching.publish(number, now_ns, self._world)
        self._audits.publish(number, now_ns, self._court.registry, self._world)

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

    def _sit(self, proofs: Iterator[FraudProof], kernel: Kernel, advance: Advance) -> None:
        """The court hears the proofs that have arrived, if the root is there to hear."""
        if not self._world.is_up(self._parts.top)[0]:
            return
        for proof in proofs:
            found = self._docket.hear(proof, self._court, kernel.now_ns)
            if found is None:
                continue
            self._convicts = True
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

    def _end(self, begun: Begun, kernel: Kernel, advance: Advance) -> None:
        """What came of the round."""
        held = self._round
        assert held is not None
        number, now_ns = begun.number, kernel.now_ns
        findings = self._audits.findings(number, held.tree, begun.silent)
        shown = [held.proofs[name] for name in findings.forgers]
        self._sit(iter(shown), kernel, advance)
        wanted = self._world.registered(0) & self._world.is_up(0)
        agreed, suppressed = self._acknowledged(number, held)
        proof = next(chain(self._watching.arrived(number), shown), None)
        outcome = attest_by_count(wanted, agreed, held.tree.registry, suppressed, proof)
        attested = self._stands(outcome, findings)
        self._settle(held, attested, bool(findings.caught))
        self._docket.rounds.append(
            {
                "round": number,
                "committed_ns": held.committed_ns,
                "attested_ns": now_ns if attested else NEVER_NS,
                "missing": self._missing(wanted, agreed, suppressed),
                "audited": len(findings.caught),
                "disputed": outcome.integrity is Integrity.DISPUTED or bool(findings.caught),
            }
        )

    def _acknowledged(self, number: int, held: Round) -> tuple[Bools, list[tuple[int, int]]]:
        """Which agents agree and have said so, and whose word for those below is not there."""
        if not self._plan.agents_check:
            return held.agrees.copy(), []
        agreed = held.agrees & (self._proofs.posts[-1].version_held == number)
        suppressed = [
            (tier, int(seat))
            for tier, mail in self._ways.acks.items()
            for seat in np.flatnonzero(mail.posts[-1].version_held != number)
        ]
        return agreed, suppressed

    def _stands(self, outcome: Attestation, findings: Findings) -> bool:
        """Whether the round is attested."""
        if findings.caught or outcome.integrity is Integrity.DISPUTED:
            return False
        if self._plan.agents_check:
            return outcome.integrity is Integrity.ATTESTED
        # Without acknowledgements a round stands as long as nobody disproves it to the root.
        return bool(self._world.is_up(self._parts.top)[0])

    def _settle(self, held: Round, attested: bool, caught: bool) -> None:
        """What publications say from now on."""
        if not attested:
            self._status = DISPUTED if caught else UNATTESTED
            return
        self._status, self._convicts = ATTESTED, False
        self._court.attest(held.tree.statement(self._parts.top, 0, self._keys))
        self._estimates[held.number] = held.estimate()

    def _missing(self, wanted: Bools, agreed: Bools, suppressed: Sequence[tuple[int, int]]) -> int:
        """Agents whose acknowledgement is not at the root."""
        there = agreed.copy()
        for tier, seat in suppressed:
            there[self._parts.roster.tree.ancestor_of(0, tier) == seat] = False
        return int(np.count_nonzero(wanted & ~there))
