"""Further replicas of the upper tiers of a world: their nodes, the ways to them, and down again.

Whatever is random about them has streams of its own, so a world is, draw by draw, what it would be
without them, and has something more.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.engine.hops import Hop, Line
from sim.engine.lines import line, path_ns
from sim.engine.parts import Parts
from sim.engine.tiers import aggregator_kind, make_aggregators, make_root, replica_name
from sim.engine.world import World
from sim.scenario.plan import ReplicasPlan
from sim.telemetry.mail import Post, Spur
from sim.telemetry.spine import Spine
from sim.telemetry.way import Way


def add_replicas(parts: Parts, world: World, plan: ReplicasPlan) -> None:
    """Put replicas 1, 2, ... into a world that has replica 0."""
    numbers, fork = range(1, plan.count), plan.first_tier - 1
    world.spines = [_lines_up(parts, fork, replica) for replica in numbers]
    world.telemetry.spines = tuple(
        _spine(parts, fork, replica, lines)
        for replica, lines in zip(numbers, world.spines, strict=True)
    )
    spurs = []
    for replica in numbers:
        hops = list(_hops_down(parts, fork, replica))
        world.hops += hops
        spurs.append(Spur(tuple(hop.post for hop in hops)))
    world.downlink.join(spurs, parts.top - 1 - fork)


def _lines_up(parts: Parts, fork: int, replica: int) -> list[Line]:
    """From the fork to the root of a replica."""
    names = [parts.plan.tiers[tier].name for tier in range(fork, parts.top)]
    return [
        line(parts, tier, f"up/{replica_name(name, replica)}", replica=replica)
        for tier, name in enumerate(names, start=fork)
    ]


def _spine(parts: Parts, fork: int, replica: int, lines: Sequence[Line]) -> Spine:
    shape, kind = parts.roster.shape, aggregator_kind(parts)
    tiers = range(fork + 1, parts.top)
    ways = []
    for tier, up in enumerate(lines, start=fork):
        name = replica_name(parts.plan.tiers[tier].name, replica)
        ways.append(Way(name, up.channel, path_ns(up)))
    return Spine(
        fork,
        [shape.row(tier, replica) for tier in range(fork + 1, parts.top + 1)],
        [make_aggregators(parts, tier, kind, replica) for tier in tiers],
        make_root(parts, kind, keeps_heard=False),
        ways,
    )


def _hops_down(parts: Parts, fork: int, replica: int) -> Iterator[Hop]:
    """From the root of a replica to the nodes at the fork."""
    for tier in range(parts.top - 1, fork - 1, -1):
        name = replica_name(parts.plan.tiers[tier].name, replica)
        down = line(parts, tier, f"down/{name}", replica=replica, upward=False)
        way = Way(f"baseline to {name}", down.channel, path_ns(down))
        groups = parts.levels[tier - 1] if tier > fork else None
        post = Post(way, groups, np.full(parts.plan.tiers[tier].count, np.nan))
        yield Hop("baseline", down, post, parts.layout.wire_bytes(panes=1))
