"""``sim new`` and ``sim schema`` help to write a scenario."""

import json

from sim.cli.exits import Exit
from sim.scenario import json_schema


def test_a_new_scenario_is_good(sim):
    assert sim("new", "mine.yaml") == (Exit.GOOD, "mine.yaml\n", "next: sim explain mine.yaml\n")
    assert sim("validate", "mine.yaml").code == Exit.GOOD


def test_a_file_is_never_overwritten(sim, folder):
    before = (folder / "good.yaml").read_text()
    result = sim("new", "good.yaml")
    assert result.code == Exit.WRONG_CALL
    assert result.err == "good.yaml: is there already, and is not overwritten\n"
    assert (folder / "good.yaml").read_text() == before


def test_a_folder_that_is_not_there_is_told(sim):
    result = sim("new", "nowhere/mine.yaml")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert result.err == "nowhere/mine.yaml: cannot be written: No such file or directory\n"


def test_the_schema_is_printed_as_json(sim):
    assert json.loads(sim("schema").out) == json_schema()
