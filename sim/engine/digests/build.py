"""From the rule of a plan to digests in a world: what is sent, on which ways, and who spoils it."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.digests.digests import Digests
from sim.engine.digests.rounds import Rounds
from sim.engine.hops import Hop
from sim.engine.lies.gates import Holding, Omission
from sim.engine.lies.lies import Lies
from sim.engine.lines import line, path_ns
from sim.engine.parts import Parts
from sim.engine.world import World
from sim.protocol.registry import max_versions
from sim.scenario.plan import Plan
from sim.stats.robust.registry import make_rule
from sim.stats.sketches.bottom_k import derive, priorities
from sim.telemetry.digests import Digest, NestedDigest, SampleDigest, SketchDigest
from sim.telemetry.known import Known
from sim.telemetry.mail import Mail, Post
from sim.telemetry.way import Way

Ints = NDArray[np.int64]

HEADER_BYTES: Final = 64
SEED_BYTES: Final = 32
ROUNDS_KEPT: Final = 1
"""A digest may be missed once: older ones are of another window, and of agents who may be gone."""


def add_digests(parts: Parts, world: World, lies: Lies) -> Digests:
    """Let a world send the digests that its rule needs."""
    known = know_agents(parts, world)
    digest = _digest(parts)
    liars = _Liars(digest, lies)
    mails = [_digest_mail(parts, world, lies, digest, tier) for tier in range(1, parts.top)]
    change = liars.change if liars.any and not digest.signed else None
    rounds = Rounds(digest, parts.levels, mails, world.is_up, change, ROUNDS_KEPT)
    world.seat_forgetters.append(rounds.forget)
    return Digests(parts.plan, parts.layout, known, parts.levels[0], digest, rounds)


def know_agents(parts: Parts, world: World) -> Known:
    """Let the locals keep the sums of each of their agents."""
    local = world.telemetry.aggregators[0]
    if local.known is None:
        local.known = Known(parts.plan.agents.count, parts.layout.narrow, parts.plan.baseline.panes)
    return local.known


def _digest(parts: Parts) -> Digest[Any]:
    plan, rule = parts.plan, parts.plan.baseline.rule
    assert rule.estimator is not None
    cap, features = _reports_of_a_window(plan), parts.layout.features
    if rule.over == "sketch":
        trimmed = rule.f if rule.estimator.kind == "trimmed_mean" else None
        return SketchDigest(rule.accuracy, features, plan.agents.count, trimmed)
    made = make_rule(rule.estimator.kind, rule.estimator.options)
    if rule.over == "nested":
        return NestedDigest(made, rule.f, cap, features)
    seed = derive(parts.streams.stream("epoch", "sample").bytes(SEED_BYTES), "sample")
    priority = priorities(seed, np.arange(plan.agents.count))
    return SampleDigest(made, rule.f, cap, features, rule.sample, priority)


def _reports_of_a_window(plan: Plan) -> int:
    """Reports of an agent that are possible in the panes of a baseline."""
    return (plan.baseline.panes + 1) * max_versions(plan.baseline.pane_ns, plan.agents.period_ns)


def rounds_mail(
    parts: Parts,
    world: World,
    lies: Lies,
    what: str,
    tier: int,
    size_bytes: int | Callable[[], int],
    kind: str = "digest",
) -> Mail:
    """The way of what a tier sends once a round to its parents, who may leave children out.

    `size_bytes` is what a message holds beside its header, or says how many bytes all that were
    sent so far have, headers included. Liars who hold their reports back, or send none, do the same
    with this.
    """
    name = parts.plan.tiers[tier].name
    up = line(parts, tier, f"{what}/{name}", queued=False)
    omissions = [
        Omission(actor, parts.levels[tier].parent_of.astype(np.int64))
        for actor in lies.actors
        if actor.plan.tier == tier + 1 and actor.overrides("omits")
    ]
    holdings = [
        Holding(actor)
        for actor in lies.actors
        if actor.plan.tier == tier and actor.overrides("arrive")
    ]
    way = Way(f"{what} of {name}", up.channel, path_ns(up), gates=(*holdings, *omissions))
    post = Post(way, None, np.full(parts.plan.tiers[tier].count, np.nan))
    if callable(size_bytes):
        hop = Hop(kind, up, post, HEADER_BYTES, size_bytes)
    else:
        hop = Hop(kind, up, post, HEADER_BYTES + size_bytes)
    world.hops.append(hop)
    mail = Mail([post])
    world.mails.append(mail)
    return mail


def _digest_mail(parts: Parts, world: World, lies: Lies, digest: Digest[Any], tier: int) -> Mail:
    agents = np.bincount(parts.roster.tree.ancestor_of(0, tier)).max()
    return rounds_mail(parts, world, lies, "digest", tier, digest.size_bytes(int(agents)))


class _Liars:
    """Lying aggregators, and what they make of a digest that nobody signs."""

    def __init__(self, digest: Digest[Any], lies: Lies) -> None:
        self._digest = digest
        self._lies = lies
        self._actors = [
            actor for actor in lies.actors if actor.plan.tier and actor.overrides("digest")
        ]

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self._actors)

    def change(self, tier: int, state: Any, now_ns: int) -> Any:
        """The state of a tier as its liars tell it."""
        for actor in self._actors:
            who = self._lies.acting(actor, now_ns)
            if actor.plan.tier == tier and len(who):
                means = self._digest.means(state, actor.nodes[who])
                told = actor.strategy.digest(who, means)
                state = self._digest.change(state, actor.nodes[who], told)
                actor.note(who, now_ns)
        return state
