"""What a trace says of its own rows, and how much an agent varies."""

import math

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.errors import InputError
from sim.workload import NORMAL, RECORDED, Synthetic, Trace, make_behaviour, read_recordings
from tests.data import shared_data

NS = 1_000_000_000
ROWS = np.arange(12.0).reshape(4, 3)


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(5).at(purpose, tick=tick)


def labels(behaviour, agents: int, tick: int, born_ns: float = 0.0) -> list[int]:
    out = np.full(agents, 99, np.int16)
    behaviour.label(tick, np.full(agents, born_ns), 0, out)
    return out.tolist()


def deviation_over_time(behaviour, agents: int, ticks: int, every_ns: float) -> float:
    """Of all features of all agents, each around its own mean."""
    out = np.empty((ticks, agents, behaviour.features))
    for tick in range(ticks):
        behaviour.fill(tick, np.full(agents, tick * every_ns), 0, out[tick])
    return float(out.std(axis=0, ddof=1).mean())


def test_nothing_is_wrong_with_synthetic_values():
    assert labels(Synthetic(3, 2, stream_at), 3, 0) == [NORMAL] * 3


def test_the_rows_of_a_trace_keep_their_labels_wherever_they_are_replayed():
    marks = [np.array([0, 1, 0, 0], bool), np.array([0, 0, 1, 0], bool)]
    replay = Trace(3, [ROWS, ROWS + 100], anomalous=marks)
    found = [labels(replay, 3, tick) for tick in range(5)]
    assert [row[0] for row in found] == [NORMAL, RECORDED, NORMAL, NORMAL, NORMAL]
    assert [row[1] for row in found] == [NORMAL, NORMAL, RECORDED, NORMAL, NORMAL]
    assert [row[2] for row in found] == [row[0] for row in found]


def test_the_label_is_that_of_the_value():
    marks = [np.array([0, 1, 1, 0, 1], bool)]
    replay = Trace(40, [np.arange(5.0)[:, None]], anomalous=marks, stream_at=stream_at)
    values = np.empty((40, 1))
    replay.fill(7, np.zeros(40), 0, values)
    expected = np.where(marks[0][values[:, 0].astype(int)], RECORDED, NORMAL)
    assert labels(replay, 40, 7) == expected.tolist()


def test_with_a_cadence_the_instant_decides_on_the_label():
    replay = Trace(1, [ROWS], anomalous=[np.array([0, 1, 0, 0], bool)], cadence_ns=60 * NS)
    found = [labels(replay, 1, 9, seconds * NS) for seconds in (59.9, 60, 120)]
    assert found == [[NORMAL], [RECORDED], [NORMAL]]


def test_the_deviation_of_an_agent_joins_noise_drift_and_season():
    """The season and the drift are fast here, so that 200 reports see all of them.

    The standard deviation of a standard deviation of 50 x 2 x 200 values that remember 10 reports
    is about 1 / sqrt(2 x 2000) of it.
    """
    drift = {"sd": 1.0, "tau_ns": 5 * NS, "every_ns": NS}
    season = {"amplitude": 2.0, "period_ns": 20.5 * NS}
    agent = Synthetic(50, 2, stream_at, noise=0.5, drift=drift, season=season)
    assert np.allclose(agent.deviation(), math.sqrt(0.25 + 1 + 2))
    found = deviation_over_time(agent, 50, 200, NS)
    assert abs(found / agent.deviation()[0] - 1) <= 4 / math.sqrt(4000)


def test_differences_between_agents_are_not_in_the_deviation():
    assert Synthetic(5, 2, stream_at, spread=9.0, noise=0.5).deviation().tolist() == [0.5, 0.5]


def test_the_deviation_of_a_trace_is_that_within_traces():
    replay = Trace(4, [np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[100.0, 7.0], [106.0, 7.0]])])
    assert replay.deviation().tolist() == [(1 + 3) / 2, 0.0]


def test_a_constant_column_has_no_deviation_at_all():
    assert Trace(1, [np.full((1000, 1), 0.1)]).deviation().tolist() == [0.0]


def test_arrays_are_played_one_after_the_other_with_labels_for_the_last(tmp_path):
    np.savez(tmp_path / "a.npz", train=ROWS, test=ROWS + 50, label=np.array([0, 1, 1, 0]))
    (found,) = read_recordings(str(tmp_path / "a.npz"), array=["train", "test"], labels="label")
    assert np.array_equal(found.values, np.concatenate([ROWS, ROWS + 50]))
    assert found.anomalous.tolist() == [False] * 5 + [True, True, False]


@pytest.mark.parametrize("array", ["test", "*_test"])
def test_one_archive_may_hold_many_entities(tmp_path, array):
    arrays = {"web_test": ROWS, "db_test": ROWS + 9, "db_label": [1, 0, 0, 0], "web_label": [0] * 4}
    np.savez(tmp_path / "all.npz", **arrays)
    found = read_recordings(str(tmp_path / "all.npz"), array=array, labels="label")
    assert [recording.values[0, 0] for recording in found] == [9, 0]
    assert [recording.anomalous.sum() for recording in found] == [1, 0]


def test_an_array_that_is_called_so_goes_before_those_that_end_so(tmp_path):
    np.savez(tmp_path / "a.npz", test=ROWS, old_test=ROWS)
    assert len(read_recordings(str(tmp_path / "a.npz"), array="test")) == 1


@pytest.mark.parametrize("labels", ["bad", 2])
def test_the_labels_of_a_table_are_a_column_which_is_no_feature(tmp_path, labels):
    (tmp_path / "a.csv").write_text("load,bad,disk\n1,0,2\n3,1,4\n", encoding="utf-8")
    (found,) = read_recordings(str(tmp_path / "a.csv"), labels=labels)
    assert found.values.tolist() == [[1, 2], [3, 4]]
    assert found.anomalous.tolist() == [False, True]


def test_without_labels_nothing_is_anomalous(tmp_path):
    (tmp_path / "a.csv").write_text("1\n2\n", encoding="utf-8")
    assert not read_recordings(str(tmp_path / "a.csv"))[0].anomalous.any()


@pytest.mark.parametrize(
    ("arrays", "wanted", "problem"),
    [
        ({"test": ROWS}, {"labels": "label"}, "a.npz: has no array 'label', only test"),
        (
            {"test": ROWS, "label": [0, 1]},
            {"labels": "label"},
            "a.npz[label]: has the shape (2,), but {}a.npz[test] has 4 rows",
        ),
        (
            {"test": ROWS, "label": [0, 1, 2, 0]},
            {"labels": "label"},
            "a.npz[test]: row 3: the label is 2, not 0 or 1",
        ),
        (
            {"a_test": ROWS, "b_test": ROWS, "a_label": [0] * 4},
            {"labels": "label"},
            "a.npz: has no array 'label' of 'b', only a_label",
        ),
        (
            {"a_test": ROWS, "b_test": ROWS, "b_train": ROWS},
            {"array": ["*_train", "*_test"]},
            "a.npz: has no array '*_train' of 'a', only b_train",
        ),
        (
            {"train": ROWS[:, :2], "test": ROWS},
            {"array": ["train", "test"]},
            "a.npz[test]: has 3 columns, but {}a.npz[train] has 2",
        ),
    ],
)
def test_arrays_that_do_not_go_together_are_refused(tmp_path, arrays, wanted, problem):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(InputError) as error:
        read_recordings(str(tmp_path / "a.npz"), **wanted)
    assert problem.format(f"{tmp_path}/") in str(error.value)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"labels": "bad"}, "has no column 'bad' among its 2 (load, down)"),
        ({"labels": "down"}, "a.csv: row 3: the label is 7, not 0 or 1"),
        ({"labels": "down", "columns": ["down"]}, "the column of labels, 'down', is no feature"),
    ],
)
def test_labels_that_a_table_does_not_have_are_refused(tmp_path, wanted, problem):
    (tmp_path / "a.csv").write_text("load,down\n1,0\n2,7\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_recordings(str(tmp_path / "a.csv"), **wanted)
    assert problem in str(error.value)


def test_a_row_without_a_label_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("load,down\n1,0\n2,\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 3: the label is nan, not 0 or 1"):
        read_recordings(str(tmp_path / "a.csv"), labels="down")


def test_a_behaviour_replays_the_labels_that_the_scenario_asks_for(tmp_path):
    np.savez(tmp_path / "a.npz", train=ROWS, test=ROWS, label=np.array([1, 0, 0, 0]))
    options = {"path": ("a.npz",), "array": ("train", "test"), "labels": "label", "shift": "none"}
    common = {"agents": 1, "stream_at": stream_at, "directory": str(tmp_path)}
    replay = make_behaviour("trace", options, features=3, **common)
    assert [labels(replay, 1, tick) for tick in (0, 3, 4)] == [[NORMAL], [NORMAL], [RECORDED]]


@pytest.mark.data
def test_the_labels_of_a_recorded_server_are_those_of_its_data_card():
    file = str(shared_data("smd/machine-1-2.npz"))
    (found,) = read_recordings(file, array=["train", "test"], labels="label")
    assert not found.anomalous[:23694].any()
    assert round(found.anomalous[23694:].mean(), 4) == 0.0229


@pytest.mark.data
def test_the_labels_of_eight_application_servers_come_out_of_one_archive():
    found = read_recordings(str(shared_data("asd/asd.npz")), array="*_test", labels="*_label")
    rates = [round(float(recording.anomalous.mean()), 4) for recording in found]
    assert rates == [0.1021, 0.0579, 0.0127, 0.0350, 0.0171, 0.0458, 0.0435, 0.0688]
