import os
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor

import pytest

from sim.campaign.executors import processes, replicate
from sim.errors import WorkerError


def square(number):
    return number * number


def fail_at_two(number):
    if number == 2:
        raise ValueError("replication 2")
    return number


def test_replications_come_in_their_order_without_an_executor():
    assert list(replicate(square, 4)) == [0, 1, 4, 9]


def test_any_executor_gives_the_same_results_in_the_same_order():
    with ThreadPoolExecutor(3) as executor:
        assert list(replicate(square, 50, executor)) == list(replicate(square, 50))


def test_the_first_error_is_raised():
    with ThreadPoolExecutor(2) as executor, pytest.raises(ValueError, match="replication 2"):
        list(replicate(fail_at_two, 5, executor))


def break_at_two(number):
    if number == 2:
        raise BrokenExecutor("a process ended abruptly")
    return number


def test_what_was_done_before_a_worker_died_is_given_first():
    with ThreadPoolExecutor(1) as executor:
        done = replicate(break_at_two, 5, executor)
        assert [next(done), next(done)] == [0, 1]
        with pytest.raises(WorkerError, match="it was killed"):
            next(done)


def test_one_worker_is_this_process():
    with processes(1) as executor:
        assert executor is None


def process_id(_number):
    return os.getpid()


@pytest.mark.slow
def test_several_workers_are_other_processes():
    with processes(2) as executor:
        assert os.getpid() not in set(replicate(process_id, 4, executor))
