"""The block `confidence`: what is refused, what is advised against, and that it can be built."""

import re
from dataclasses import fields
from typing import get_args

import pytest

from sim.measure import confidence
from sim.scenario import load_scenario, resolved_yaml
from sim.scenario.blocks.confidence import advice
from sim.scenario.blocks.confidence.schema import Confidence, Fixed, Sequence
from sim.stats.confidence import diagnosis
from sim.stats.confidence.diagnosis import ASSUMPTIONS
from sim.stats.confidence.registry import INTERVALS, make_interval
from tests.data import ROOT
from tests.scenario.texts import GOOD, mistakes_in, plan_of

MANY = GOOD.replace("features: 8", "features: 1900")
"""As many as show 1 % of coverage at one look."""
TRACE = "agents: {count: 1000, behaviour: {kind: trace, path: trace.csv}}"
APART = "agents: {count: 1000, features: 8, behaviour: {kind: synthetic, groups: {regions: 0.2}}}"
SHARED = "agents: {count: 1000, features: 8, behaviour: {kind: synthetic, common: 0.3}}"
SWUNG = (
    "agents: {count: 1000, features: 8, "
    "behaviour: {kind: synthetic, season: {amplitude: 0.3, phase: common}}}"
)


@pytest.mark.parametrize(
    ("block", "mistake"),
    [
        ("confidence: {level: 0%}", "confidence.level: must be at least 0.01, not '0%'"),
        ("confidence: {level: 1e-300}", "confidence.level: must be at least 0.01, not 1e-300"),
        (
            "confidence: {level: 95}",
            "confidence.level: must be from 0% to 100%, not 95; did you mean 95%?",
        ),
        ("confidence: {level: 100%}", "confidence.level: must be at most 0.999999, not '100%'"),
        ("confidence: {level: 1.5}", "confidence.level"),
        ("confidence: {interval: wald}", "confidence.interval"),
        ("confidence: {interval: {kind: pooled, horizon: 9}}", "horizon: unknown key"),
        ("confidence: {interval: {kind: sequence, horizon: 0}}", "must be at least 1, not 0"),
        ("confidence: {interval: {kind: sequence, horizon: 1e308}}", "must be at most 1000000000,"),
        ("confidence: {widen: [luck]}", "confidence.widen"),
        ("confidence: {range: [1, -1]}", "confidence.range: the lower end comes first: [-1, 1]"),
        ("confidence: clusterd", "unknown kind 'clusterd', did you mean clustered?"),
        ("confidence: {range: [-17, 1]}", "confidence.range"),
        ("confidence: {range: [1]}", "confidence.range"),
        (
            "confidence: {}\ntree: {levels: 1}",
            "confidence: needs locals, which know their agents: with tree.levels 1 there are none",
        ),
        ("confidence: {}\ntree: {reseat: 20s}", "`tree.reseat` deals them anew"),
        (
            "confidence: {}\nbaseline: {publish: 40s, pane: 50s}",
            "confidence: begins at the first publication after a whole pane, at 80s of 1min",
        ),
        (
            "confidence: {interval: sequence, of: population}",
            "confidence.of: sequence is about a law that stays as it is, and not about the agents "
            "of one pane, say `of: process`",
        ),
        (
            "confidence: {interval: hartung_knapp, of: population}",
            "confidence.of: hartung_knapp weighs children by what they claim, and not by how many",
        ),
        (
            "confidence: {interval: stratified}",
            "confidence.of: stratified is about these very agents",
        ),
    ],
)
def test_intervals_that_cannot_be_stated_are_refused(block, mistake):
    assert mistake in "\n".join(mistakes_in(GOOD + block + "\n"))


@pytest.mark.parametrize(
    ("asked", "mistake"),
    [
        ("{of: process}", "confidence.of: a trace has no law whose mean is known"),
        ("{of: population, widen: age}", "confidence.widen: needs to know how values drift"),
    ],
)
def test_of_a_trace_nobody_knows_the_law(asked, mistake, tmp_path, monkeypatch):
    (tmp_path / "trace.csv").write_text("a,b\n1,2\n3,4\n")
    monkeypatch.chdir(tmp_path)
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", TRACE)
    assert mistake in "\n".join(mistakes_in(f"{text}confidence: {asked}\n"))


def test_groups_that_differ_need_agents_that_stay_in_them():
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", APART)
    assert mistakes_in(text) == []
    (told,) = mistakes_in(text + "tree: {reseat: 20s}\n")
    assert "agents.behaviour.groups: agents that `tree.reseat` deals anew belong to no" in told


@pytest.mark.parametrize("kind", INTERVALS)
def test_the_statistics_build_every_interval(kind):
    of = "population" if kind == "stratified" else "process"
    plan = plan_of(GOOD + f"confidence: {{interval: {kind}, of: {of}}}\n")
    assert plan.confidence is not None
    assert make_interval(kind, plan.confidence.interval.options).name == kind


def test_the_scenario_has_the_intervals_of_the_registry_with_their_options():
    kinds = [*get_args(Fixed.model_fields["kind"].annotation), "sequence"]
    assert sorted(kinds) == sorted(INTERVALS)
    known = {one.name: one.default for one in fields(INTERVALS["sequence"])}
    assert Sequence.model_fields["horizon"].default == known["horizon"]
    assert not [one for kind in kinds[:-1] for one in fields(INTERVALS[kind])]


@pytest.mark.parametrize(
    "asked",
    [
        "{}",
        "{interval: {kind: sequence, horizon: 250}, level: 90%}",
        "{of: population, widen: [coverage, age], range: [-3, 4.5]}",
    ],
)
def test_what_is_written_back_means_the_same(asked):
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", APART)
    plan = plan_of(f"{text}confidence: {asked}\n")
    assert plan_of(resolved_yaml(plan)) == plan


def advice_on(tmp_path, text) -> str:
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    return "\n".join(map(str, load_scenario(file).advice()))


def test_confidence_is_said_in_short_or_not_at_all():
    """As `dependence: covariance` is."""
    short = plan_of(GOOD + "confidence: hartung_knapp\n").confidence
    assert short == plan_of(GOOD + "confidence: {interval: hartung_knapp}\n").confidence
    for off in ("none", "null"):
        assert plan_of(GOOD + f"confidence: {off}\n").confidence is None


def test_what_stands_beside_a_changing_tree_is_told_once():
    blocks = "evolution: {}\nconfidence: {}\nbaseline: {dependence: covariance, quantiles: kll}\n"
    told = [one for one in mistakes_in(GOOD + blocks) if "beside `evolution`" in one]
    for key in ("confidence", "baseline.dependence", "baseline.quantiles"):
        assert len([one for one in told if f" {key}: cannot stand beside" in one]) == 1
    assert len(told) == 3


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("{range: [-4, 4]}", "confidence.range: no interval is widened by it"),
        ("{widen: coverage, range: [3, 4]}", "agents are around 0, and 3 to 4 leaves that out"),
        ("dersimonian_laird", "needs 10 children or more, and there are"),
    ],
)
def test_what_cannot_do_what_it_is_for_is_told(asked, told, tmp_path):
    assert told in advice_on(tmp_path, f"{GOOD}confidence: {asked}\n")


@pytest.mark.parametrize("asked", ["{widen: coverage, range: [-4, 4]}", "{}", "hartung_knapp"])
def test_a_range_that_is_used_and_methods_for_few_children_are_left_in_peace(asked, tmp_path):
    assert "confidence" not in advice_on(tmp_path, f"{MANY}confidence: {asked}\n")


@pytest.mark.parametrize(("apart", "is_told"), [(5.3, False), (5.5, True), (900, True)])
def test_levels_that_are_off_the_scale_are_told_with_or_without_intervals(apart, is_told, tmp_path):
    """Three standard deviations of 16 / 3 = 5.33 reach to where values are clipped."""
    text = GOOD.replace(
        "agents: {count: 1000, features: 8, rate: 10Hz}", APART.replace("0.2", str(apart))
    )
    told = advice_on(tmp_path, text)
    assert ("groups.regions: " in told and "of levels are beyond 16 scales" in told) == is_told


def test_the_advice_on_few_children_is_that_of_the_diagnosis():
    assert advice.FEW_CHILDREN == diagnosis.FEW_CHILDREN


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("{}", "confidence: clustered takes agents for alike, and here their groups differ"),
        ("{widen: age}", "`of: population` is where age matters"),
    ],
)
def test_what_the_scenario_itself_contradicts_is_told(asked, told, tmp_path):
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", APART)
    assert told.partition(": ")[2] in advice_on(tmp_path, f"{text}confidence: {asked}\n")


def test_a_season_that_all_share_moves_what_a_sequence_is_about(tmp_path):
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", SWUNG)
    assert "a common season moves it" in advice_on(
        tmp_path, text + "confidence: {interval: sequence}"
    )
    assert "season" not in advice_on(
        tmp_path, text + "confidence: {interval: sequence, widen: age}"
    )


def test_noise_that_agents_share_is_told(tmp_path):
    text = GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", SHARED)
    assert "clustered takes agents for independent" in advice_on(tmp_path, text + "confidence: {}")


def test_intervals_that_suit_their_scenario_are_left_in_peace(tmp_path):
    text = GOOD.replace(
        "agents: {count: 1000, features: 8, rate: 10Hz}",
        APART.replace("features: 8", "features: 1900"),
    )
    asked = "{interval: hartung_knapp}"
    assert "confidence" not in advice_on(tmp_path, f"{text}confidence: {asked}\n")


@pytest.mark.parametrize("page", ["guide.md", "confidence.md"])
def test_the_example_of_a_page_is_a_good_scenario(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition("## Intervals\n") if page == "guide.md" else ("", "", text)
    example = rest.partition("```yaml\n")[2].partition("```")[0]
    lines = (
        GOOD
        if "agents:" not in example
        else "\n".join(line for line in GOOD.splitlines() if not line.startswith("agents:"))
    )
    assert "confidence:" in example
    assert mistakes_in(f"{lines}\n{example}") == []


def test_every_key_and_every_assumption_is_told():
    page = (ROOT / "docs" / "confidence.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)", page))
    assert set(Confidence.model_fields) <= told | {"level"}
    assert set(INTERVALS) <= told
    assert set(ASSUMPTIONS) <= told


@pytest.mark.parametrize(
    ("features", "asked", "told"),
    [
        (
            8,
            "{}",
            "8 features and 1 replication tell what the root's intervals cover to within 15 %",
        ),
        (8, "{}", "1,900 features x replications tell it to within 1 %"),
        (1899, "{}", "to within 1 %, 1,900 features"),
        (1900, "{}", None),
        (1899, "{level: 99%}", None),
        (8, "sequence", None),
        (315, "{of: population}", "317 features x replications"),
        (317, "{of: population}", None),
    ],
)
def test_too_few_features_to_see_one_per_cent_are_told(features, asked, told, tmp_path):
    """Two standard errors of 1 %: 4 * 0.95 * 0.05 / 0.01^2 intervals; here of six panes of 10 s."""
    text = GOOD.replace("features: 8", f"features: {features}")
    found = advice_on(tmp_path, f"{text}confidence: {asked}\n")
    if told is None:
        assert "features x replications" not in found
    else:
        assert told in found


def test_what_can_be_seen_is_by_the_tolerance_and_errors_of_the_measure():
    assert (advice.TOLERANCE, advice.ERRORS) == (confidence.TOLERANCE, confidence.ERRORS)
