"""What the detection of a plan amounts to, and what is legitimate but worth knowing about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.plan import AnomalyPlan, DetectionPlan, Plan
from sim.scenario.resolve import COVARIANCE_DETECTORS, NEAR_DETECTORS
from sim.units import write_duration


@dataclass(frozen=True, slots=True)
class DetectionFacts:
    """Detection in numbers and remarks."""

    watching: int
    """Aggregators that score."""
    deciding: int
    """Nodes that decide, each over its own agents."""
    begin_ns: int
    """From when on there are decisions."""
    decisions: int
    """How many there are in a run."""
    notes: tuple[str, ...]


def detection_facts(plan: Plan) -> DetectionFacts | None:
    """The facts of a plan's detection; None without one."""
    detection = plan.detection
    if detection is None:
        return None
    deciding = {"local": plan.tiers[1].count, "region": plan.tiers[-2].count, "root": 1}
    begin_ns = detection.learn_ns + detection.calibrate_ns
    return DetectionFacts(
        watching=plan.tiers[1].count,
        deciding=deciding[detection.decide],
        begin_ns=begin_ns,
        decisions=decisions_in(plan, detection),
        notes=(
            *_early(plan, detection, begin_ns),
            *_about_e_values(detection),
        ),
    )


def decisions_in(plan: Plan, detection: DetectionPlan) -> int:
    """How many decisions there are in a run."""
    begin_ns = detection.learn_ns + detection.calibrate_ns
    return _decisions_until(plan.duration_ns, detection) - _decisions_until(begin_ns, detection)


def _decisions_until(end_ns: int, detection: DetectionPlan) -> int:
    """Decisions from the start on, whether anything is decided yet or not."""
    return max((end_ns - detection.wait_ns) // detection.every_ns, 0)


def _early(plan: Plan, detection: DetectionPlan, begin_ns: int) -> Iterator[str]:
    for anomaly in plan.anomalies:
        if anomaly.at_ns < begin_ns:
            yield f"{anomaly.path} begins at {write_duration(anomaly.at_ns)}, {_spoils(detection)}"
        if _end_ns(anomaly, plan) <= begin_ns:
            begin = write_duration(begin_ns)
            yield f"{anomaly.path} is over before decisions begin, at {begin}: it is never scored"


def holds_against_covariances(plan: Plan) -> bool:
    """Whether the root's baselines come down with covariances, for a detector to use."""
    detection = plan.detection
    return (
        detection is not None
        and detection.scope == "population"
        and detection.detector.kind in COVARIANCE_DETECTORS
    )


def _spoils(detection: DetectionPlan) -> str:
    """What an anomaly before the first decision does."""
    near = detection.scope != "population" and detection.detector.kind in NEAR_DETECTORS
    learns = detection.scope == "own" or near
    learning = f"learning (to {write_duration(detection.learn_ns)}) or " if learns else ""
    return f"during {learning}calibrating: its values count as normal"


def _end_ns(anomaly: AnomalyPlan, plan: Plan) -> int:
    return plan.duration_ns if anomaly.until_ns is None else anomaly.until_ns


def _about_e_values(detection: DetectionPlan) -> Iterator[str]:
    if detection.detector.kind != "lr_e_process":
        return
    if detection.scope == "own":
        yield "an e-value against an estimated own normal is only nearly one: learn for long"
    if detection.detector.options["restart_ns"] is None:
        yield "evidence never begins anew: after a long normal time it takes long to turn"
