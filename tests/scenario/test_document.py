"""Text becomes plain values with places, or mistakes with places."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.document import Place, parse_value, path_text, read_document


def test_values_are_those_of_yaml_1_2():
    text = "a: [1, -2, 0x1f, 1_000, 1.5, 1e3, true, null, ~, no, 10Hz, 2020-01-01, '7', 12:30:00]"
    expected = [1, -2, 31, 1000, 1.5, 1000.0, True, None, None, "no", "10Hz", "2020-01-01", "7"]
    assert read_document(text, "f").data == {"a": [*expected, "12:30:00"]}


def test_a_map_entry_stands_where_its_key_stands():
    document = read_document("a:\n  b: 1\n  c: [x, y]\n", "f")
    assert document.place(("a", "c")) == Place("f", 3, 3)
    assert document.place(("a", "c", 1)) == Place("f", 3, 10)


def test_what_was_never_written_stands_where_its_surroundings_do():
    document = read_document("a:\n  b: 1\n", "f")
    assert document.place(("a", "x", 3)) == Place("f", 1, 1)


def test_a_path_is_written_as_users_write_it():
    assert path_text(("faults", 0, "groups", 1)) == "faults[0].groups[1]"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "f:1:1: the file is empty, start from `sim new FILE`"),
        ("# only a remark\n", "f:1:1: the file is empty, start from `sim new FILE`"),
        ("a: 1\na: 2", "f:2:1: a: the key is there twice, it stands already in line 1"),
        ("a:\n\tb: 1", "f:2:1: is not YAML: a tab; YAML is indented with spaces"),
        ("a: b: c", "f:1:5: is not YAML: mapping values are not allowed here"),
        ("a: *b", "f:1:4: is not YAML: found undefined alias 'b'"),
        ("a: &x [*x]", "f:1:4: a[0]: an alias stands inside what it repeats"),
        ("{[1]: 2}", "f:1:2: a key must be plain text"),
        ("a: !!int b", "f:1:1: a: is not a value: 'b'"),
        ("[" * 1000, "f:1:1: is nested too deeply"),
    ],
)
def test_what_is_not_a_scenario_at_all_is_told_with_its_place(text, mistake):
    assert [str(found) for found in read_document(text, "f").mistakes] == [mistake]


def test_every_doubled_key_is_told():
    mistakes = read_document("a: 1\nb: {c: 1, c: 2}\na: 3\n", "f").mistakes
    assert [mistake.path for mistake in mistakes] == ["b.c", "a"]


def test_an_alias_repeats_what_it_names():
    assert read_document("a: &x {b: 1}\nc: *x\n", "f").data == {"a": {"b": 1}, "c": {"b": 1}}


def test_aliases_that_explode_are_stopped(monkeypatch):
    monkeypatch.setattr("sim.scenario.document.NODES_MAX", 1000)
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    mistakes = read_document("\n".join(lines), "f").mistakes
    assert [mistake.problem for mistake in mistakes] == ["has more than 1000 values"]


def test_a_value_of_an_override_is_yaml():
    assert parse_value("[1, 2s]") == [1, "2s"]


def test_an_override_that_is_not_yaml_is_refused():
    with pytest.raises(ValueError, match="is not YAML"):
        parse_value("[1")


@settings(max_examples=150, deadline=None)
@given(st.text() | st.text(alphabet="ab:-[]{}&*!|>'\"%#?,. \n\t01_~<=@`\\e+x"))
def test_any_text_gives_values_or_mistakes(text):
    document = read_document(text, "f")
    assert document.mistakes or document.data is not None or text.strip()
