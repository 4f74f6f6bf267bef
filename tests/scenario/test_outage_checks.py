"""Random faults that cannot be are refused, and what may be meant otherwise is told."""

import pytest

from sim.scenario.advice import advice
from sim.scenario.document import read_document
from tests.scenario.texts import mistakes_in, plan_of, with_fault

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
        ({"up": "0s"}, "faults[0].up: must be more than 0"),
        ({"down": "{kind: empirical, path: no.csv}"}, "faults[0].down.path: "),
        ({"down": "{kind: weibul, scale: 1s}"}, "did you mean weibull?"),
        ({"more": ", at: 60s"}, "faults[0].at: 1min is not before the end of the run, 1min"),
        ({"more": ", at: 3s, until: 3s"}, "faults[0].until: 3s is not after the start, 3s"),
        ({"more": ", speed: 0"}, "faults[0].speed: "),
        (
            {"up": "1ms", "down": "500us"},
            "faults[0]: each target has about 40,000 outages; at most",
        ),
        ({"up": "{kind: exponential, mean: 1ns}", "down": "1us"}, "at most 20,000 can be drawn"),
        ({"up": "100ms", "down": "100ms"}, "faults[0]: a run has about "),
    ],
)
def test_outages_that_cannot_be_are_refused(wrong, mistake):
    (found,) = mistakes(**wrong)
    assert mistake in found


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


def test_a_file_of_times_is_not_judged_by_a_unit_that_nobody_wrote(tmp_path, monkeypatch):
    (tmp_path / "down.csv").write_text("minutes\n5\n")
    monkeypatch.chdir(tmp_path)
    law = "{{kind: empirical, path: down.csv, unit: {}, least: {}, most: 1h}}"
    (found,) = mistakes(down=law.format("parsec", "1min"))
    assert "faults[0].down.unit: must be" in found
    (found,) = mistakes(down=law.format("min", "2h"))
    assert "faults[0].down: least must not be above most" in found
    (found,) = mistakes(down=law.format("min", "6min"))
    assert "faults[0].down.path: " in found
    assert "holds no values from `least` to `most`" in found


def told(up: str, more: str = "") -> list[str]:
    text = with_fault(PROCESS.format(each="locals", up=up, down="1s") + more)
    return [str(one) for one in advice(plan_of(text), read_document(text, "scenario.yaml"))]


def test_outages_at_their_own_speed_need_no_advice():
    assert told("{kind: exponential, mean: 9s}") == []


def test_time_that_runs_at_two_speeds_is_told():
    (found,) = told("9s", ", speed: 6")
    assert "faults[0].speed: outages come and go 6 times as fast as their laws, but" in found


def test_who_is_fresh_and_fails_soonest_is_told():
    law = "{kind: weibull, shape: 0.5, scale: 9s}"
    (found,) = told(law)
    assert "faults[0].up: all are fresh at the start" in found
    assert told(law, ", before: 90s") == told("{kind: weibull, shape: 1.5, scale: 9s}") == []
