"""Detection without nodes, time or what it needs is refused, and so is asking for the undefined."""

import pytest

from sim.scenario.plan import Variant
from tests.scenario.texts import GOOD, mistakes_in, plan_of

SHIFT = "anomalies: [{agents: 2%, kind: shift, size: 3sd, at: 25s}]\n"


def with_detection(block: str) -> str:
    """The good scenario with this detection, in line 6."""
    return GOOD + f"detection: {{{block}}}\n"


@pytest.mark.parametrize(
    ("block", "mistake"),
    [
        ("scope: own", "6:1: detection.detector: is missing"),
        ("detector: zz", "detection.detector.kind: unknown kind 'zz', did you mean z?"),
        ("detector: ewma_z", "detection.detector.half_life: is missing"),
        ("detector: {kind: z, toop: 3}", "6:33: detection.detector.toop: unknown key, did you"),
        ("detector: {kind: z, floor: -1}", "floor: must be at least 0, not -1"),
        ("detector: {kind: z, cap: 0}", "detection.detector.cap: must be more than 0, not 0"),
        ("detector: {kind: pca, keep: 0%}", "detection.detector.keep: must be more than 0"),
        ("detector: {kind: lr_e_process, size: -1sd}", "size: must be more than 0"),
        ("detector: {kind: lr_e_process, onset: any}", "detector: an onset anywhere in the window"),
        ("detector: {kind: peers, smallest_group: 2}", "must be at least 3, not 2"),
        ("detector: z, scope: populaton", "did you mean population?"),
        ("detector: z, control: {kind: bh, alpha: 0}", "alpha: must be more than 0, not 0"),
        ("detector: z, control: {kind: bh, alpha: 100%}", "alpha: must be less than 1"),
        ("detector: z, control: threshold", "control: needs either `quantile` or `score`"),
        (
            "detector: z, control: {kind: threshold, quantile: 99%, score: 4}",
            "control: needs either `quantile` or `score`",
        ),
        (
            "detector: z, every: 50ms",
            "6:26: detection.every: agents report only every 100ms: scores would say the same",
        ),
        (
            "detector: z, learn: 50s, calibrate: 10s",
            "detection.learn: learning and calibrating take 1min of 1min: nothing is ever decided",
        ),
        (
            "detector: z, scope: own, learn: 150ms",
            "detection.learn: needs two reports or more of each agent, one comes every 100ms",
        ),
        ("detector: pca, learn: 0s", "detection.learn: needs two reports or more"),
        (
            "detector: z, calibrate: 600ms",
            "detection.calibrate: is over before the first new scores are decided on, which may "
            "take up to 700ms",
        ),
        ("detector: z, wait: 500ms", "detection.wait: must be less than `every`"),
        (
            "detector: pca, scope: population",
            "6:28: detection.scope: pca needs covariances, and the baseline of the population "
            "comes without, say own or local; or add baseline.dependence: covariance",
        ),
        (
            "detector: peers, scope: own",
            "detection.scope: peers are the agents of the same local aggregator, whatever the "
            "scope: own, leave it out, or say local",
        ),
        (
            "detector: {kind: peers, smallest_group: 21}",
            "smallest_group: no local has 21 agents, the largest has 20: nobody gets a score",
        ),
    ],
)
def test_a_detection_that_cannot_be_is_refused(block, mistake):
    (found,) = mistakes_in(with_detection(block))
    assert mistake in found


@pytest.mark.parametrize(
    "block",
    [
        "detector: z",
        "detector: peers",
        "detector: mahalanobis, scope: own, decide: region",
        "detector: {kind: z, cap: none, top: 1}, scope: region, decide: local",
        "detector: z, control: {kind: threshold, score: 4}, learn: 0s, calibrate: 0s",
        "detector: lr_e_process, control: e_bh, calibrate: 0s",
        "detector: {kind: ewma_residual, half_life: 1min}, control: {kind: e_bh, alpha: 1%}",
    ],
)
def test_a_detection_that_can_be_is_accepted(block):
    assert mistakes_in(with_detection(block)) == []


def test_detection_needs_aggregators_next_to_the_agents():
    (found,) = mistakes_in(with_detection("detector: z") + "tree: {levels: 1}\n")
    assert "detection: needs local aggregators" in found


def test_a_region_can_decide_only_where_there_is_one():
    text = with_detection("detector: z, decide: region") + "tree: {levels: 2}\n"
    (found,) = mistakes_in(text)
    assert "detection.decide: this tree has no aggregators between the locals and" in found


def test_covariances_that_no_memory_holds_are_refused():
    text = with_detection("detector: pca, scope: own").replace("count: 1000", "count: 1e7")
    (found,) = mistakes_in(text)
    assert "detection.scope: would keep 6.4e+08 numbers of covariances" in found


@pytest.mark.parametrize(
    ("detector", "scope"), [("z", "population"), ("pca", "local"), ("peers", "local")]
)
def test_a_scope_that_is_left_out_is_the_widest_that_the_detector_can_use(detector, scope):
    assert plan_of(with_detection(f"detector: {detector}")).detection.scope == scope


def test_a_detection_has_the_defaults_of_its_description():
    detection = plan_of(with_detection("detector: z")).detection
    assert detection.control == Variant("bh", {"alpha": 0.05})
    assert detection.decide == "root"
    times_ms = [ns // 10**6 for ns in (detection.every_ns, detection.learn_ns)]
    assert [*times_ms, detection.calibrate_ns // 10**6] == [500, 10_000, 5_000]


def test_a_threshold_has_only_the_bound_that_was_given():
    block = "detector: z, control: {kind: threshold, quantile: 99%}"
    assert plan_of(with_detection(block)).detection.control.options == {"quantile": 0.99}


@pytest.mark.parametrize(
    "asked", ["thresholds: {detection.recall: {min: 90%}}", "gate: {detection.f1: {worse_by: 2%}}"]
)
def test_a_metric_of_detection_needs_a_detection(asked):
    (found,) = mistakes_in(GOOD + SHIFT + asked + "\n")
    assert "is measured only with a `detection` block" in found
    assert mistakes_in(with_detection("detector: z") + SHIFT + asked + "\n") == []


@pytest.mark.parametrize(
    ("metric", "is_defined"),
    [
        ("detection.recall", False),
        ("detection.delay.median.central", False),
        ("detection.precision.loss", False),
        ("detection.false_alarms", True),
        ("detection.fdr.loss", True),
    ],
)
def test_without_anything_anomalous_only_false_alarms_are_defined(metric, is_defined):
    bound = "1s" if ".delay." in metric else "0.5"
    found = mistakes_in(
        with_detection("detector: z") + f"thresholds: {{{metric}: {{max: {bound}}}}}"
    )
    problem = "is undefined: there are no anomalies, and no trace with labels"
    assert [problem in line for line in found] == ([] if is_defined else [True])


def test_a_trace_with_labels_is_something_to_detect(tmp_path):
    (tmp_path / "a.csv").write_text("1,0\n2,1\n")
    behaviour = f"behaviour: {{kind: trace, path: {tmp_path}/a.csv, labels: 2}}"
    text = with_detection("detector: z").replace("features: 8, rate: 10Hz", behaviour)
    assert mistakes_in(text + "thresholds: {detection.recall: {min: 10%}}\n") == []


def test_a_detection_that_was_taken_out_for_a_mistake_is_not_called_missing():
    text = with_detection("scope: own") + SHIFT + "gate: {detection.f1: {worse_by: 2%}}\n"
    assert [line.split(": ")[1] for line in mistakes_in(text)] == ["detection.detector"]


@pytest.mark.parametrize(
    ("gate", "mistake"),
    [
        (
            "{staleness.rot.mean: {worse_by: 1s}}",
            "unknown metric, did you mean staleness.root.mean",
        ),
        ("{staleness.root.mean: {worse: 1s}}", "worse: unknown key, did you mean worse_by?"),
        ("{staleness.root.mean: {worse_by: 0s}}", "worse_by: must be more than 0: 0s"),
        ("{staleness.root.mean: {worse_by: 2%}}", "worse_by: must be a duration such as"),
        ("{coverage.min: {worse_by: 0%}}", "gate.coverage.min.worse_by: must be more than 0"),
        ("{traffic.bytes: {worse_by: 0}}", "gate.traffic.bytes.worse_by: must be more than 0"),
    ],
)
def test_a_wrong_tolerance_is_told(gate, mistake):
    assert mistake in mistakes_in(GOOD + f"gate: {gate}\n")[-1]


def test_tolerances_are_in_the_unit_of_their_metric_with_their_line():
    text = GOOD + "gate:\n  coverage.min: {worse_by: 2%}\n  staleness.root.mean: {worse_by: 50ms}\n"
    found = {one.metric: (one.worsening, one.line) for one in plan_of(text).gate}
    assert found == {"coverage.min": (0.02, 7), "staleness.root.mean": (0.05, 8)}


def test_a_tolerance_can_be_set():
    (tolerance,) = plan_of(GOOD, "gate.coverage.min.worse_by=3%").gate
    assert (tolerance.metric, tolerance.worsening) == ("coverage.min", 0.03)
