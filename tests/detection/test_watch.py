"""A watch: whose values it has, what it learns from, and when it has nothing to say.

Two agents with one feature; values born before 100 are learnt from, and an agent whose newest value
is more than 50 old has no score.
"""

import numpy as np
import pytest

from sim.detection.detectors import make_detector
from sim.detection.history import History
from sim.detection.normal import Learnt
from sim.detection.watch import Watch

BOTH = np.array([0, 1])


def watch_of(kind="z", **options):
    detector = make_detector(
        kind, options, agents=2, features=1, period_ns=10, groups=np.zeros(2, np.int64)
    )
    return Watch(detector, Learnt(History(2, 1), None), 2, learn_ns=100, bound_ns=50)


def take(watch, value, born_ns, known_ns=None, agents=BOTH):
    born = np.full(len(agents), float(born_ns))
    known = born if known_ns is None else np.full(len(agents), float(known_ns))
    watch.take(agents, np.full((len(agents), 1), float(value)), born, known)


def taught(kind="z", **options):
    """A watch that has learnt a mean of 1 and a deviation of 1."""
    watch = watch_of(kind, **options)
    for instant, value in enumerate((0, 1, 2), start=1):
        take(watch, value, instant)
    watch.freeze()
    return watch


def test_a_value_is_learnt_from_if_it_was_born_in_time_however_late_it_came():
    watch = watch_of()
    take(watch, 1, born_ns=99, known_ns=130)
    take(watch, 3, born_ns=100, known_ns=130)
    watch.freeze()
    baseline, _ = watch.normal.now()
    assert baseline.count.tolist() == [1, 1]
    assert baseline.mean.tolist() == [[1.0], [1.0]]


def test_nobody_has_a_score_before_learning_is_over():
    watch = watch_of()
    take(watch, 1, born_ns=1)
    take(watch, 2, born_ns=2)
    assert np.isnan(watch.scores(now_ns=2)).all()


def test_what_comes_after_learning_does_not_move_what_was_learnt():
    watch = taught()
    for instant in range(101, 110):
        take(watch, 4, instant)
    assert watch.scores(now_ns=110).tolist() == [3.0, 3.0]


@pytest.mark.parametrize(("now_ns", "is_heard"), [(170, True), (171, False)])
def test_an_agent_has_a_score_until_its_newest_value_is_older_than_the_bound(now_ns, is_heard):
    watch = taught()
    take(watch, 4, born_ns=120)
    assert (~np.isnan(watch.scores(now_ns))).tolist() == [is_heard, is_heard]


def test_an_aggregator_that_forgets_while_it_learns_begins_anew_with_these_agents():
    watch = watch_of()
    take(watch, 7, born_ns=10)
    watch.forget(np.array([0]))
    take(watch, 1, born_ns=20)
    watch.freeze()
    baseline, _ = watch.normal.now()
    assert baseline.count.tolist() == [1, 2]
    assert baseline.mean[0].tolist() == [1.0]


def test_an_aggregator_that_forgets_loses_levels_but_not_what_it_has_learnt():
    watch = taught("ewma_z", half_life_ns=1000)
    watch.forget(np.array([0]))
    assert np.isnan(watch.scores(now_ns=10)[0])
    take(watch, 4, born_ns=110)
    scores = watch.scores(now_ns=110)
    assert scores[0] == 3.0  # the first value since then is the level
    assert scores[1] < 1.0  # one value moves an old level by little
