"""Detection that cannot be: without nodes to run at, without time, or without what it needs.

Also what is asked of it: a metric of detection needs detection, and nearly all of them something
to detect.
"""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.checks import Case
from sim.scenario.plan import DetectionPlan
from sim.scenario.procedures import PROCEDURES
from sim.scenario.resolve import NEAR_DETECTORS
from sim.units import write_duration

COVARIANCES_MAX: Final = 2**27
"""Numbers in all covariances together: a gigabyte."""
_NEED_COVARIANCE: Final = ("mahalanobis", "pca")
_WITHOUT_ANOMALIES: Final = ("detection.any_false", "detection.false_alarms", "detection.fdr")
"""What is defined where nothing is anomalous: everything about false alarms."""


def check_detection(case: Case) -> Iterator[Mistake]:
    """Every mistake in the detection and in what is asked of it."""
    detection = case.plan.detection
    if detection is not None:
        yield from _tree(case, detection)
        yield from _times(case, detection)
        yield from _scope(case, detection)
        yield from _groups(case, detection)
        yield from _memory(case, detection)
    # With a mistake anywhere a block may have been taken out, so nothing is known to be missing.
    if () not in case.document.unsure:
        yield from _asked(case, detection)


def _tree(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    tiers = len(case.plan.tiers)
    if tiers < 3:
        problem = "needs local aggregators: with tree.levels 1 agents report straight to the root"
        yield case.document.mistake(("detection",), problem)
    elif tiers < 4 and detection.decide == "region":
        yield case.document.mistake(
            ("detection", "decide"),
            "this tree has no aggregators between the locals and the root",
            "decide at local or root",
        )


def _times(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    period_ns, end_ns = case.plan.agents.period_ns, case.plan.duration_ns
    period = write_duration(period_ns)
    if detection.every_ns < period_ns:
        problem = f"agents report only every {period}: scores would say the same again"
        yield case.document.mistake(("detection", "every"), problem)
    if detection.wait_ns >= detection.every_ns:
        problem = "must be less than `every`: then the next scores are on their way"
        yield case.document.mistake(("detection", "wait"), problem)
    begin_ns = detection.learn_ns + detection.calibrate_ns
    if begin_ns + detection.every_ns + detection.wait_ns > end_ns:
        begin, end = write_duration(begin_ns), write_duration(end_ns)
        problem = f"learning and calibrating take {begin} of {end}: nothing is ever decided"
        yield case.document.mistake(("detection", "learn"), problem)
    if _uses_history(detection) and detection.learn_ns < 2 * period_ns:
        problem = f"needs two reports or more of each agent, one comes every {period}"
        yield case.document.mistake(("detection", "learn"), problem)
    first_ns = _first_scores_ns(detection)
    if _uses_calibration(detection) and detection.calibrate_ns < first_ns:
        problem = "is over before the first new scores are decided on, which may take up to "
        yield case.document.mistake(("detection", "calibrate"), problem + write_duration(first_ns))


def _first_scores_ns(detection: DetectionPlan) -> int:
    """The longest time from the end of learning to a decision on scores that were sent after it."""
    if detection.decide == "local":
        return detection.every_ns + detection.wait_ns
    return detection.every_ns + (detection.wait_ns or detection.every_ns)


def _uses_history(detection: DetectionPlan) -> bool:
    return detection.scope == "own" or detection.detector.kind in _NEED_COVARIANCE


def _uses_calibration(detection: DetectionPlan) -> bool:
    control = detection.control
    facts = PROCEDURES[control.kind]
    if detection.detector.kind == "lr_e_process" and (facts.on_e_values or facts.online):
        return False
    return control.options.get("score") is None


def _scope(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    kind, scope = detection.detector.kind, detection.scope
    path = ("detection", "scope")
    if kind == "peers" and scope != "local":
        problem = f"peers are the agents of the same local aggregator, whatever the scope: {scope}"
        yield case.document.mistake(path, problem, "leave it out, or say local")
    elif kind in NEAR_DETECTORS and scope not in ("own", "local") and not _gathers(case, scope):
        problem = f"{kind} needs covariances, and the baseline of the {scope} comes without"
        more = "; or add baseline.dependence: covariance" if scope == "population" else ""
        yield case.document.mistake(path, problem, f"say own or local{more}")


def _gathers(case: Case, scope: str) -> bool:
    """Whether covariances of that scope are gathered."""
    dependence = case.plan.dependence
    is_covariance = dependence is not None and dependence.method.kind == "covariance"
    return scope == "population" and is_covariance


def _groups(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    if detection.detector.kind != "peers":
        return
    agents, locals_ = (tier.count for tier in case.plan.tiers[:2])
    largest, needed = -(-agents // locals_), detection.detector.options["smallest_group"]
    if largest < needed:
        problem = f"no local has {needed} agents, the largest has {largest}: nobody gets a score"
        yield case.document.mistake(("detection", "detector", "smallest_group"), problem)


def _memory(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    if detection.detector.kind not in _NEED_COVARIANCE:
        return
    rows = case.plan.tiers[0 if detection.scope == "own" else 1].count
    numbers = rows * case.plan.agents.features**2
    if numbers > COVARIANCES_MAX:
        problem = f"would keep {numbers:.3g} numbers of covariances, at most {COVARIANCES_MAX:.3g}"
        yield case.document.mistake(("detection", "scope"), problem)


def _asked(case: Case, detection: DetectionPlan | None) -> Iterator[Mistake]:
    """Thresholds and tolerances that could never be judged."""
    asked = [("thresholds", threshold.metric) for threshold in case.plan.thresholds]
    asked += [("gate", tolerance.metric) for tolerance in case.plan.gate]
    for path in asked:
        if not path[1].startswith("detection."):
            continue
        if detection is None:
            yield case.document.mistake(path, "is measured only with a `detection` block")
        elif not _has_truth(case) and not path[1].startswith(_WITHOUT_ANOMALIES):
            problem = "is undefined: there are no anomalies, and no trace with labels"
            yield case.document.mistake(path, problem)


def _has_truth(case: Case) -> bool:
    options = case.plan.agents.behaviour.options
    return bool(case.plan.anomalies) or options.get("labels") is not None
