"""From the attestation of a plan to one in a world."""

from typing import Final

import numpy as np

from sim.engine.attest.attest import Attest
from sim.engine.attest.audit import Audits
from sim.engine.attest.watch import Watching
from sim.engine.digests.build import know_agents
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.world import World
from sim.protocol.merkle.court import Court
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.registry import max_versions
from sim.scenario.plan import AttestPlan
from sim.stats.sketches.bottom_k import derive

SECRET_BYTES: Final = 32


def add_attest(parts: Parts, world: World, lies: Lies, plan: AttestPlan) -> Attest:
    """Let a world commit, watch and attest."""
    stream = parts.streams.stream("attest")
    keys, seed = Keys(stream.bytes(SECRET_BYTES)), stream.bytes(SECRET_BYTES)
    registry = _registry(parts, plan)
    # Liars move with the agents that they are, so who would tell is asked anew every time.
    watching = Watching(
        parts.levels,
        registry,
        derive(seed, "watchers"),
        plan.watchers,
        lambda: lies.is_liar(0),
    )
    return Attest(
        plan,
        parts,
        world,
        lies,
        know_agents(parts, world),
        keys,
        Court(keys, registry),
        watching,
        Audits(registry, derive(seed, "audits"), plan.audits),
    )


def _registry(parts: Parts, plan: AttestPlan) -> Registry:
    run = parts.plan
    panes = run.baseline.panes + 1
    return Registry.of(
        parts.layout.features,
        [level.starts for level in parts.levels],
        panes * max_versions(run.baseline.pane_ns, run.agents.period_ns),
        sources_max=panes,
        versions_per_epoch=max_versions(plan.every_ns, run.agents.period_ns),
        agents=np.arange(run.agents.count),
    )
