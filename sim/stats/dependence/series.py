"""Methods of agents' series that begin with the standardised ones of a local.

What such a method adds is `of`: its state of series that are centred and scaled (`standard`). The
truth it is held against is the matrix of all pairs.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.dependence.contract import Dependence, Reading, State
from sim.stats.dependence.pairs import Pairs
from sim.stats.dependence.standard import Standard, standardise

S = TypeVar("S", bound=State)
R = TypeVar("R", bound=Reading)


@dataclass(frozen=True)
class OfSeries(Dependence[S, R, Pairs]):
    """A method that draws nothing; an agent that does not vary is left out."""

    takes: ClassVar[Literal["samples", "series"]] = "series"
    reference: ClassVar[str] = "all_pairs"

    def lift(
        self,
        values: ArrayLike,
        agents: ArrayLike | None = None,
        shared: np.random.Generator | None = None,
    ) -> S:
        """Of series (instants, agents)."""
        del shared
        return self.of(standardise(values, agents))

    @abstractmethod
    def of(self, standard: Standard) -> S:
        """The state of one local's series; counts the operations of standardising, too."""
