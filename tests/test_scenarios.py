"""Every scenario of the gallery is run and holds what it promises; studies have their own file."""

import pytest

from tests.data import ROOT
from tests.gallery import GALLERY, LARGE, holds_what_it_promises

FILES = [file for file in GALLERY if file.stem not in LARGE]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_scenario_holds_what_it_promises(file, tmp_path, monkeypatch):
    holds_what_it_promises(file, tmp_path, monkeypatch)


def test_the_gallery_is_numbered_from_one_to_twenty_and_its_files_are_called_as_their_runs():
    numbers, names = zip(*(file.stem.split("-", 1) for file in GALLERY), strict=True)
    assert numbers == tuple(f"{number:02}" for number in range(1, 21))
    for file, name in zip(GALLERY, names, strict=True):
        assert f"\nname: {name}\n" in file.read_text(encoding="utf-8")


def test_the_first_line_of_every_scenario_names_its_schema():
    for file in sorted((ROOT / "scenarios").rglob("*.yaml")):
        first, *rest = file.read_text(encoding="utf-8").splitlines()
        if not any(line.startswith("schema:") for line in rest):
            continue  # no scenario but, for instance, a search
        up = "../" * len(file.relative_to(ROOT).parts[:-1])
        assert first == f"# yaml-language-server: $schema={up}docs/scenario.schema.json"
