"""The corpus is replayed before all else: what was ever found is what breaks again first."""

import pytest

CORPUS = "tests/search/test_corpus.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the cases of the corpus to the front, whatever else is run with them."""
    items.sort(key=lambda item: not item.nodeid.startswith(CORPUS))
