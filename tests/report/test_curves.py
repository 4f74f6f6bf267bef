"""A sweep becomes lines: nothing is lost, nothing invented, and numbers stand where they belong."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ResultsError
from sim.report.sweeps.curves import axis_of, curves, read_cells
from tests.report.swept import LOSS, falling, swept

HEADER = "topology.loss,detection.decide,run,verdict,metric,value,unit,n,low,high,censored\n"


def lines_of(found):
    return {
        line.label: [cell and cell.values["detection.recall"].value for cell in line.cells]
        for line in found.lines
    }


@pytest.mark.parametrize(
    ("texts", "ordered", "places"),
    [
        (["10%", "0%", "1%"], ("0%", "1%", "10%"), (0, 1, 10)),
        (["1.5s", "200ms"], ("200ms", "1.5s"), (0.2, 1.5)),
        (["0", "2sd"], ("0", "2sd"), (0, 2)),
        (["1e-3", "-2"], ("-2", "1e-3"), (-2, 0.001)),
        (["10Hz", "2Hz"], ("2Hz", "10Hz"), (2, 10)),
    ],
)
def test_numbers_stand_at_their_places_and_in_their_order(texts, ordered, places):
    axis = axis_of("x", texts)
    assert (axis.is_numeric, axis.texts, axis.places) == (True, ordered, places)


@pytest.mark.parametrize("texts", [["own", "local"], ["10Hz", "1s"], ["none", "5%"], ["{a: 1}"]])
def test_what_is_no_number_stands_in_the_order_of_the_file(texts):
    axis = axis_of("x", texts)
    assert (axis.is_numeric, axis.texts) == (False, tuple(texts))


def test_the_first_parameter_with_several_numbers_is_along_x():
    grid = {"seed": ["1"], "detection.decide": ["local", "root"], "topology.loss": ["0%", "9%"]}
    found = curves(swept(grid, lambda *_: 0.5))
    assert (found.axis.path, found.others) == ("topology.loss", ("detection.decide",))


def test_another_parameter_can_be_asked_for():
    assert curves(swept(LOSS, falling), "detection.decide").others == ("topology.loss",)


def test_a_parameter_that_is_not_swept_is_refused():
    with pytest.raises(ResultsError, match="'seed' is not swept, only topology"):
        curves(swept(LOSS, falling), "seed")


def test_a_line_holds_the_cells_that_differ_in_x_alone():
    assert lines_of(curves(swept(LOSS, falling))) == {
        "local": [0.9, 0.9, 0.9],
        "root": [0.9, 0.8, 0.4],
    }


def test_a_cell_that_is_not_there_is_a_gap():
    cells = [cell for cell in swept(LOSS, falling) if cell.settings["topology.loss"] != "10%"]
    cells += [cell for cell in swept(LOSS, falling) if "local" in cell.settings.values()][1:2]
    assert lines_of(curves(cells))["root"] == [0.9, None, 0.4]


TEXTS = st.lists(st.sampled_from(["0", "1", "2", "a", "b", "1%"]), min_size=1, unique=True)


@given(st.dictionaries(st.sampled_from(["p", "q", "r"]), TEXTS, min_size=1))
def test_every_cell_is_on_one_line_and_at_one_place(grid):
    cells = swept(grid, lambda *_: 0.5)
    found = curves(cells)
    assert sorted(map(id, found.cells)) == sorted(map(id, cells))
    for line in found.lines:
        for text, cell in zip(found.axis.texts, line.cells, strict=True):
            assert cell.settings[found.axis.path] == text


def test_a_table_of_a_sweep_is_read(tmp_path):
    file = tmp_path / "sweep.csv"
    file.write_text(
        HEADER
        + "1%,root,abc,pass,detection.recall,0.9,share,5,0.8,1.0,0\n"
        + "1%,root,abc,pass,detection.delay.median,inf,s,5,,,2\n"
    )
    (cell,) = read_cells(file)
    assert cell.settings == {"topology.loss": "1%", "detection.decide": "root"}
    assert (cell.values["detection.recall"].low, cell.values["detection.recall"].n) == (0.8, 5)
    delay = cell.values["detection.delay.median"]
    assert (delay.value, math.isnan(delay.low), delay.censored) == (math.inf, True, 2)


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", HEADER, HEADER + "1%,root,abc,pass,recall,much,share,5,,,0\n"]
)
def test_what_is_no_table_of_a_sweep_is_refused(tmp_path, text):
    file = tmp_path / "sweep.csv"
    file.write_text(text)
    with pytest.raises(ResultsError, match="is no table of a sweep"):
        read_cells(file)


def test_where_there_is_no_sweep_the_way_to_one_is_told(tmp_path):
    with pytest.raises(ResultsError, match="is missing: `sim sweep` writes it"):
        read_cells(tmp_path / "sweep.csv")
