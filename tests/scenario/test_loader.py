"""From a file to a plan, whatever is in the file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import load_scenario
from tests.scenario.texts import GOOD, mistakes_in

WORDS = st.sampled_from(
    [
        *GOOD.split(),
        "\n",
        " ",
        "faults:",
        "- ",
        "{",
        "}",
        "kind: crash",
        "at: 1s",
        "&a",
        "*a",
        ".nan",
    ]
)


def test_a_file_keeps_its_text_and_its_folder(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(GOOD)
    scenario = load_scenario(file)
    assert (scenario.text, scenario.path) == (GOOD, str(file))
    assert scenario.plan.directory == str(tmp_path)


def test_a_seed_of_the_call_replaces_that_of_the_file(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(GOOD + "seed: 5\n")
    assert load_scenario(file, seed=7).plan.seed == 7


def test_paths_start_at_the_folder_of_the_file(tmp_path):
    (tmp_path / "rtt.csv").write_text(",a,b\na,0,3\nb,3,0\n")
    file = tmp_path / "s.yaml"
    topology = "topology: {kind: rtt_csv, path: rtt.csv}"
    file.write_text(GOOD.replace("topology: {kind: topohub, name: topozoo/Abilene}", topology))
    assert load_scenario(file).plan.topology.source.options["path"] == "rtt.csv"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: \x80"])
def test_a_file_that_is_not_text_is_refused(tmp_path, content):
    file = tmp_path / "s.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError, match="is not UTF-8 text"):
        load_scenario(file)


@pytest.mark.parametrize("name", ["absent.yaml", ".", "nul\0byte"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(f"{tmp_path}/{name}")


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_scenario(file).plan.name == "good"


def test_the_words_null_alone_are_no_scenario():
    assert mistakes_in("~") == ["scenario.yaml:1:1: the file is empty"]


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_is_a_scenario_or_refused(text):
    assert mistakes_in(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_mixture_of_words_is_a_scenario_or_refused(text):
    assert isinstance(mistakes_in(text), list)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(GOOD.splitlines()[1:]), st.text(alphabet="{}[],:-1s%az \n#&*!'\""))
def test_any_end_of_a_line_is_a_scenario_or_refused(line, end):
    assert isinstance(mistakes_in(GOOD.replace(line, line + end)), list)
