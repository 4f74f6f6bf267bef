"""Every scenario of the gallery is run and holds what it promises."""

import pytest

from tests.gallery import LARGE, SCENARIOS, holds_what_it_promises

FILES = [file for file in SCENARIOS if file.stem not in LARGE]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_scenario_of_the_gallery_holds_what_it_promises(file, tmp_path, monkeypatch):
    holds_what_it_promises(file, tmp_path, monkeypatch)


def test_the_first_line_of_every_scenario_names_its_schema():
    for file in SCENARIOS:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../docs/scenario.schema.json"
