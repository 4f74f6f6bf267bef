"""What is left of a document when everything that is wrong is taken out.

It is never run. It only lets the cross checks look at the sound part, so that a user hears of a
typing error in one fault and of an absent node in another at the same time.
"""

from collections.abc import Collection
from typing import Any, Final

from sim.scenario.complaints import keys_at
from sim.scenario.document import Document, Path

_STAND_INS: Final = {"schema": 1, "name": "unnamed"}


def salvage(document: Document, wrong: Collection[Path]) -> Document | None:
    """The document without the values at `wrong`; None if it is better left alone.

    The tree decides which nodes exist: with a mistake in it, or with an unknown block that may be
    a misspelt tree, every name of a node would seem wrong.
    """
    if not isinstance(document.data, dict) or any(path[:1] == ("tree",) for path in wrong):
        return None
    if "tree" not in document.data and any(key not in keys_at(()) for key in document.data):
        return None
    kept = Document(document.file, places={(): document.place(())})
    kept.left_out = frozenset(wrong)
    kept.data = _keep(document.data, document, kept, frozenset(wrong), ((), ()))
    for key, value in _STAND_INS.items():
        kept.data.setdefault(key, value)
    return kept


def _keep(
    value: Any, old: Document, new: Document, wrong: frozenset[Path], at: tuple[Path, Path]
) -> Any:
    """A copy of `value` without what is wrong; `at` is its path in the old and the new document."""
    was, now = at
    new.places[now] = old.place(was)
    if any(path[: len(was)] == was for path in wrong):
        new.unsure.add(now)
    if isinstance(value, dict):
        return {
            key: _keep(item, old, new, wrong, ((*was, key), (*now, key)))
            for key, item in value.items()
            if (*was, key) not in wrong
        }
    if not isinstance(value, list):
        return value
    kept = [index for index in range(len(value)) if (*was, index) not in wrong]
    for here, index in enumerate(kept):
        new.moved[(*now, here)] = (*was, index)
    return [
        _keep(value[index], old, new, wrong, ((*was, index), (*now, here)))
        for here, index in enumerate(kept)
    ]
