"""Holding runs against their committed baselines.

Only what the scenario's ``gate`` names is held against anything. A gate without a baseline is
inconclusive and never a pass: whoever asks must be answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.campaign.baselines import (
    BASELINES,
    Baseline,
    baseline_path,
    judge_against,
    read_baseline,
)
from sim.campaign.results import Results
from sim.campaign.stored_tables import tables_of
from sim.campaign.subjects import Subject
from sim.errors import SimError
from sim.measure.findings import Finding
from sim.measure.gate import Change, Sample, figures
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Gate:
    """The baseline of one subject, read before anything runs; None where there is none yet."""

    path: Path
    baseline: Baseline | None
    across_versions: bool = False


def gates(
    found: Sequence[Subject], place: Path | None = None, across_versions: bool = False
) -> list[Gate]:
    """The baseline of each subject, from one file or from a folder with ``<name>.json``.

    Raises SimError with everything that is wrong: a baseline that was named and is not there, that
    is damaged, or that is of another scenario or version.
    """
    gates, wrong = [], []
    for subject in found:
        try:
            gates.append(_gate(subject.plan, place, across_versions))
        except SimError as error:
            wrong.append(str(error))
    if wrong:
        raise SimError("\n".join(wrong))
    return gates


def gated(gate: Gate, plan: Plan, results: Results, file: str) -> list[Finding]:
    """A finding for each tolerance of a plan. Raises ResultsError for a run without its tables."""
    if not plan.gate:
        return []
    if gate.baseline is None:
        reason = f"there is no {gate.path}; `sim baseline update {file}` makes it"
        return [
            Finding("baseline", one.metric, "inconclusive", reason, line=one.line)
            for one in plan.gate
        ]
    samples = samples_of(results, plan)
    changes = judge_against(gate.baseline, samples, plan, across_versions=gate.across_versions)
    return [finding_of(change) for change in changes]


def samples_of(results: Results, plan: Plan) -> dict[str, Sample]:
    """Every metric's figures, one a replication, of a stored run."""
    count = len(results.manifest["fingerprints"])
    return figures([tables_of(results, number) for number in range(count)], plan)


def finding_of(change: Change) -> Finding:
    """A change of a gated metric as a finding."""
    return Finding(
        kind="baseline",
        name=change.metric,
        outcome=change.outcome,
        reason=change.reason,
        unit=change.unit,
        value=change.candidate,
        base=change.base,
        worsening=change.worsening,
        tolerance=change.tolerance,
        low=change.low,
        high=change.high,
        replications_needed=change.needed,
        line=change.line,
    )


def _gate(plan: Plan, place: Path | None, across_versions: bool) -> Gate:
    root = BASELINES if place is None else place
    path = baseline_path(plan.name, root) if place is None or place.is_dir() else place
    if not plan.gate or (place is None and not path.exists()):
        return Gate(path, None, across_versions)
    baseline = read_baseline(path)
    # Held against itself it shows everything that would be wrong after the run.
    judge_against(baseline, baseline.samples, plan, across_versions=across_versions)
    return Gate(path, baseline, across_versions)
