"""``sim report`` writes one file of stored runs, and refuses kindly what it cannot show."""

import pytest

from sim.cli.exits import Exit
from sim.report.html import page
from tests.cli.stored_runs import made_once, there_anew
from tests.small import only_what_counts

RUNS = "results/runs/small"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a run; and where in the folder the run is."""
    return made_once(tmp_path_factory.mktemp("reported"))


@pytest.fixture(autouse=True)
def stored(folder, made, monkeypatch):
    """A stored run where commands look for it; plotly would be most of each page."""
    only_what_counts(monkeypatch)
    monkeypatch.setattr(page, "plotly", lambda: "let Plotly = {}")
    return there_anew(made, folder)


def test_the_report_goes_to_the_folder_of_the_run(sim, stored):
    result = sim("report", RUNS)
    assert (result.code, result.err) == (Exit.GOOD, "")
    assert result.out.startswith(f"{stored / 'report.html'} (")
    assert "<h1" in (stored / "report.html").read_text()


def test_a_name_is_looked_for_among_the_results_and_out_names_the_file(sim, folder):
    result = sim("report", "small", "--out", "new/page.html")
    assert result.code == Exit.GOOD
    assert "partition" in (folder / "new" / "page.html").read_text()


def test_several_runs_are_one_page(sim, folder):
    assert sim("report", RUNS, RUNS, "--out", "two.html").code == Exit.GOOD
    assert (folder / "two.html").read_text().count("<article") == 2


def test_another_replication_is_another_page(sim, folder):
    sim("report", RUNS, "--out", "0.html")
    sim("report", RUNS, "--replication", "1", "--out", "1.html")
    text = (folder / "1.html").read_text()
    assert "replication 2 of 2" in text
    assert text != (folder / "0.html").read_text()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((RUNS, "--replication", "7"), "has replications 0 to 1, no 7"),
        ((RUNS, "--window", "now"), "write it as 20s..21s"),
        (("nothing",), "is not a folder, nor a name in results/runs"),
        (("smal",), "did you mean small?"),
        ((RUNS, "--window", "1h..2h"), "the run has ended at"),
        ((RUNS, "--out", "results"), "cannot be written"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(sim, words, complaint):
    result = sim("report", *words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert complaint in result.err
    assert "Traceback" not in result.err


def test_a_damaged_run_has_no_report(sim, stored):
    (stored / "samples.parquet").write_bytes(b"half")
    result = sim("report", RUNS)
    assert result.code == Exit.WRONG_CALL
    assert "samples.parquet is damaged" in result.err
    assert not (stored / "report.html").exists()
