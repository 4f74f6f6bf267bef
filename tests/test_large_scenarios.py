"""The scenarios of the gallery that take long, apart from the others."""

import pytest

from tests.gallery import GALLERY, LARGE, holds_what_it_promises

FILES = [file for file in GALLERY if file.stem in LARGE]


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_large_scenario_of_the_gallery_holds_what_it_promises(file, tmp_path, monkeypatch):
    holds_what_it_promises(file, tmp_path, monkeypatch)
