"""A scenario with a threshold and a gate, small enough to be checked in a test."""

from dataclasses import replace
from pathlib import Path

from sim.campaign.baselines import Baseline, read_baseline, write_baseline
from sim.measure.gate import Sample

GATED = """\
schema: 1
name: gated
seed: 7
replications: 8
duration: 2s
agents: {count: 8, features: 1, rate: 10Hz}
topology: {kind: ring, sites: 4, length_km: 500}
tree: {local: 4, regional: 2}
baseline: {publish: 500ms, pane: 500ms}
staleness: {baseline: 500ms, anomaly: 500ms}
measure: {every: 200ms}
faults: [{kind: hold, nodes: [local-1], at: 1s, until: 1200ms}]
thresholds:
  coverage.min: {min: 10%}
gate:
  staleness.root.mean: {worse_by: 1ms}
"""
"""The threshold is in line 14, the gate in line 16; 8 replications are just enough to fail."""
METRIC = "staleness.root.mean"


def shifted(baseline: Baseline, seconds: float) -> Baseline:
    """The baseline with every age of the gated metric changed by so much."""
    figures = [figure + seconds for figure in baseline.samples[METRIC].figures]
    return replace(baseline, samples={**baseline.samples, METRIC: Sample.of("s", figures)})


def shift_file(path: Path, seconds: float) -> None:
    """The same for the baseline in a file."""
    write_baseline(shifted(read_baseline(path), seconds), path.parent)
