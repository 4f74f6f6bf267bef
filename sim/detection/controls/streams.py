"""Streams of tests, one for each deciding node, that last as long as the run."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from sim.detection.contract import Bools, Floats, Ints


class Stream(Protocol):
    """An online procedure over what one node decides."""

    def test(self, values: Floats, /) -> Bools:
        """Which of the next hypotheses, in order, are rejected; (n,)."""
        ...


class Streams:
    """`make` begins one; there are as many as deciding nodes at the first decision."""

    def __init__(self, make: Callable[[], Stream]) -> None:
        self._make = make
        self._streams: list[Stream] = []

    def test(self, values: Floats, starts: Ints) -> Bools:
        """What all nodes reject, (n,); `starts` as in `Control.decide`, always as many."""
        if not self._streams:
            self._streams = [self._make() for _ in starts[1:]]
        parts = np.split(values, starts[1:-1])
        tested = [stream.test(part) for stream, part in zip(self._streams, parts, strict=True)]
        return np.concatenate(tested)
