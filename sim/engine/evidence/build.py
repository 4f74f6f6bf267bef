"""From the evidence that a plan asks for to sums that travel through a world."""

from sim.engine.digests.build import know_agents, rounds_mail
from sim.engine.digests.rounds import Rounds
from sim.engine.evidence.evidence import Evidence
from sim.engine.evidence.sums import MESSAGE_BYTES, EvidenceSums
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.world import World
from sim.scenario.plan import EvidencePlan


def add_evidence(parts: Parts, world: World, lies: Lies, asked: EvidencePlan) -> Evidence:
    """Let a world gather evidence."""
    known = know_agents(parts, world)
    sums = EvidenceSums(asked.f)
    mails = [
        rounds_mail(parts, world, lies, "evidence", tier, MESSAGE_BYTES)
        for tier in range(1, parts.top)
    ]
    rounds = Rounds(sums, parts.levels, mails, world.is_up)
    evidence = Evidence(parts, asked, world, lies, known, sums, rounds)
    world.seat_forgetters.append(evidence.forget)
    return evidence
