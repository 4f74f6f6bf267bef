"""Judgements made by hand: one of every kind of finding, and one where all is well."""

import math

from sim.measure.findings import Finding, Judgement

HELD = Finding("invariant", "causality", "pass", "held at every sample", held=20)
TOUCHED = Finding("fault", "faults[0] partition", "pass", "took effect", held=20)
IDLE = Finding("fault", "faults[1] hold", "inconclusive", "touched nothing", held=19)
FRESH = Finding(
    kind="threshold",
    name="staleness.root.mean",
    outcome="pass",
    reason="the whole interval is within the bound",
    unit="s",
    value=0.215,
    bound="≤ 2 s",
    low=0.21,
    high=0.22,
    line=12,
)
BLIND = Finding(
    kind="threshold",
    name="detection.recall",
    outcome="fail",
    reason="the whole interval is beyond the bound",
    unit="share",
    value=0.912,
    bound="≥ 95 %",
    low=0.9,
    high=0.924,
    line=13,
)
OPEN = Finding(
    kind="threshold",
    name="recovery.time.max",
    outcome="inconclusive",
    reason="the interval straddles the bound",
    unit="s",
    value=9.5,
    bound="≤ 10 s",
    low=8.5,
    high=10.5,
    replications_needed=80,
    line=14,
)
WORSE = Finding(
    kind="baseline",
    name="detection.recall",
    outcome="fail",
    reason="the whole interval is above 0 and reaches the tolerance",
    unit="share",
    value=0.912,
    base=0.953,
    worsening=0.041,
    tolerance=0.02,
    low=0.032,
    high=0.05,
    line=16,
)
SAME = Finding(
    kind="baseline",
    name="staleness.root.mean",
    outcome="pass",
    reason="not one figure of the run differs from the baseline",
    unit="s",
    value=0.215,
    base=0.215,
    worsening=0.0,
    tolerance=0.05,
    low=0.0,
    high=0.0,
    line=17,
)
NEVER = Finding(
    kind="baseline",
    name="recovery.time.max",
    outcome="inconclusive",
    reason="never reached in 1 more than in the baseline, which may be luck: 40 would settle it",
    unit="s",
    value=math.inf,
    base=3.0,
    worsening=math.inf,
    tolerance=1.0,
    low=-math.inf,
    high=math.inf,
    replications_needed=40,
    line=18,
)
BAD = Judgement(
    name="wan-cut",
    file="scenarios/wan-cut.yaml",
    seed=7,
    replications=20,
    findings=(HELD, TOUCHED, IDLE, FRESH, BLIND, OPEN, WORSE, SAME, NEVER),
    replay="sim replay results/runs/wan-cut/4f1c09ab-s7",
    folder="results/runs/wan-cut/4f1c09ab-s7",
    baseline="results/baselines/wan-cut.json",
    error_rates=("with no change, fails at most 1% of the time", "catches a worsening"),
    notes=("a note",),
    simulation_s=1.25,
)
GOOD = Judgement(
    name="calm",
    file="scenarios/calm.yaml",
    seed=1,
    replications=20,
    findings=(HELD, FRESH),
    replay="sim replay results/runs/calm/00aa11bb-s1",
    folder="results/runs/calm/00aa11bb-s1",
    simulation_s=0.5,
)
