"""States of pure nodes as things to compare and to go back to, for the explorer.

`key(node)` is equal for nodes in equal states. The order of a dict is not state: a node that walks
arrivals in their order must sort them. `Freezer` copies nodes. What never changes (messages and
other frozen dataclasses, functions, the notary) is shared by all copies.
"""

import io
import pickle
from collections import deque
from enum import Enum
from functools import cache
from types import FunctionType

from sim.protocol.agreement.contract import Membership
from sim.protocol.signatures import Notary

_PLAIN = (int, float, str, bytes, Enum, type(None))


class Freezer:
    """Dumps nodes and loads them again, as often as one likes."""

    def __init__(self) -> None:
        self._shared: list[object] = []
        self._numbers: dict[int, int] = {}

    def dump(self, node: object) -> bytes:
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol=5)
        pickler.persistent_id = self._number
        pickler.dump(node)
        return file.getvalue()

    def load(self, raw: bytes) -> object:
        unpickler = pickle.Unpickler(io.BytesIO(raw))
        unpickler.persistent_load = self._shared.__getitem__
        return unpickler.load()

    def _number(self, thing: object) -> int | None:
        if not _is_shared(type(thing)):
            return None
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self._shared)
            self._shared.append(thing)  # which also keeps the id its own
        return self._numbers[id(thing)]


def key(thing: object) -> object:
    """Hashable, and equal for equal states."""
    if callable(thing) or isinstance(thing, Notary | Membership):
        return getattr(thing, "__qualname__", None)
    if isinstance(thing, _PLAIN) or _is_frozen(type(thing)):
        return thing
    if isinstance(thing, dict):
        return frozenset([(name, key(value)) for name, value in thing.items()])
    if isinstance(thing, tuple | list | deque):
        return tuple([key(item) for item in thing])
    if isinstance(thing, set | frozenset):
        return frozenset([key(item) for item in thing])
    return type(thing).__name__, key(_state(thing))


def _state(thing: object) -> dict[str, object]:
    state = {name: getattr(thing, name, None) for name in _slots(type(thing))}
    return state | getattr(thing, "__dict__", {})


@cache
def _slots(kind: type) -> tuple[str, ...]:
    every = [one.__dict__.get("__slots__", ()) for one in kind.__mro__]
    return tuple(name for one in every for name in ((one,) if isinstance(one, str) else one))


@cache
def _is_frozen(kind: type) -> bool:
    parameters = getattr(kind, "__dataclass_params__", None)
    return parameters is not None and parameters.frozen and kind.__hash__ is not None


@cache
def _is_shared(kind: type) -> bool:
    return _is_frozen(kind) or issubclass(kind, Notary | FunctionType)
