"""Whom a detector watches, and the checks of options that all detectors share."""

from dataclasses import dataclass

import numpy as np

from sim.detection.contract import Ints


@dataclass(frozen=True, slots=True)
class Watched:
    """The agents of a tier: how many, what each sends, how often, and who belongs together."""

    agents: int
    features: int
    period_ns: int
    """Time between two reports of an agent."""
    groups: Ints
    """The group of each agent, numbered from 0; (agents,)."""

    def reports(self, span_ns: int, name: str) -> float:
        """How many reports of an agent a span is. Raises ValueError unless it is positive."""
        return positive(span_ns, name) / self.period_ns

    def blank(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """An array (agents, features) in which nothing is known yet."""
        return np.full((self.agents, self.features), np.nan)


def positive(value: float, name: str) -> float:
    """The value. Raises ValueError unless it is more than 0."""
    if not value > 0:
        raise ValueError(f"{name} must be more than 0, not {value}")
    return value


def not_negative(value: float, name: str) -> float:
    """The value. Raises ValueError if it is less than 0."""
    if not value >= 0:
        raise ValueError(f"{name} must not be negative, not {value}")
    return value


def one_of(value: str, choices: tuple[str, ...], name: str) -> str:
    """The value. Raises ValueError unless it is one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value
