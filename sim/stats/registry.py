"""What registries share: a name is looked up and options are checked; an error says what there is.

Who asks for a method by name may mistype it, so nothing is guessed and nothing left out in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def named(kinds: Mapping[str, T], kind: str, noun: str) -> T:
    """The entry of this name. Raises ValueError for an unknown one, a `noun` such as "rule"."""
    if kind not in kinds:
        raise ValueError(f"there is no {noun} {kind!r}; there are {', '.join(kinds)}")
    return kinds[kind]


def check_options(kind: str, options: Iterable[str], known: Sequence[str]) -> None:
    """Raises ValueError for an option that `kind` does not know."""
    for option in options:
        if option not in known:
            has = ", ".join(known) or "none"
            raise ValueError(f"{kind} has no option {option!r}; it has {has}")
