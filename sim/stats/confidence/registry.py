"""Every method by its name. A new method is one file and its line here."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sim.stats.confidence.clustered import Clustered
from sim.stats.confidence.contract import Method
from sim.stats.confidence.dersimonian_laird import DerSimonianLaird
from sim.stats.confidence.hartung_knapp import HartungKnapp
from sim.stats.confidence.pooled import Pooled
from sim.stats.confidence.sequence import Sequence
from sim.stats.confidence.stratified import Stratified
from sim.stats.confidence.two_level import TwoLevel

INTERVALS: Final[Mapping[str, type[Method]]] = {
    method.name: method
    for method in (
        Pooled,
        Clustered,
        TwoLevel,
        Stratified,
        DerSimonianLaird,
        HartungKnapp,
        Sequence,
    )
}


def make_interval(kind: str, options: Mapping[str, Any] | None = None) -> Method:
    """The method of this name. Raises ValueError for an unknown name or option."""
    if kind not in INTERVALS:
        raise ValueError(f"there is no interval {kind!r}; there are {', '.join(INTERVALS)}")
    known = [field.name for field in fields(INTERVALS[kind])]
    for option in options or {}:
        if option not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{kind} has no option {option!r}; {has}")
    return INTERVALS[kind](**(options or {}))
