"""Searches over very small scenarios, written to a folder of the test."""

from pathlib import Path

from sim.scenario.search.load import load_search
from sim.scenario.search.plan import Search

TREE = """\
schema: 1
name: small-tree
seed: 11
duration: 2s
agents:
  count: 80
  features: 1
  rate: 0.5Hz
  behaviour: {kind: synthetic, spread: 0.01, noise: 0.01, drift: none}
topology: {kind: point, jitter: {kind: constant, value: 1us}}
tree: {local: 10, regional: 4}
baseline:
  publish: 2s
  pane: 2s
  rule: {kind: robust, estimator: trimmed_mean, f: 33%, over: nested, lead: 2ms}
staleness: {baseline: 1s, anomaly: 1s}
measure: {every: 2s}
"""
"""Groups of 10, 4 and 2 withstand 3, 1 and 0 liars: 4 * 2 * 1 = 8 own the root (tree theorem)."""

COMMITTEE = """\
schema: 1
name: committee
seed: 1
duration: 800ms
agents: {count: 8, features: 1, rate: 10Hz}
topology: {kind: ring, sites: 4, length_km: 1000, jitter: 2ms, placement: spread}
tree: {local: 2, regional: 2, replicas: {root: 4}}
baseline: {publish: 300ms, pane: 10s}
staleness: {baseline: 500ms, anomaly: 500ms}
measure: {every: 400ms}
agreement: {protocol: {kind: pbft, timeout: 50ms}}
"""
"""Four replicas that agree on a baseline at 300 and 600 ms."""

CAPTURE = """\
search: 1
name: capture
scenario: scenario.yaml
budget: 60
worst: bias.max
damage: {bias.max: {min: 2}}
adversaries: {where: agents, liars: 40, timing: false}
"""

SPLIT = """\
search: 1
name: split
scenario: scenario.yaml
budget: 24
step: 100ms
worst: invariants
faults:
  most: 3
  nodes: [root-0/0, root-0/1, root-0/2, root-0/3]
  kinds: [partition, crash, degrade, hold, pause]
"""


def search_of(folder: Path, search: str, scenario: str) -> Search:
    """The search in `search`, about the scenario in `scenario`."""
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")
    file = folder / "search.yaml"
    file.write_text(search, encoding="utf-8")
    return load_search(file)
