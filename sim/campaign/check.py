"""Judging a run: what held, what took effect, what was good enough.

A run that was stored is judged from its folder alone; one that is still to come is run and stored
first. A simulator that contradicts itself is a finding like any other: then nothing was measured,
and whatever was asked stays unanswered. What is worse than before is found in `gated`.
"""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from sim.campaign.gated import Gate, gated
from sim.campaign.results import Results
from sim.campaign.stored_tables import standings_of
from sim.campaign.subjects import Running, Subject, near, results_of
from sim.errors import InvariantViolated, ResultsError, SimError
from sim.measure.confidence import why
from sim.measure.findings import Finding, Judgement, Kind
from sim.measure.gate import error_rates
from sim.measure.settling import replications_to_settle
from sim.measure.verdicts import judge
from sim.scenario.outages import OUTAGES, entry_of
from sim.scenario.plan import AdversaryPlan, AnomalyPlan, FaultPlan, Plan
from sim.scenario.plan_control import LiarPlan

INVARIANTS: Final = "causality, conservation, exact counts"
UNMEASURED: Final = "nothing was measured"


def check(subject: Subject, gate: Gate | None, running: Running) -> Judgement:
    """Run a subject if it has not run, and judge it; without a gate, baselines are left out.

    A run that breaks an invariant or that cannot be finished (a file that is not usable, a full
    disk, a killed worker) is a finding. Raises KeyboardInterrupt when the user ends it.
    """
    try:
        return judge_run(subject, results_of(subject, running), gate)
    except InvariantViolated as error:
        return _unfinished(subject, Finding("invariant", INVARIANTS, "fail", str(error)))
    except SimError as error:
        broken = Finding("run", "results", "inconclusive", str(error))
        return replace(_unfinished(subject, broken), trouble=str(error))


def judge_run(subject: Subject, results: Results, gate: Gate | None = None) -> Judgement:
    """Everything that was asked of a stored run. Raises ResultsError if the run lacks it."""
    plan, count = subject.plan, len(results.manifest["fingerprints"])
    findings = [
        *_interrupted(results),
        Finding("invariant", INVARIANTS, "pass", "held at every sample", held=count),
        *_faults(results, plan, count),
        *_anomalies(results, plan, count),
        *_adversaries(results, plan, count),
        *_lying_replicas(results, plan, count),
        *_thresholds(results, plan, count),
        *(gated(gate, plan, results, subject.file) if gate else ()),
    ]
    judgement = _judgement(subject, findings, count, results)
    if gate is not None and gate.baseline is not None:
        promised = error_rates(len(plan.gate))
        judgement = replace(judgement, baseline=str(gate.path), error_rates=promised)
    return replace(judgement, notes=tuple(_notes(subject, gate)))


def _judgement(
    subject: Subject, findings: list[Finding], replications: int, results: Results | None = None
) -> Judgement:
    folder = "" if results is None else near(results.path)
    return Judgement(
        name=subject.plan.name,
        file=subject.file,
        seed=subject.plan.seed,
        replications=replications,
        findings=tuple(findings),
        replay=shlex.join(["sim", "replay", folder]) if folder else subject.call,
        folder=folder,
        simulation_s=0.0 if results is None else float(results.manifest["wall_s"]),
    )


def _notes(subject: Subject, gate: Gate | None) -> Iterator[str]:
    """What was not looked at."""
    if gate is None and subject.plan.gate:
        yield "the gate of the scenario was left out"
    if gate is not None and not subject.plan.gate and gate.path.exists():
        yield f"the scenario has no gate, so nothing was held against {gate.path}"
    if subject.scenario is not None and subject.scenario.cells:
        count = len(subject.scenario.cells)
        yield f"this is the scenario as it is written; the {count} cells of its sweep were not run"


def _unfinished(subject: Subject, why: Finding) -> Judgement:
    return _judgement(subject, [why, *_unanswered(subject.plan)], subject.plan.replications)


def _interrupted(results: Results) -> Iterator[Finding]:
    if results.manifest["verdict"] == "interrupted":
        reason = "the run was interrupted, and these are the replications that were finished"
        yield Finding("run", "replications", "inconclusive", reason)


def _faults(results: Results, plan: Plan, count: int) -> Iterator[Finding]:
    """A fault that touched nothing in some replication was not tested there."""
    table = results.arrow("faults").to_pydict()
    rows = zip(table["replication"], table["fault"], table["touched"], strict=True)
    hits = {(replication, entry_of(name)) for replication, name, touched in rows if touched > 0}
    for fault in plan.faults:
        held = sum((replication, fault.path) in hits for replication in range(count))
        # Chance may spare a replication, so of random faults those of one are enough.
        enough = count if fault.kind != OUTAGES else max(held, 1)
        yield _effect("fault", fault, held, enough)


def _anomalies(results: Results, plan: Plan, count: int) -> Iterator[Finding]:
    """The same for anomalies; only detection keeps record of them."""
    if plan.detection is None:
        return
    table = results.arrow("segments").to_pydict()
    shown = set(zip(table["replication"], table["anomaly"], strict=True))
    for anomaly in plan.anomalies:
        held = sum((replication, anomaly.number) in shown for replication in range(count))
        yield _effect("anomaly", anomaly, held, count)


def _adversaries(results: Results, plan: Plan, count: int) -> Iterator[Finding]:
    """The same for adversaries: one that rewrote nothing told no lie."""
    if not plan.adversaries:
        return
    table = results.arrow("adversaries").to_pydict()
    lied = [name for name, acts in zip(table["adversary"], table["acts"], strict=True) if acts > 0]
    for adversary in plan.adversaries:
        yield _effect("adversary", adversary, lied.count(adversary.path), count)


def _lying_replicas(results: Results, plan: Plan, count: int) -> Iterator[Finding]:
    """The same for replicas of the root that lie."""
    if not plan.control.liars:
        return
    table = results.arrow("member_lies").to_pydict()
    rows = zip(table["replication"], table["adversary"], table["deeds"], strict=True)
    lied = {(replication, name) for replication, name, deeds in rows if deeds > 0}
    for liar in plan.control.liars:
        held = sum((replication, liar.path) in lied for replication in range(count))
        yield _effect("adversary", liar, held, count)


def _effect(
    kind: Kind,
    part: FaultPlan | AnomalyPlan | AdversaryPlan | LiarPlan,
    held: int,
    count: int,
) -> Finding:
    name = f"{part.path} {part.kind}"
    if held == count:
        return Finding(kind, name, "pass", "took effect", held=held)
    nothing = "told no lie" if kind == "adversary" else "touched nothing"
    reason = f"{nothing}, so its effect was not tested"
    return Finding(kind, name, "inconclusive", reason, held=held)


def _thresholds(results: Results, plan: Plan, count: int) -> Iterator[Finding]:
    values = {row.name: row for row in results.metrics()}
    for threshold in plan.thresholds:
        if threshold.metric not in values:
            raise ResultsError(_absent(results, threshold.metric))
        value = values[threshold.metric]
        (verdict,) = judge([value], [threshold])
        doubtful = verdict.outcome == "inconclusive"
        broken = "" if verdict.outcome == "pass" else _broken(results, plan, value.name)
        yield Finding(
            kind="threshold",
            name=value.name,
            outcome=verdict.outcome,
            reason="; ".join(part for part in (verdict.reason, broken) if part),
            unit=value.unit,
            value=value.value,
            bound=verdict.bound,
            low=value.low,
            high=value.high,
            replications_needed=(
                replications_to_settle(value, threshold, count) if doubtful else None
            ),
            line=threshold.line,
        )


def _broken(results: Results, plan: Plan, metric: str) -> str:
    """Why intervals cover too seldom, in words; nothing about any other metric."""
    if plan.confidence is None or not metric.startswith("confidence."):
        return ""
    return why(metric, standings_of(results, plan))


def _absent(results: Results, metric: str) -> str:
    version = results.manifest.get("version", "unknown")
    return (
        f"{near(results.path)}: has no {metric}; it was stored by version {version}: run it again"
    )


def _unanswered(plan: Plan) -> Iterator[Finding]:
    """What was asked and cannot be answered, because nothing was measured."""
    for fault in plan.faults:
        yield Finding("fault", f"{fault.path} {fault.kind}", "inconclusive", UNMEASURED)
    for anomaly in plan.anomalies:
        yield Finding("anomaly", f"{anomaly.path} {anomaly.kind}", "inconclusive", UNMEASURED)
    for adversary in plan.adversaries:
        name = f"{adversary.path} {adversary.kind}"
        yield Finding("adversary", name, "inconclusive", UNMEASURED)
    for threshold in plan.thresholds:
        metric, line = threshold.metric, threshold.line
        yield Finding("threshold", metric, "inconclusive", UNMEASURED, line=line)
    for tolerance in plan.gate:
        metric, line = tolerance.metric, tolerance.line
        yield Finding("baseline", metric, "inconclusive", UNMEASURED, line=line)
