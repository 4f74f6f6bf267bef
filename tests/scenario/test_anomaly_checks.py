"""Anomalies of absent agents or features, after the end, or without effect are refused."""

import pytest

from sim.units import NS_PER_S
from tests.scenario.texts import GOOD, mistakes_in, plan_of


def with_anomaly(*anomalies: str) -> str:
    """The good scenario with anomalies, the first of them in line 7."""
    return GOOD + "anomalies:\n" + "".join(f"  - {{{one}}}\n" for one in anomalies)


@pytest.mark.parametrize(
    ("anomaly", "mistake"),
    [
        ("agents: 2%, kind: freeze, at: 60s", "7:32: anomalies[0].at: 1min is not before the end"),
        (
            "agents: 2%, kind: freeze, at: 9s, until: 9s",
            "7:40: anomalies[0].until: 9s is not after the start, 9s",
        ),
        (
            "agents: 2%, kind: freeze, at: 9s, until: 10s, for: 1s",
            "7:5: anomalies[0]: needs only one of `until` and `for`",
        ),
        ("agents: 2%, kind: freeze, at: 9s, for: 0s", "anomalies[0].for: must be more than 0: 0s"),
        (
            "agents: 2%, kind: freeze, at: 9s, for: 2s, jitter: 2s",
            "7:49: anomalies[0].jitter: an onset up to 2s late may miss the whole anomaly, which "
            "lasts 2s",
        ),
        (
            "agents: 2%, kind: freeze, at: 50s, jitter: 11s",
            "an onset up to 11s late may miss the whole anomaly, which lasts 10s",
        ),
        ("agents: 0.04%, kind: freeze, at: 1s", "agents[0]: selects none of 1000 agents"),
        ("agents: local-50, kind: freeze, at: 1s", "no local-50, they are local-0 to local-49"),
        ("agents: rest, kind: freeze, at: 1s", "'rest' stands only in the groups of a partition"),
        ("agents: 'site:Denvr', kind: zero, at: 1s", "no site 'Denvr', did you mean Denver?"),
        ("kind: zero, at: 1s", "anomalies[0].agents: is missing"),
        ("agents: all, kind: freze, at: 1s", "kind: unknown kind 'freze', did you mean freeze?"),
        ("agents: all, kind: shift, at: 1s", "anomalies[0].size: is missing"),
        (
            "agents: all, kind: shift, size: 3, at: 1s",
            "anomalies[0].size: must be a size such as 3sd or -0.5sd, not 3",
        ),
        ("agents: all, kind: ramp, size: 0sd, at: 1s", "size: must not be 0: 0sd"),
        ("agents: all, kind: scale, factor: -1, at: 1s", "factor: must be at least 0, not -1"),
        (
            "agents: all, kind: zero, features: [2, 9], at: 1s",
            "7:31: anomalies[0].features: there is no feature 9, they are 1 to 8",
        ),
        ("agents: all, kind: zero, features: 0, at: 1s", "must be 'all', or at least 1, not 0"),
        ("agents: all, kind: zero, features: [], at: 1s", "must have 1 or more entries"),
        ("agents: all, kind: zero, size: 3sd, at: 1s", "anomalies[0].size: unknown key"),
        (
            "agents: [agent-0, agent-0], kind: impersonate, at: 1s",
            "agent-0 has no agent before it that it could impersonate",
        ),
    ],
)
def test_an_anomaly_that_cannot_be_is_refused(anomaly, mistake):
    (found,) = mistakes_in(with_anomaly(anomaly))
    assert mistake in found


@pytest.mark.parametrize(
    "anomaly",
    [
        "agents: 2%, kind: shift, size: 3sd, at: 25s, for: 20s, jitter: 2s",
        "agents: [local-2, agent-7, region-1], kind: ramp, size: -0.5sd, at: 0s",
        "agents: 'site:Denver', kind: scale, factor: 0, at: 59s, until: 200s, features: 3",
        "agents: [agent-0, agent-1], kind: impersonate, at: 1s",
        "agents: all, kind: decorrelate, reports: 10, features: [1, 8], at: 1s",
    ],
)
def test_an_anomaly_of_what_exists_is_accepted(anomaly):
    assert mistakes_in(with_anomaly(anomaly)) == []


def test_all_mistakes_of_all_anomalies_come_at_once():
    found = mistakes_in(
        with_anomaly(
            "agents: local-99, kind: zero, features: 9, at: 1s",
            "agents: all, kind: shft, at: 1s",
            "agents: all, kind: zero, at: 2min",
        )
    )
    assert [line.split(": ")[1] for line in found] == [
        "anomalies[0].agents[0]",
        "anomalies[0].features",
        "anomalies[1].kind",
        "anomalies[2].at",
    ]


def test_a_single_feature_cannot_be_decorrelated():
    text = with_anomaly("agents: all, kind: decorrelate, at: 1s")
    (found,) = mistakes_in(text.replace("features: 8", "features: 1"))
    assert "anomalies[0]: one feature has no correlation to break" in found


@pytest.mark.parametrize(("drift", "mistakes"), [("none", 1), ("0.1", 0)])
def test_what_never_varies_cannot_be_shifted_by_deviations(drift, mistakes):
    behaviour = f"behaviour: {{kind: synthetic, noise: 0, drift: {drift}}}"
    text = with_anomaly("agents: all, kind: shift, size: 3sd, at: 1s")
    found = mistakes_in(text.replace("rate: 10Hz", behaviour))
    assert ["changes nothing" in line for line in found] == [True] * mistakes


def test_for_counts_from_the_begin_and_until_from_the_start_of_the_run():
    plan = plan_of(
        with_anomaly(
            "agents: all, kind: zero, at: 5s, for: 3s",
            "agents: all, kind: zero, at: 5s, until: 8s",
            "agents: all, kind: zero, at: 5s",
        )
    )
    ends = [anomaly.until_ns for anomaly in plan.anomalies]
    assert ends == [8 * NS_PER_S, 8 * NS_PER_S, None]


def test_the_options_of_an_anomaly_are_those_of_its_kind_alone():
    (anomaly,) = plan_of(with_anomaly("agents: 2%, kind: shift, size: 3sd, at: 1s")).anomalies
    assert (anomaly.agents, anomaly.jitter_ns, anomaly.path) == (("2%",), 0, "anomalies[0]")
    assert anomaly.options == {"size": 3.0, "features": "all"}
