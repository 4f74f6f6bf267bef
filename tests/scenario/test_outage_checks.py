"""Random faults that cannot be are refused, with their place."""

import pytest

from tests.scenario.texts import mistakes_in, with_fault

PROCESS = "kind: outages, fault: crash, each: {each}, up: {up}, down: {down}"


def mistakes(each="locals", up="9s", down="1s", more="") -> list[str]:
    return mistakes_in(with_fault(PROCESS.format(each=each, up=up, down=down) + more))


@pytest.mark.parametrize("each", ["regions", "[locals, region-1, 'site:Denver', agent-999]"])
def test_outages_of_what_exists_are_accepted(each):
    assert mistakes(each) == []


@pytest.mark.parametrize(
    ("wrong", "mistake"),
    [
        ({"each": "local-50"}, "scenario.yaml:7:35: faults[0].each[0]: there is no local-50"),
        ({"each": "'5%'"}, "faults[0].each[0]: a random share would be another one"),
        ({"each": "rest"}, "'rest' stands only in the groups of a partition"),
        ({"each": "'site:Denvr'"}, "no site 'Denvr', did you mean Denver?"),
        ({"each": "[agents, all]"}, ""),
        ({"up": "0s"}, "faults[0].up: must be more than 0"),
        ({"down": "{kind: empirical, path: no.csv}"}, "faults[0].down.path: "),
        ({"down": "{kind: weibul, scale: 1s}"}, "did you mean weibull?"),
        ({"more": ", at: 60s"}, "faults[0].at: 1min is not before the end of the run, 1min"),
        ({"more": ", at: 3s, until: 3s"}, "faults[0].until: 3s is not after the start, 3s"),
        ({"more": ", speed: 0"}, "faults[0].speed: "),
    ],
)
def test_outages_that_cannot_be_are_refused(wrong, mistake):
    found = mistakes(**wrong)
    if mistake:
        assert len(found) == 1
        assert mistake in found[0]
    else:
        assert found == []


def test_more_targets_than_can_have_a_timeline_are_refused():
    text = with_fault(PROCESS.format(each="agents", up="9s", down="1s"))
    (found,) = mistakes_in(text, "agents.count=2001")
    assert "faults[0].each: has 2001 targets; at most 2000" in found


def test_a_file_of_times_is_read_when_the_scenario_is(tmp_path, monkeypatch):
    (tmp_path / "down.csv").write_text("minutes\n5\nx\n")
    monkeypatch.chdir(tmp_path)
    (found,) = mistakes(down="{kind: empirical, path: down.csv, column: minutes, unit: min}")
    assert "faults[0].down.path: " in found
    assert "down.csv: row 3, column 1: 'x' is not a number" in found
