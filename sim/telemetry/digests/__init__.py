"""Digests: what aggregators say about single agents, merged up the tree beside the exact sums.

A digest is counted in agents. At the locals it is made from what is known of each agent's window;
every tier merges those of its children; the root reads an estimate from it that a minority of the
agents cannot move far. One kind a file, one contract.
"""

from sim.telemetry.digests.contract import Digest, Estimate, Mergeable
from sim.telemetry.digests.items import Items, items_of
from sim.telemetry.digests.nested import NestedDigest
from sim.telemetry.digests.sample import SampleDigest
from sim.telemetry.digests.sketch import SketchDigest

__all__ = [
    "Digest",
    "Estimate",
    "Items",
    "Mergeable",
    "NestedDigest",
    "SampleDigest",
    "SketchDigest",
    "items_of",
]
