"""A real dask cluster on the loopback: one scheduler, two worker processes, no dashboard."""

import os
import signal
import socket
import sys

import pytest

from sim.campaign.cluster import workers_of
from sim.campaign.executors import spread
from sim.campaign.replications import run_scenario
from sim.campaign.sweep import How, run_sweep
from sim.errors import InputError, WorkerError
from sim.scenario import load_scenario
from tests.small import SMALL, only_what_counts

SWEEP = "sweep: {topology.loss: [0%, 20%]}\n"


@pytest.fixture(scope="module")
def cluster():
    """Address of a scheduler with two workers; dask's own warnings are not ours to mend."""
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    patience = dask.config.set({"distributed.scheduler.allowed-failures": 1})
    with (
        patience,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            scheduler_port=0,
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as found,
    ):
        yield found.scheduler_address


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL + SWEEP)
    return load_scenario(tmp_path / "small.yaml")


def die_once(marked):
    """Kills its worker the first time that it is asked for unit 2."""
    folder, number = marked
    marker = folder / "killed"
    if number == 2 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def fingerprints(outcome):
    return [result.fingerprints for result in outcome.results]


@pytest.mark.slow
def test_a_sweep_comes_out_the_same_here_and_on_two_workers_of_a_cluster(
    cluster, scenario, tmp_path
):
    here = run_sweep(scenario, how=How(tmp_path / "here"))
    there = run_sweep(scenario, how=How(tmp_path / "there", cluster=cluster))
    assert [result.verdict for result in there.results] == ["pass"] * 2
    assert fingerprints(there) == fingerprints(here)
    assert len({one for cell in fingerprints(here) for one in cell}) == 4


@pytest.mark.slow
def test_a_run_comes_out_the_same_on_a_cluster(cluster, scenario, tmp_path):
    here = run_scenario(scenario, tmp_path / "here")
    there = run_scenario(scenario, tmp_path / "there", cluster=cluster)
    assert there.fingerprints == here.fingerprints


@pytest.mark.slow
def test_a_killed_worker_of_a_cluster_is_survived(cluster, tmp_path):
    units = [(tmp_path, number) for number in range(5)]
    with workers_of(cluster) as workers:
        found = {unit[1]: future.result() for unit, future in spread(die_once, units, workers)}
    assert (tmp_path / "killed").exists()
    assert found == {number: number * number for number in range(5)}


@pytest.mark.slow
def test_work_that_kills_every_worker_of_a_cluster_is_given_up(cluster):
    with workers_of(cluster) as workers:
        ((_, future),) = spread(die, [0], workers)
    assert isinstance(future.exception(), WorkerError)


@pytest.mark.slow
def test_an_address_without_a_cluster_is_told_within_seconds(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("sim.campaign.cluster.PATIENCE_S", 0.2)
    with (
        pytest.raises(InputError, match=r"no cluster can be reached at tcp://127.0.0.1:9: "),
        workers_of("tcp://127.0.0.1:9"),
    ):
        pass


@pytest.mark.slow
def test_whatever_else_listens_there_is_not_waited_for(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("sim.campaign.cluster.PATIENCE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match=f"reached at {address}: "), workers_of(address):
            pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "problem"),
    [("farm", "missing port number"), ("http://127.0.0.1:8786", "unknown address scheme 'http'")],
)
def test_what_is_no_address_is_told_at_once(address, problem):
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match=f"at {address}: {problem}"), workers_of(address):
        pass


def test_a_cluster_without_the_library_is_a_mistake_of_the_call(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match="extra `cluster`"), workers_of("tcp://127.0.0.1:8786"):
        pass
