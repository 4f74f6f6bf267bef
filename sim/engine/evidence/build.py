"""From the evidence that a plan asks for to sums that travel through a world."""

from typing import Final

import numpy as np

from sim.engine.build import line, path_ns
from sim.engine.digests.build import HEADER_BYTES, know_agents
from sim.engine.digests.rounds import Rounds
from sim.engine.evidence.evidence import Evidence
from sim.engine.evidence.sums import MESSAGE_BYTES, EvidenceSums
from sim.engine.lies.gates import Omission
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.world import Hop, World
from sim.scenario.plan import EvidencePlan
from sim.telemetry.mail import Mail, Post
from sim.telemetry.way import Way

KIND: Final = "digest"


def add_evidence(parts: Parts, world: World, lies: Lies, asked: EvidencePlan) -> Evidence:
    """Let a world gather evidence."""
    known = know_agents(parts, world)
    sums = EvidenceSums(asked.f)
    mails = [_mail(parts, world, lies, tier) for tier in range(1, parts.top)]
    rounds = Rounds(sums, parts.levels, mails, world.is_up)
    evidence = Evidence(parts, asked, world, lies, known, sums, rounds)
    world.forgetters.append(evidence.forget)
    return evidence


def _mail(parts: Parts, world: World, lies: Lies, tier: int) -> Mail:
    """The way of the evidence of one tier to its parents, who may leave children out."""
    name = parts.plan.tiers[tier].name
    up = line(parts, tier, f"evidence/{name}", queued=False)
    gates = tuple(
        Omission(actor, parts.levels[tier].parent_of.astype(np.int64))
        for actor in lies.actors
        if actor.plan.tier == tier + 1 and actor.overrides("omits")
    )
    way = Way(f"evidence of {name}", up.channel, path_ns(up), gates=gates)
    post = Post(way, None, np.full(parts.plan.tiers[tier].count, np.nan))
    world.hops.append(Hop(KIND, up, post, HEADER_BYTES + MESSAGE_BYTES))
    mail = Mail([post])
    world.mails.append(mail)
    return mail
