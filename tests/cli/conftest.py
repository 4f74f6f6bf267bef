"""A folder with scenarios, and a way to call the command line in it."""

import pytest

from sim.cli.app import main
from tests.cli.gated_runs import gated, made  # noqa: F401  # fixtures for every file here
from tests.cli.result import Call, Result
from tests.scenario.texts import GOOD


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with good.yaml and bad.yaml, which is where commands run."""
    (tmp_path / "good.yaml").write_text(GOOD + "about: All is well.\n")
    (tmp_path / "bad.yaml").write_text(GOOD + "sede: 1\nbaseline: {pane: 1parsec}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def sim(folder, capfd) -> Call:
    """Calls ``sim`` with the words given."""

    def call(*words: str) -> Result:
        code = main(words)
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return call
