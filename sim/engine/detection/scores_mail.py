"""How scores travel from the locals to the nodes that decide on them, hop by hop."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Hop, Line
from sim.engine.lines import line_between, path_ns
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.engine.world import World
from sim.protocol.messages import HEADER_BYTES
from sim.scenario.plan import DetectionPlan
from sim.telemetry.mail import Mail, Post
from sim.telemetry.tree import Groups
from sim.telemetry.way import Way

Ints = NDArray[np.int64]

SCORE_BYTES: Final = 8


def add_scores_mail(
    parts: Parts, world: World, plan: DetectionPlan, deciding_tier: int
) -> Mail | None:
    """The way of scores from the locals to the deciding nodes; None if these are the locals.

    Every aggregator passes them on the instant they arrive. A message has the scores of all agents
    that a local is a witness of, on average.
    """
    if deciding_tier <= 1:
        return None
    locals_ = parts.plan.tiers[1].count
    size = HEADER_BYTES + SCORE_BYTES * -(-plan.witnesses * parts.plan.agents.count // locals_)
    node, posts = np.arange(locals_), []
    for tier in range(1, deciding_tier):
        above = parts.roster.tree.ancestor_of(1, tier + 1).astype(np.int64)
        line = _line(parts, tier, node, above)
        passed_on = None if tier + 1 == deciding_tier else Groups(locals_, locals_)
        name = f"scores to {parts.plan.tiers[tier + 1].name}"
        way = Way(name, line.channel, path_ns(line))
        posts.append(Post(way, passed_on, np.full(locals_, np.nan)))
        world.hops.append(Hop("scores", line, posts[-1], size))
        node = above
    mail = Mail(posts)
    world.mails.append(mail)
    return mail


def _line(parts: Parts, tier: int, node: Ints, above: Ints) -> Line:
    """One hop of the scores of every local, from its `node` of a tier to that `above`."""
    sites = parts.roster.sites
    source = Ends(tier, node, sites[tier][node])
    target = Ends(tier + 1, above, sites[tier + 1][above])
    name = f"scores/{parts.plan.tiers[tier].name}"
    return line_between(parts, source, target, name, upward=True, queued=False)
