"""``--set path=value`` changes one value, or says why it cannot."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.overrides import parse_path
from tests.scenario.texts import GOOD, mistakes_in, plan_of, with_fault


def test_a_value_is_replaced():
    assert plan_of(GOOD, "duration=5s").duration_ns == 5_000_000_000


def test_a_key_that_the_file_leaves_out_is_added():
    assert plan_of(GOOD, "baseline.pane=2s").baseline.pane_ns == 2_000_000_000


def test_an_entry_of_a_list_is_found_by_its_number():
    text = with_fault("kind: crash, nodes: root, at: 1s", "kind: crash, nodes: local-1, at: 2s")
    assert plan_of(text, "faults[1].until=30s").faults[1].until_ns == 30_000_000_000


def test_a_value_may_be_a_whole_block():
    plan = plan_of(GOOD, "topology.loss={kind: independent, share: 2%}")
    assert plan.topology.loss.options == {"share": 0.02}


def test_a_later_override_wins():
    assert plan_of(GOOD, "seed=3", "seed=4").seed == 4


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a.b[0].c", ("a", "b", 0, "c")),
        ("thresholds.coverage.min", ("thresholds", "coverage.min")),
        ("thresholds.coverage.min.min", ("thresholds", "coverage.min", "min")),
        ("thresholds.recovery.time.p95.max", ("thresholds", "recovery.time.p95", "max")),
        ("thresholds.recovery.time.p95", ("thresholds", "recovery.time.p95")),
    ],
)
def test_a_path_has_steps_and_metrics_keep_their_dots(text, steps):
    assert parse_path(text) == steps


def test_a_threshold_can_be_set():
    plan = plan_of(GOOD, "thresholds.recovery.time.max.max=3s")
    assert [(t.metric, t.maximum) for t in plan.thresholds] == [("recovery.time.max", 3.0)]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("topology.losss=1%", "topology.losss: unknown key, did you mean loss?"),
        ("duration=5", "duration: must be a duration such as 20ms, 5s or 2h, not 5"),
        ("faults[0].at=1s", "faults is not a list"),
        ("name.x=1", "name is not a map of keys to values"),
        ("duration", "must be path=value"),
        ("=1", "names no path, such as topology.loss"),
        ("a[b]=1", "'a[b]' is not a path such as faults[0].until"),
        ("seed=[1", "is not YAML: expected ',' or ']', but got '<stream end>'"),
    ],
)
def test_a_wrong_override_names_itself(change, problem):
    assert mistakes_in(GOOD, change) == [f"--set {change}: {problem}"]


def test_a_kind_that_stands_alone_is_shown_with_room_for_an_option():
    text = GOOD + "tree: {replicas: {root: 4}}\nagreement: {protocol: pbft}\n"
    (found,) = mistakes_in(text, "agreement.protocol.timeout=1s")
    assert found.endswith("not a map of keys to values: write {kind: pbft, timeout: ...}")


def test_a_text_that_is_no_kind_has_no_options():
    assert mistakes_in(GOOD, "name.kind=1")[0].endswith("name is not a map of keys to values")


def test_a_list_is_not_longer_than_it_is():
    found = mistakes_in(with_fault("kind: crash, nodes: root, at: 1s"), "faults[4].at=1s")
    assert found == ["--set faults[4].at=1s: faults has 1 entries, counted from 0"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["tree", "faults", "local", ".", "[0]", "=", "1", "{}", "~", "seed"]))
)
def test_any_override_is_carried_out_or_refused(words):
    assert isinstance(mistakes_in(GOOD, "".join(words)), list)


@given(st.text())
def test_any_text_as_an_override_is_refused(text):
    (found, *_) = mistakes_in(GOOD, text)
    assert found.startswith("--set ")
