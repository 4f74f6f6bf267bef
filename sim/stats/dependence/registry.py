"""Every method by its name. A new method is one file and its line here."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.blocks import Blocks
from sim.stats.dependence.contract import Dependence
from sim.stats.dependence.covariance import Covariance
from sim.stats.dependence.frequent_directions import FrequentDirections
from sim.stats.dependence.mean_correlation import MeanCorrelation
from sim.stats.dependence.projection import Projection
from sim.stats.registry import check_options, named

AnyDependence = Dependence[Any, Any, Any]

DEPENDENCE: Final[Mapping[str, type[AnyDependence]]] = {
    method.name: method
    for method in (
        Covariance,
        MeanCorrelation,
        Projection,
        FrequentDirections,
        Blocks,
        AllPairs,
    )
}


def make_dependence(kind: str, options: Mapping[str, Any] | None = None) -> AnyDependence:
    """The method of this name. Raises ValueError for an unknown name or option."""
    method = named(DEPENDENCE, kind, "method")
    wanted = dict(options or {})
    check_options(kind, wanted, [field.name for field in fields(method)])
    return method(**wanted)
