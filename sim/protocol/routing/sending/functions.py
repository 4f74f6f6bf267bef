"""Functions of a global average whose range over a ball is known: what geometric monitoring needs.

Both are exact, so that a ball is called one-coloured if and only if it is.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.protocol.routing.sending.contract import Floats


class Monitored(Protocol):
    """A function of a vector (d,)."""

    def __call__(self, points: Floats) -> Floats:
        """Of points (n, d); (n,)."""
        ...

    def range(self, centres: Floats, radii: Floats) -> tuple[Floats, Floats]:
        """The least and the largest value in balls with centres (n, d), radii (n,); (n,) each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """The scalar product with `weights` (d,)."""

    weights: Floats

    def __call__(self, points: Floats) -> Floats:
        """Of points (n, d); (n,)."""
        found: Floats = points @ self.weights
        return found

    def range(self, centres: Floats, radii: Floats) -> tuple[Floats, Floats]:
        """It changes most along its weights."""
        middle, most = self(centres), radii * float(np.linalg.norm(self.weights))
        return middle - most, middle + most


@dataclass(frozen=True, slots=True, eq=False)
class SquaredDistance:
    """From `origin` (d,): how far the average has moved, in any direction."""

    origin: Floats

    def __call__(self, points: Floats) -> Floats:
        """Of points (n, d); (n,)."""
        found: Floats = ((points - self.origin) ** 2).sum(axis=1)
        return found

    def range(self, centres: Floats, radii: Floats) -> tuple[Floats, Floats]:
        """Nearest and furthest point lie on the line through the centre."""
        middle = np.sqrt(self(centres))
        return np.maximum(0.0, middle - radii) ** 2, (middle + radii) ** 2
