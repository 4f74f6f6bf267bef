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
from sim.stats.registry import check_options, named

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
    method = named(INTERVALS, kind, "interval")
    wanted = dict(options or {})
    check_options(kind, wanted, [field.name for field in fields(method)])
    return method(**wanted)
