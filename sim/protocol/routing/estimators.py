"""What the root says of the mean of all sources when most of them are silent.

The sources that were heard lately are those that moved: a mean over them is biased, for who is
missing depends on what is missing. Two rules undo that. *Silence is information*: whoever is alive
and silent is where it was, to within its silence bound. *Death is not silence*: it shows in missed
pulses, and nothing is known of the dead.

Bounds are worst cases, not intervals: they hold if every source keeps its rule.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, Ints
from sim.protocol.routing.sink import NEVER, Book


class MeanEstimate(NamedTuple):
    """A mean (d,), over how many sources, and how far at most the true mean of these can be."""

    mean: Floats
    sources: int
    bound: float
    """Of every component; inf where nothing can be said."""


def alive(alive_ns: Ints, now_ns: int, pulse_ns: int, missed: int = 3) -> Bools:
    """Whose newest sign of life is at most so many pulse periods old; (n,)."""
    heard: Bools = alive_ns > NEVER
    since: Bools = alive_ns >= now_ns - missed * pulse_ns
    return heard & since


def mean_of_heard(values: Floats, updated_ns: Ints, now_ns: int, window_ns: int) -> MeanEstimate:
    """The naive mean: of those whose update came within the window. It has no bound."""
    lately = (updated_ns > NEVER) & (updated_ns > now_ns - window_ns)
    return _mean(values, lately, math.inf)


def mean_with_silence(values: Floats, silence: Floats, known: Bools) -> MeanEstimate:
    """Of the last values of all that are `known` (n,): alive, and with nothing missing.

    Each is within its `silence` (n,) of the truth, so their mean is within the mean of these.
    """
    bound = float(silence[known].mean()) if known.any() else math.inf
    return _mean(values, known, bound)


def is_known(book: Book, now_ns: int, pulse_ns: int, missed: int = 3) -> Bools:
    """Who is alive and has sent nothing that is not held: whom the silence rule covers; (n,)."""
    complete: Bools = (book.versions == book.announced).all(axis=1) & (book.updated_ns > NEVER)
    return complete & alive(book.alive_ns, now_ns, pulse_ns, missed)


def _mean(values: Floats, chosen: Bools, bound: float) -> MeanEstimate:
    count = int(chosen.sum())
    if not count:
        return MeanEstimate(np.full(values.shape[1], np.nan), 0, math.inf)
    return MeanEstimate(values[chosen].mean(axis=0), count, bound)
