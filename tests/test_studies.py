"""Every study is run and holds what it promises; apart, so that it runs beside the gallery."""

import pytest

from tests.gallery import STUDIES, holds_what_it_promises


@pytest.mark.slow
@pytest.mark.parametrize("file", STUDIES, ids=[file.stem for file in STUDIES])
def test_a_study_holds_what_it_promises(file, tmp_path, monkeypatch):
    holds_what_it_promises(file, tmp_path, monkeypatch)
