"""The smallest scenario that has all there is: four sites, two regions, a cut that heals."""

from contextlib import nullcontext

from sim.campaign import provenance
from sim.engine import simulation

SMALL = """\
schema: 1
name: small
seed: 7
replications: 2
duration: 3s
agents: {count: 20, features: 2, rate: 10Hz}
topology: {kind: ring, sites: 4, length_km: 500}
tree: {local: 5, regional: 2}
baseline: {publish: 500ms, pane: 1s}
staleness: {baseline: 1s, anomaly: 500ms}
measure: {every: 100ms}
faults: [{kind: partition, groups: [region-0, rest], at: 1s, until: 2s}]
"""
IDLE = "faults=[{kind: hold, nodes: [region-0], at: 1s, until: 1000001us}]"
"""A fault that is over before any message meets it."""


def only_what_counts(monkeypatch) -> None:
    """Leave out what takes longer than the scenario itself and changes nothing in it.

    Full garbage collections, and asking git for the commit.
    """
    monkeypatch.setattr(simulation, "frozen_garbage", nullcontext)
    monkeypatch.setattr(provenance, "_git", lambda: None)
