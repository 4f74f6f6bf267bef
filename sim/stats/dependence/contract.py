"""What every method promises: lift what a local holds, merge states, read the root's.

Two shapes of data exist, and a method says which it takes:

* ``samples`` (samples, features): rows are split over the tree. A row with a gap is left out.
* ``series`` (instants, agents): columns are split. An agent's value at an instant that nobody knows
  is a gap (NaN); `standard` says what becomes of it. All locals use the same instants.

States are arrays, so they have a size; `operations` counts multiply-adds where they are spent, and
says what *this* state or reading took, not what its children did. A run adds them up.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class State:
    """What travels up: the arrays of a subclass."""

    operations: int
    """Multiply-adds that were spent on this state, beyond those of what it was made of."""

    @property
    def size_bytes(self) -> int:
        """Size of all arrays; a message's header is not in it."""
        parts = (getattr(self, field.name) for field in fields(self))
        return sum(part.nbytes for part in parts if isinstance(part, np.ndarray))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """What a state says: the numbers of a subclass."""

    operations: int
    """Multiply-adds that were spent on reading."""


S = TypeVar("S", bound=State)
R = TypeVar("R", bound=Reading)
T = TypeVar("T", bound=Reading)


@dataclass(frozen=True)
class Dependence(ABC, Generic[S, R, T]):
    """A method; subclasses are frozen dataclasses whose fields are its options.

    S is its state, R what it reads, T the reading that it is held against (`error`).
    """

    name: ClassVar[str]
    takes: ClassVar[Literal["samples", "series"]]
    reference: ClassVar[str]
    """Method whose reading, of all the data in one place, is the truth T."""
    draws: ClassVar[bool] = False
    """Whether all locals must draw the same numbers: an epoch's shared seed."""

    @abstractmethod
    def lift(
        self,
        values: ArrayLike,
        agents: ArrayLike | None = None,
        shared: np.random.Generator | None = None,
    ) -> S:
        """The state of one local. `values` has the shape that the method takes.

        `agents` (columns,) numbers the columns of series, 0, 1, ... if not given; no number may be
        in two locals. Samples need none. `shared` is needed if `draws`: a generator in one and the
        same state for every local. Raises ValueError for shapes that do not fit.
        """

    @abstractmethod
    def merge(self, states: Sequence[S]) -> S:
        """One state of several. Raises ValueError for none, and for states that do not fit."""

    @abstractmethod
    def read(self, state: S) -> R:
        """What the state says."""

    @abstractmethod
    def error(self, reading: R, truth: T) -> float:
        """How far a reading is from the truth, in the unit that the method's file names."""


def table(values: ArrayLike) -> Floats:
    """The values as a matrix of floats. Raises ValueError for another number of dimensions."""
    matrix = np.asarray(values, np.float64)
    if matrix.ndim != 2:
        raise ValueError(f"values are a matrix, not of shape {matrix.shape}")
    return matrix


def same_length(states: Sequence[State], lengths: Sequence[int], what: str) -> None:
    """Raises ValueError where there is no state, or states are not of one length."""
    if not states:
        raise ValueError("there is nothing to merge")
    if len(set(lengths)) > 1:
        raise ValueError(f"states of {sorted(set(lengths))} {what} do not merge")
