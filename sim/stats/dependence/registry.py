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
    if kind not in DEPENDENCE:
        raise ValueError(f"there is no method {kind!r}; there are {', '.join(DEPENDENCE)}")
    known = [field.name for field in fields(DEPENDENCE[kind])]
    for option in options or {}:
        if option not in known:
            raise ValueError(
                f"{kind} has no option {option!r}; it has {', '.join(known) or 'none'}"
            )
    return DEPENDENCE[kind](**(options or {}))
