"""One contract for all injected anomalies: exact labels, and nobody else moves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.scenario import catalogue
from sim.workload import ANOMALIES
from tests.reference.anomalies import OBVIOUS
from tests.workload.anomalies.setting import (
    AGENTS,
    FEATURES,
    NS,
    OPTIONS,
    PERIOD_NS,
    background,
    born_ns,
    injected,
    injection,
    labels,
    measured,
    stream_at,
)

each_kind = pytest.mark.parametrize("kind", sorted(ANOMALIES))
TICKS = 20


def test_the_catalogue_lists_exactly_what_exists():
    assert sorted(ANOMALIES) == list(catalogue.ANOMALIES)


@each_kind
def test_agents_without_an_anomaly_measure_what_they_always_did(kind):
    plain, wrong = measured(background()), measured(injected(injection(kind)))
    others = np.delete(np.arange(AGENTS), [3, 4, 17])
    assert np.array_equal(plain[:, others], wrong[:, others])


@each_kind
def test_before_and_after_its_anomaly_an_agent_measures_what_it_always_did(kind):
    plain, wrong = measured(background()), measured(injected(injection(kind)))
    normal = labels(injected(injection(kind))) == 0
    assert np.array_equal(plain[normal], wrong[normal])


@each_kind
def test_during_its_anomaly_an_agent_reports_something_else(kind):
    plain, wrong = measured(background()), measured(injected(injection(kind)))
    during = labels(injected(injection(kind))) == 1
    assert np.all(np.any(plain[during] != wrong[during], axis=1))


@each_kind
def test_labels_are_those_of_values_born_from_the_begin_to_before_the_end(kind):
    one = injection(kind, at_s=0.6, until_s=1.609)
    expected = [
        [int(agent in (3, 4, 17) and 0.6 * NS <= born < 1.609 * NS) for agent, born in enumerate(t)]
        for t in map(born_ns, range(TICKS))
    ]
    assert labels(injected(one)).tolist() == expected


@each_kind
def test_labels_do_not_depend_on_the_cut_into_blocks(kind):
    behaviour = injected(injection(kind))
    assert np.array_equal(labels(behaviour), labels(behaviour, cuts=(1, 4, 18)))


@each_kind
def test_each_agent_has_an_onset_of_its_own(kind):
    one = injection(kind)
    one.begin_ns[4] = 1.0 * NS
    found = labels(injected(one))
    assert [int(np.argmax(found[:, agent])) for agent in (3, 4, 17)] == [6, 10, 6]


@each_kind
def test_values_do_not_depend_on_how_many_agents_follow(kind):
    few = measured(injected(injection(kind, agents=20), agents=20), agents=20)
    assert np.array_equal(few, measured(injected(injection(kind)))[:, :20])


@each_kind
def test_values_do_not_depend_on_who_else_is_hit(kind):
    alone = measured(injected(injection(kind, who=[17])))
    together = measured(injected(injection(kind, who=[3, 4, 17, 20])))
    assert np.array_equal(alone[:, 17], together[:, 17])


@each_kind
def test_an_anomaly_of_nobody_costs_nothing(kind):
    assert type(injected(injection(kind, who=[]))).__name__ == "Synthetic"


@each_kind
def test_a_feature_that_the_behaviour_does_not_have_is_refused(kind):
    with pytest.raises(InputError, match=r"anomalies\[0\]: there is no feature 4, they are 1 to 3"):
        injected(injection(kind, features=(1, 4)))


@pytest.mark.parametrize("kind", sorted(set(ANOMALIES) - {"impersonate"}))
def test_features_that_are_not_chosen_stay_as_they_are(kind):
    plain = measured(background())
    wrong = measured(injected(injection(kind, features=(2,))))
    assert np.array_equal(plain[..., [0, 2]], wrong[..., [0, 2]])
    assert not np.array_equal(plain[..., 1], wrong[..., 1])


@st.composite
def cuts(draw: st.DrawFn, end: int) -> tuple[int, ...]:
    return tuple(sorted(draw(st.sets(st.integers(1, end - 1), max_size=4))))


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(sorted(ANOMALIES)),
    who=st.sets(st.integers(0, AGENTS - 1), min_size=1).filter(lambda who: who != {0}),
    at=st.integers(0, 15),
    lasting=st.integers(1, 10),
    blocks=cuts(AGENTS),
    steps=cuts(TICKS),
)
def test_every_kind_does_what_its_obvious_version_does(kind, who, at, lasting, blocks, steps):
    until = at + lasting
    one = injection(kind, who=sorted(who), at_s=at / 10, until_s=until / 10)
    found = measured(injected(one), TICKS, blocks, steps)
    assert np.allclose(found, obvious(one, measured(background(), TICKS)), rtol=0, atol=1e-12)


def obvious(one, truth: np.ndarray) -> np.ndarray:
    """The whole table, one report after another."""
    out = truth.copy()
    for tick in range(TICKS):
        for agent in np.flatnonzero(one.agents):
            born, begin = born_ns(tick)[agent], one.begin_ns[agent]
            if begin <= born < one.end_ns:
                options = one.options | {
                    "deviation": background().deviation(),
                    "onset": int(np.ceil((begin - born_ns(0)[agent]) / PERIOD_NS)),
                    "uniform": stream_at("anomaly 1 victims", 0).random(AGENTS),
                    "delays": delays,
                }
                done = (born - begin) / (one.end_ns - begin)
                out[tick, agent] = OBVIOUS[one.kind](truth, tick, agent, done, options)
    return out


def delays(agent: int) -> np.ndarray:
    kept = OPTIONS["decorrelate"]["reports"]
    return stream_at("anomaly 1 delays", int(agent)).permutation(kept)[:FEATURES]


def test_where_two_anomalies_overlap_the_later_one_works_on_the_earlier():
    both = injected(
        injection("shift", at_s=0.6, until_s=1.6, number=1),
        injection("freeze", at_s=1.0, until_s=2.0, number=2),
    )
    found, shifted = measured(both)[:, 3], measured(injected(injection("shift")))[:, 3]
    assert np.array_equal(found[10:], np.tile(shifted[9], (10, 1)))


def test_where_two_anomalies_overlap_the_label_is_that_of_the_later_one_in_the_file():
    both = injected(
        injection("freeze", at_s=1.0, until_s=2.0, number=1),
        injection("shift", at_s=0.6, until_s=1.2, number=2),
    )
    assert labels(both)[5:14, 3].tolist() == [0, 2, 2, 2, 2, 2, 2, 1, 1]
