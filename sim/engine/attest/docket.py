"""What comes of lies: who was convicted, when somebody took its place, and how each round ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engine.component import Rows
from sim.engine.lies.actor import Actor
from sim.protocol.merkle.court import Court
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import FraudProof

NEVER_NS = -1


@dataclass(slots=True)
class Convicted:
    """A member that was found guilty."""

    name: Name
    seat: int
    convicted_ns: int
    reason: str
    replaced_ns: int = NEVER_NS


@dataclass(slots=True)
class Docket:
    """The rows of one run, as they come up."""

    convicted: dict[Name, Convicted] = field(default_factory=dict)
    rounds: list[Mapping[str, Any]] = field(default_factory=list)

    def hear(self, proof: FraudProof, court: Court, now_ns: int) -> Convicted | None:
        """Let the court judge; the one who is convicted by it, if it is an aggregator and new."""
        conviction = court.hear(proof)
        if conviction is None or conviction.name.tier == 0:
            return None
        seat = court.registry.seat_of(conviction.name)
        assert seat is not None
        reason = ", ".join(str(one) for one in conviction.reasons)
        found = Convicted(conviction.name, seat, now_ns, reason)
        self.convicted[conviction.name] = found
        return found

    def rows(self, actors: Sequence[Actor]) -> Rows:
        """What came of every round, and of every aggregator that lied or was convicted."""
        liars = [
            (Name(actor.plan.tier, node), int(lied_ns))
            for actor in actors
            for node, lied_ns in zip(actor.nodes.tolist(), actor.first_act_ns, strict=True)
            if actor.plan.tier and np.isfinite(lied_ns)
        ]
        known = {name for name, _ in liars}
        innocents = [(name, NEVER_NS) for name in self.convicted if name not in known]
        trials = [self._trial(name, lied_ns) for name, lied_ns in liars + innocents]
        return {"attestation": self.rounds, "convictions": trials}

    def _trial(self, name: Name, lied_ns: int) -> dict[str, Any]:
        found = self.convicted.get(name)
        return {
            "tier": name.tier,
            "node": name.number if found is None else found.seat,
            "lied_ns": lied_ns,
            "convicted_ns": NEVER_NS if found is None else found.convicted_ns,
            "replaced_ns": NEVER_NS if found is None else found.replaced_ns,
            "reason": "" if found is None else found.reason,
        }
