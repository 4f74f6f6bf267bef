"""Work spread over workers: every unit once, in order, and whoever dies is told apart."""

import os
import signal
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from threading import Timer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.campaign.executors import replicate, spread
from sim.campaign.workers import Workers, processes
from sim.errors import WorkerError


def square(number):
    return number * number


def fail_at_two(number):
    if number == 2:
        raise ValueError("replication 2")
    return number


class Fragile(Executor):
    """Runs what it is given when the last of `room` units comes in; a killer takes all with it.

    `lives` says how often each unit still kills; what was given before a break is lost with it.
    """

    def __init__(self, lives, broken=False):
        self.lives = lives
        self.broken = broken

    def submit(self, work, unit):
        if self.broken:
            raise BrokenExecutor("a process ended abruptly")
        future = Future()
        if self.lives.get(unit, 0):
            self.lives[unit] -= 1
            self.broken = True
            future.set_exception(BrokenExecutor("a process ended abruptly"))
        else:
            future.set_result(work(unit))
        return future


def fragile(lives, hands=3):
    return Workers(Fragile(lives), hands, renewed=lambda: Fragile(lives))


def outcomes(units, workers):
    """Result of each unit, or the name of its error, in the order of units."""
    found = {}
    for unit, future in spread(square, units, workers):
        assert unit not in found
        error = future.exception()
        found[unit] = future.result() if error is None else type(error).__name__
    return [found[unit] for unit in units]


def test_replications_come_in_their_order_without_workers():
    assert list(replicate(square, 4)) == [0, 1, 4, 9]


def test_any_executor_gives_the_same_results_in_the_same_order():
    with ThreadPoolExecutor(3) as executor:
        assert list(replicate(square, 50, Workers(executor, 3))) == list(replicate(square, 50))


@pytest.mark.parametrize("hands", [None, 2])
def test_the_first_error_is_raised_after_what_came_before_it(hands):
    with ThreadPoolExecutor(2) as executor:
        done = replicate(fail_at_two, 5, None if hands is None else Workers(executor, hands))
        assert [next(done), next(done)] == [0, 1]
        with pytest.raises(ValueError, match="replication 2"):
            next(done)


def test_an_error_of_one_unit_is_its_own():
    found = {unit: future.exception() for unit, future in spread(fail_at_two, range(5))}
    assert [unit for unit, error in found.items() if error] == [2]


def test_units_are_taken_only_as_there_is_room():
    taken = []
    units = (taken.append(unit) or unit for unit in range(9))
    with ThreadPoolExecutor(2) as executor:
        next(spread(square, units, Workers(executor, hands=2, ahead=1)))
    assert len(taken) == 3


def test_a_worker_that_is_killed_once_costs_nothing():
    assert outcomes(range(7), fragile({2: 1})) == [square(unit) for unit in range(7)]


def test_a_unit_that_kills_every_worker_is_given_up_and_no_other():
    expected = [square(unit) for unit in range(7)]
    expected[4] = "WorkerError"
    assert outcomes(range(7), fragile({4: 99})) == expected


@given(
    st.integers(1, 4),
    st.dictionaries(st.integers(0, 11), st.integers(1, 3), max_size=6),
)
def test_who_kills_thrice_is_given_up_and_who_kills_once_never_is(hands, lives):
    """Two deaths must be while it is alone: in company it may have been somebody else."""
    found = outcomes(range(12), fragile(dict(lives), hands))
    for unit, outcome in enumerate(found):
        if lives.get(unit, 0) != 2:
            assert outcome == ("WorkerError" if lives.get(unit) == 3 else square(unit))


def test_a_pool_that_breaks_bit_by_bit_is_replaced_once():
    pools = []

    class Slow(Executor):
        """The first pool loses what it has one after the other, later ones work."""

        def submit(self, work, unit):
            future = Future()
            if len(pools) > 1:
                future.set_result(work(unit))
            else:
                Timer(0.05 * unit, future.set_exception, [BrokenExecutor("gone")]).start()
            return future

    def renewed():
        pools.append(Slow())
        return pools[-1]

    assert outcomes(range(4), Workers(renewed(), 2, renewed=renewed)) == [0, 1, 4, 9]
    assert len(pools) == 2


def test_workers_that_were_killed_while_idle_are_replaced():
    workers = Workers(Fragile({}, broken=True), 2, renewed=lambda: Fragile({}))
    assert outcomes(range(3), workers) == [0, 1, 4]


def test_workers_that_nobody_can_replace_end_every_unit():
    workers = Workers(Fragile({}, broken=True), 2)
    assert outcomes(range(3), workers) == ["WorkerError"] * 3


def test_work_that_the_executor_dropped_ends_everything():
    class Gone(Executor):
        def submit(self, work, unit):
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(WorkerError, match="connection to them is lost"):
        list(spread(square, range(3), Workers(Gone(), 2)))


def test_one_worker_is_this_process():
    with processes(1) as workers:
        assert workers is None


def die_or_square(marked):
    """Kills its process the first time; 3 kills it every time."""
    folder, number = marked
    if number in (1, 3):
        marker = folder / str(number)
        if number == 3 or not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return number * number, os.getpid()


@pytest.mark.slow
def test_killed_processes_are_survived(tmp_path):
    units = [(tmp_path, number) for number in range(5)]
    with processes(2) as workers:
        found = {unit[1]: future for unit, future in spread(die_or_square, units, workers)}
    given_up = found[3].exception()
    assert isinstance(given_up, WorkerError)
    assert str(given_up).startswith("a worker ended before its work was done, more than once")
    answers = [found[number].result() for number in (0, 1, 2, 4)]
    assert [answer for answer, _ in answers] == [0, 1, 4, 16]
    assert os.getpid() not in {process for _, process in answers}
