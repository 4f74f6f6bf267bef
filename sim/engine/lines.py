"""The ways between nodes of the tree as channels of the network, with a name for their draws.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Line
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.network.channel import Channel
from sim.network.latency import make_law
from sim.network.loss import LossLaw, make_loss
from sim.network.tails import WayTails
from sim.network.uplink import Uplink
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Floats = NDArray[np.float64]


def line(
    parts: Parts,
    tier: int,
    name: str,
    *,
    replica: int = 0,
    upward: bool = True,
    queued: bool = True,
    reliable: bool = False,
) -> Line:
    """The ways between the nodes of `tier` and their parents, in one direction.

    `name` is that of its random streams; `replica`: of the parents, and of the nodes themselves if
    they have any; `queued`: the sender's line has the rate of its reports; `reliable`: what the
    network would lose by chance is sent again, at once and for nothing.
    """
    roster, parent = parts.roster, parts.levels[tier].parent_of
    below, beyond = roster.shape.row(tier, replica), roster.shape.row(tier + 1, replica)
    child = Ends(below, np.arange(roster.shape.counts[tier]), roster.sites[below])
    above = Ends(beyond, parent, roster.sites[beyond][parent])
    return line_between(parts, child, above, name, upward=upward, queued=queued, reliable=reliable)


def line_between(
    parts: Parts,
    child: Ends,
    above: Ends,
    name: str,
    *,
    upward: bool,
    queued: bool,
    reliable: bool = False,
) -> Line:
    """The ways between nodes of a tier and nodes of one further up, one each."""
    # Ends of its own: a seat that moves to another machine changes them, and nobody else's.
    child, above = (Ends(end.tier, end.node.copy(), end.site.copy()) for end in (child, above))
    # Delays are the same both ways, so a matrix of paths serves up and down.
    floor_ns = parts.routes.delay_ns()[child.site, above.site]
    plan, (tier, _) = parts.plan, parts.roster.shape.tier_of(child.tier)
    link = plan.tiers[tier].link
    laws = [("jitter", plan.topology.jitter)]
    if link is not None:
        laws.append(("last-mile", link))
    channel = Channel(
        floor_ns,
        [(kind, make_law(law.kind, law.options, plan.directory)) for kind, law in laws],
        make_loss("none", {}) if reliable else _loss(plan),
        lambda purpose, tick: parts.streams.at(name, purpose, tick=tick),
        _uplink(parts, child, above) if upward and queued else None,
        _tails(parts, child, above),
    )
    source, target = (child, above) if upward else (above, child)
    return Line(channel, source, target, reliable)


def path_ns(of: Line) -> Floats:
    """The floor that the plane keeps for itself, apart from the channel's."""
    return of.channel.floor_ns.copy()


def _loss(plan: Plan) -> LossLaw:
    return make_loss(plan.topology.loss.kind, plan.topology.loss.options)


def _tails(parts: Parts, child: Ends, above: Ends) -> WayTails | None:
    """The tails of these ways, both ways alike; None where the map has none."""
    tails = parts.routes.graph.tails
    return None if tails is None else WayTails(tails, child.site, above.site)


def _uplink(parts: Parts, child: Ends, above: Ends) -> Uplink | None:
    """The lines on which children report; None where their rate is not limited.

    Who reports to several replicas sends them one message after the other, replica 0 first.
    """
    shape = parts.roster.shape
    tier, replica = shape.tier_of(child.tier)[0], shape.tier_of(above.tier)[1]
    rate_bps = parts.plan.tiers[tier].uplink_bps
    if rate_bps is None:
        return None
    transmission_ns = 8 * parts.layout.wire_bytes(panes=2) / rate_bps * NS_PER_S
    is_fork = shape.is_replicated(tier + 1) and not shape.is_replicated(tier)
    return Uplink(transmission_ns, len(child.node), shape.replicas if is_fork else 1, replica)
