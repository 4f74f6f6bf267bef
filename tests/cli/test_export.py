"""``sim export`` writes a stored run for other programs, and changes nothing in it."""

import pytest

from sim.campaign.results import open_results
from sim.cli.exits import Exit
from sim.cli.export import Target
from sim.report.export.formats import FORMATS
from tests.cli.stored_runs import made_once, there_anew
from tests.small import only_what_counts

RUNS = "results/runs/small"
KEPT = "journal.messages={from: 1s, until: 1200ms}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a run that keeps some messages, and the run's own folder in it."""
    return made_once(tmp_path_factory.mktemp("exported"), [KEPT])


@pytest.fixture(autouse=True)
def stored(folder, made, monkeypatch):
    only_what_counts(monkeypatch)
    return there_anew(made, folder)


@pytest.mark.parametrize(
    ("to", "name"),
    [
        ("perfetto", "trace.pftrace"),
        ("otlp", "otlp"),
        ("csv", "csv"),
        ("graphml", "network.graphml"),
    ],
)
def test_every_format_is_written_into_the_folder_of_the_run_which_stays_whole(
    sim, stored, to, name
):
    result = sim("export", RUNS, "--to", to, "--window", "1s..1100ms")
    assert (result.code, result.out, result.err) == (Exit.GOOD, f"{stored / name}\n", "")
    assert (stored / name).exists()
    open_results(stored)


def test_another_replication_has_its_number_in_the_name(sim, stored):
    result = sim("export", "small", "--to", "graphml", "--replication", "1")  # by its name
    assert result.out == f"{stored / 'network-1.graphml'}\n"


def test_what_is_not_there_is_said_and_the_rest_is_exported(sim, folder):
    result = sim("export", RUNS, "--to", "perfetto", "--out", "trace.pftrace")
    assert (result.code, result.out) == (Exit.GOOD, "trace.pftrace\n")
    assert "note: of the messages this run kept only those sent from 1s to 1200ms" in result.err
    assert (folder / "trace.pftrace").stat().st_size > 0


def test_quiet_says_only_where_it_is(sim):
    assert sim("export", RUNS, "--to", "perfetto", "--quiet").err == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--replication", "2"), "has replications 0 to 1, no 2"),
        (("--window", "now"), "--window 'now': write it as 20s..21s"),
        (("--window", "1h..2h"), "--window 1h..2h: the run has ended at "),
        (("--out", "good.yaml/trace"), "cannot be written"),
    ],
)
def test_a_wrong_call_is_refused(sim, words, complaint):
    result = sim("export", RUNS, "--to", "graphml", *words)
    assert result.code == Exit.WRONG_CALL
    assert complaint in result.err


def test_a_run_that_keeps_a_window_of_messages_is_replayed(sim):
    result = sim("replay", RUNS, "--quiet")
    assert result.code == Exit.GOOD
    assert result.out.startswith("same: 2 of 2 fingerprints")


def test_every_format_that_is_registered_can_be_asked_for():
    assert [str(one) for one in Target] == list(FORMATS)
